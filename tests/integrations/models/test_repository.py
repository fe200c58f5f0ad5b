"""The routing record: who is served by which model, and how it came to be so."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.models import repository
from integrations.models.routing import Canary, Routing
from tests.integrations.models.pulled_proposals import propose, proposed
from runtime.database import Database
from runtime.errors import Conflict, Invalid


class Record:
    """The repository on a database, at moments that tests choose."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = 1000.0

    async def known(self, *shas: str, **more: Any) -> None:
        for sha in shas:
            given = {"sha": sha, "name": f"{sha}.tar.gz", **more}
            await self.database.write(
                lambda conn, given=given: repository.record(conn, given, now=self.now)
            )

    async def serve(self, live: str, **more: Any) -> Routing:
        self.now += 1
        return await self.database.write(
            lambda conn: repository.change(conn, live=live, now=self.now, **more)
        )

    async def states(self) -> dict[str, str]:
        rows = await self.database.read(repository.newest)
        return {row.sha: row.state for row in rows}

    async def changes(self) -> list[tuple[str, str, str | None]]:
        rows = await self.database.read(repository.changes)
        return [(row.what, row.model, row.instead_of) for row in reversed(rows)]


@pytest.fixture
async def record(database: Database) -> Record:
    found = Record(database)
    await found.known("one", "two", "three")
    return found


async def test_nothing_published_is_no_routing(record: Record) -> None:
    assert await record.database.read(repository.current) is None


async def test_a_publication_remembers_the_model_before(record: Record) -> None:
    await record.serve("one")
    routing = await record.serve("two", author="Nora")
    assert routing == Routing("two", "one", None, version=2, since=record.now)
    assert await record.database.read(repository.current) == routing
    assert await record.states() == {"two": "live", "one": "previous", "three": "recorded"}
    assert await record.changes() == [("published", "one", None), ("published", "two", "one")]


async def test_rolling_back_withdraws(record: Record) -> None:
    await record.serve("one")
    await record.serve("two")
    routing = await record.serve("one")
    assert (routing.live, routing.previous) == ("one", "two")
    assert (await record.states())["two"] == "withdrawn"
    assert (await record.changes())[-1] == ("rolled_back", "one", "two")


async def test_a_canary_keeps_its_beginning_while_its_share_changes(record: Record) -> None:
    await record.serve("one")
    begun = await record.serve("one", canary=("two", 0.1))
    more = await record.serve("one", canary=("two", 0.5))
    assert begun.canary is not None
    assert more.canary == Canary("two", 0.5, begun.canary.since)
    assert more.since == begun.since
    assert [what for what, *_ in await record.changes()] == ["published", "canary", "share"]
    assert (await record.states())["two"] == "canary"


async def test_a_canary_is_promoted_or_withdrawn(record: Record) -> None:
    await record.serve("one")
    await record.serve("one", canary=("two", 0.1))
    routing = await record.serve("two")
    assert (routing.live, routing.previous, routing.canary) == ("two", "one", None)
    await record.serve("two", canary=("three", 0.1))
    await record.serve("two")
    assert (await record.changes())[-3:] == [
        ("promoted", "two", "one"),
        ("canary", "three", "two"),
        ("withdrawn", "three", "two"),
    ]
    assert await record.states() == {"one": "previous", "two": "live", "three": "withdrawn"}


async def test_who_looked_before_a_change_is_told(record: Record) -> None:
    await record.serve("one", version=0)
    with pytest.raises(Conflict):
        await record.serve("two", version=0)
    assert (await record.serve("two", version=1)).live == "two"


@pytest.mark.parametrize("more", [{}, {"live": "one", "canary": ("nine", 0.1)}])
async def test_a_model_that_nobody_recorded_serves_nobody(record: Record, more: Any) -> None:
    with pytest.raises(Invalid):
        await record.serve(**{"live": "nine", **more})
    assert await record.database.read(repository.current) is None


async def test_what_a_model_learnt_is_published_when_it_serves_everybody(record: Record) -> None:
    await propose(record.database, "p1", "p2", "p3")
    await record.known("two", proposals=["p1", "p2"])
    await record.serve("one")
    await record.serve("one", canary=("two", 0.1))
    assert await proposed(record.database) == {"p1": None, "p2": None, "p3": None}
    await record.serve("two")
    assert await proposed(record.database) == {"p1": "two", "p2": "two", "p3": None}
    # Published again, nothing changes but what was pulled since.
    await record.known("two", proposals=["p3"])
    assert (await proposed(record.database))["p3"] == "two"


async def test_recording_again_completes(record: Record) -> None:
    await record.known("one", author="Nora", report={"sets": {}})
    await record.known("one", revision="abc")
    [row] = [r for r in await record.database.read(repository.newest) if r.sha == "one"]
    assert (row.author, row.revision, row.report) == ("Nora", "abc", {"sets": {}})
