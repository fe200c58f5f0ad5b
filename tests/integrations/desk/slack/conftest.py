from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from integrations.desk.slack import listening
from integrations.desk.slack import tables as _tables  # noqa: F401 — the tables have to be known
from tests.backends import fresh, open_database
from tests.integrations import world as world_module
from tests.integrations.desk.slack.scene import LiveClock, Scene, scene
from tests.integrations.world import World, create_tables
from tests.simulators.slack import SlackSimulator

# For what a busy machine may take: nothing here is about being slow.
PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _answers_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are refused are said in the modal, however long it takes to find out."""
    monkeypatch.setattr(listening, "ANSWER_S", PATIENCE_S)


@pytest.fixture
def slack() -> Iterator[SlackSimulator]:
    """A workspace of its own."""
    simulator = SlackSimulator()
    # Slack itself waits three seconds, and asks only once after a button.
    simulator.outbox.ack_s = PATIENCE_S
    with simulator.serving():
        yield simulator


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The gateway's parts, on SQLite unless a test asks for another database."""
    monkeypatch.setattr(world_module, "FakeClock", LiveClock)
    with fresh(getattr(request, "param", "sqlite"), tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        async with World(database).running() as running:
            yield running
        await database.close()


@pytest.fixture
async def desk(world: World, slack: SlackSimulator) -> AsyncIterator[Scene]:
    """The desk in Slack, over signed HTTP requests."""
    async with scene(world, slack) as running:
        yield running
