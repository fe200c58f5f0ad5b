from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.database import Database
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import create_tables


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh gateway's database, on both backends."""
    with fresh(request.param, tmp_path) as (url, schema):
        opened = open_database(url, schema)
        await create_tables(opened)
        yield opened
        await opened.close()
