"""A model on trial: what came of it is counted, and the routing follows the rule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from integrations.jobs.lease import JobLease
from integrations.models import measures, repository, shown
from integrations.models.canary import CanaryJob
from integrations.models.canary_policy import CanaryPolicy
from integrations.models.comparison import Served
from integrations.models.keeper import Keeper
from runtime.clock import FakeClock
from runtime.database import Database
from runtime.events import EventBus
from tests.integrations.models.served_turns import talk

POLICY = CanaryPolicy(minimum_turns=40, minimum_conversations=20, minimum_hours=1)


class Trial:
    """A live model, one on trial, and conversations with either."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock()
        self.keeper = Keeper(database, EventBus(""))
        lease = JobLease(database, self.clock, "canary")
        self.job = CanaryJob(database, self.clock, lease, POLICY, self.keeper)

    async def begin(self) -> None:
        def do(conn: Connection) -> None:
            now = self.clock.now()
            for sha in ("old", "new"):
                repository.record(conn, {"sha": sha, "name": sha}, now=now)
            repository.change(conn, live="old", now=now)
            repository.change(conn, live="old", canary=("new", 0.5), now=now)

        await self.database.write(do)
        await self.keeper.changed()

    async def talks(self, model: str, count: int, **what: Any) -> None:
        def do(conn: Connection) -> None:
            for _ in range(count):
                talk(conn, model, at=self.clock.now() + 1, **what)

        await self.database.write(do)


@pytest.fixture
async def trial(database: Database) -> AsyncIterator[Trial]:
    found = Trial(database)
    await found.begin()
    yield found


async def test_what_came_of_a_model_is_counted_by_conversation(trial: Trial) -> None:
    await trial.talks("new", 3)
    await trial.talks("new", 2, rejected=True)
    await trial.talks("new", 1, rejected=True, escalated=True)
    await trial.talks("new", 1, rating=5)
    await trial.talks("new", 1, rating=2)
    await trial.talks("old", 4)
    now = trial.clock.now()
    found = await trial.database.read(
        lambda conn: measures.served(conn, ("new", "old", "none"), since=now)
    )
    assert found["new"] == Served(
        turns=16,
        conversations=8,
        rejected=3,
        escalated=3,
        ratings=2,
        satisfied=1,
        stars=3.5,
    )
    assert found["old"] == Served(turns=8, conversations=4)
    assert found["none"] == Served()
    later = await trial.database.read(
        lambda conn: measures.served(conn, ("new",), since=now + 10)
    )
    assert later["new"] == Served()


async def test_a_good_one_is_promoted_for_everybody(trial: Trial) -> None:
    await trial.talks("new", 400)
    await trial.talks("old", 400)
    early = await trial.job.tick()
    assert early is not None
    assert early.decision == "wait"
    trial.clock.advance(3600)
    await trial.job.tick()
    assert trial.keeper.current is not None
    assert (trial.keeper.current.live, trial.keeper.current.canary) == ("new", None)
    assert trial.keeper.current.previous == "old"
    [newest, *_] = await trial.database.read(repository.changes)
    assert (newest.what, newest.author, newest.why["reason"]) == ("promoted", "", "good")


async def test_a_bad_one_goes_at_once(trial: Trial) -> None:
    await trial.talks("new", 30, rejected=True)
    await trial.talks("old", 300)
    await trial.job.tick()
    assert trial.keeper.current is not None
    assert (trial.keeper.current.live, trial.keeper.current.canary) == ("old", None)
    page = await trial.database.read(
        lambda conn: shown.page(conn, POLICY, now=trial.clock.now())
    )
    assert page["trial"] is None
    assert {model["sha"]: model["state"] for model in page["models"]} == {
        "old": "live",
        "new": "withdrawn",
    }
    assert page["changes"][0]["reason"] == "worse"


async def test_nothing_on_trial_is_nothing_to_decide(trial: Trial) -> None:
    await trial.database.write(
        lambda conn: repository.change(conn, live="old", now=trial.clock.now())
    )
    assert await trial.job.tick() is None


async def test_a_gateway_learns_what_another_changed(trial: Trial) -> None:
    other = Keeper(trial.database, EventBus(""))
    async with other.running():
        assert other.current is not None
        assert other.current.canary is not None


async def test_what_nobody_foresaw_ends_neither_loop(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.models.canary.EVERY_S", 0.0)
    monkeypatch.setattr("integrations.models.keeper.EVERY_S", 0.001)
    told: list[str] = []

    def broken(name: str) -> Callable[[], Awaitable[None]]:
        async def fail() -> None:
            told.append(name)
            raise ValueError(name)

        return fail

    monkeypatch.setattr(trial.job, "tick", broken("trial"))
    monkeypatch.setattr(trial.keeper, "_look", broken("routing"))
    loops = [asyncio.create_task(loop()) for loop in (trial.job.run, trial.keeper._follow)]
    async with asyncio.timeout(5):
        while min(told.count("trial"), told.count("routing")) < 2:
            await asyncio.sleep(0.01)
    assert not any(loop.done() for loop in loops)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
