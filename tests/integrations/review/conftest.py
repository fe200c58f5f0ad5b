from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import World, create_tables

from .inboxes import Inbox
from .workbenches import WorkbenchSimulator, workbench


@pytest.fixture(scope="session")
def one_workbench() -> Iterator[WorkbenchSimulator]:
    """A workbench on a port."""
    with workbench() as simulator:
        yield simulator


@pytest.fixture
def bench(one_workbench: WorkbenchSimulator) -> WorkbenchSimulator:
    """The workbench, as if it had just been started."""
    one_workbench.renew()
    return one_workbench


@pytest.fixture(params=BACKENDS)
async def inbox(
    request: pytest.FixtureRequest, tmp_path: Path, bench: WorkbenchSimulator
) -> AsyncIterator[Inbox]:
    """A gateway's parts with a review inbox, on both backends."""
    with fresh(request.param, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        async with World(database).running() as world:
            started = Inbox(world, bench)
            yield started
            await started.close()
        await database.close()
