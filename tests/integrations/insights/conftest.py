from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from integrations.insights.rollups import Rollups
from integrations.jobs.lease import JobLease
from runtime.clock import FakeClock
from runtime.database import Database
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import World, create_tables

ROME = ZoneInfo("Europe/Rome")
# 18 November 2026, 12:00 in Rome.
NOON = 1_794_999_600.0


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    with fresh(request.param, tmp_path) as (url, schema):
        opened = open_database(url, schema)
        await create_tables(opened)
        yield opened
        await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """Two days after the planted noon: every session is over."""
    return FakeClock(NOON + 2 * 86_400)


@pytest.fixture
def rollups(database: Database, clock: FakeClock) -> Rollups:
    return Rollups(database, clock, JobLease(database, clock, "insights"), ROME)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """The gateway's parts, running."""
    async with World(database).running() as running:
        yield running
