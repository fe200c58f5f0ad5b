from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import World, create_tables


@pytest.fixture(params=BACKENDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The gateway's parts on a fresh database, on both backends, running."""
    with fresh(request.param, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        async with World(database).running() as running:
            yield running
        await database.close()
