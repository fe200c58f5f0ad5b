"""Platforms that have to be asked: stored before the next question, by one process, for ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DataError

from integrations.channels import polling
from integrations.channels.contract import Envelope
from integrations.channels.polling import Polling
from integrations.channels.receiving import Receiving
from integrations.conversations.tables import inbound, job_leases
from integrations.jobs.lease import JobLease
from runtime.errors import Permanent, Temporary
from tests.integrations.scripted import PushChannel
from tests.integrations.world import World, until


class Queue:
    """What a platform keeps until the batch after it is asked for."""

    def __init__(self) -> None:
        self.waiting: list[Envelope] = []
        self.confirmed: list[str] = []
        self.faults: list[Exception] = []
        self.asked = 0


class Asked(PushChannel):
    """One process's view of it: remembers where it is, like a client with an offset."""

    name = "push"

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self.queue = queue
        self.given = 0
        self.inside = 0

    def start_over(self) -> None:
        self.given = 0

    async def poll(self) -> list[Envelope]:
        queue = self.queue
        queue.asked += 1
        queue.confirmed += [e.dedup_key for e in queue.waiting[: self.given]]
        del queue.waiting[: self.given]
        self.given = 0
        if queue.faults:
            raise queue.faults.pop(0)
        self.inside += 1
        try:
            while not queue.waiting:  # noqa: ASYNC110 — a long poll
                await asyncio.sleep(0.005)
        finally:
            self.inside -= 1
        batch = queue.waiting[:2]
        self.given = len(batch)
        return batch


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LOOK_S", 0.02)
    monkeypatch.setattr(polling, "FIRST_RETRY_S", 0.01)
    monkeypatch.setattr(polling, "LONGEST_RETRY_S", 0.05)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@contextlib.asynccontextmanager
async def process(world: World, queue: Queue) -> AsyncIterator[Asked]:
    """A gateway's poller."""
    channel = Asked(queue)
    receiving = Receiving(world.worker, 4000)
    async with Polling(
        world.database, world.clock, {"push": channel, "pull": world.pull}, receiving
    ).running():
        yield channel


def write(world: World, queue: Queue, *texts: str) -> None:
    queue.waiting += [world.envelope(text, channel="push", message_id=text) for text in texts]


async def stored(world: World) -> list[str]:
    rows = await world.database.read(
        lambda conn: conn.execute(select(inbound.c.text).order_by(inbound.c.seq)).all()
    )
    return [row.text for row in rows]


async def test_batches_are_stored_in_order_and_then_confirmed(world: World, queue: Queue) -> None:
    write(world, queue, "uno", "due", "tre", "quattro", "cinque")
    async with process(world, queue):
        await until(lambda: _stored(world, ["uno", "due", "tre", "quattro", "cinque"]))
        await until(lambda: _confirmed(queue, 5))


async def test_one_process_asks_and_another_takes_over(world: World, queue: Queue) -> None:
    async with contextlib.AsyncExitStack() as first_process:
        first = await first_process.enter_async_context(process(world, queue))
        await until(lambda: _inside(first))
        async with process(world, queue) as second:
            write(world, queue, "uno")
            await until(lambda: _stored(world, ["uno"]))
            await until(lambda: _inside(first))
            assert second.inside == 0
            await first_process.aclose()
            write(world, queue, "due")
            await until(lambda: _stored(world, ["uno", "due"]))
            assert first.inside == 0


async def test_a_lost_lease_ends_the_asking_at_once(world: World, queue: Queue) -> None:
    async with process(world, queue) as channel:
        await until(lambda: _inside(channel))
        # As after a long pause of the whole process: another one has taken over meanwhile.
        world.clock.advance(60)
        until_ = world.clock.now() + 60
        await world.database.write(
            lambda conn: conn.execute(update(job_leases).values(token="other", until=until_))
        )
        await until(lambda: _outside(channel))


async def test_who_slept_over_a_batch_leaves_it_to_the_other(
    world: World, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither stored twice nor confirmed by the one that slept."""
    poll, taken_over = Asked.poll, []

    async def sleeping(channel: Asked) -> list[Envelope]:
        batch = await poll(channel)
        if not taken_over:
            taken_over.append(True)
            world.clock.advance(60)
            until_ = world.clock.now() + 60
            await world.database.write(
                lambda conn: conn.execute(update(job_leases).values(token="other", until=until_))
            )
        return batch

    monkeypatch.setattr(Asked, "poll", sleeping)
    write(world, queue, "uno", "due")
    async with process(world, queue) as channel:
        await until(lambda: _started_over(channel, taken_over))
        assert await stored(world) == []
        assert queue.confirmed == []
        world.clock.advance(61)
        await until(lambda: _stored(world, ["uno", "due"]))


async def test_a_lease_that_came_too_late_is_none(world: World) -> None:
    """A process that was stopped in the middle of asking for it."""
    lease = JobLease(world.database, world.clock, "job")
    write, slept = world.database.write, []

    async def slow(query: Any) -> Any:
        result = await write(query)
        if not slept:
            slept.append(True)
            world.clock.advance(60)
        return result

    world.database.write = slow
    assert not await lease.hold()
    assert await lease.hold()


async def test_ending_lets_the_next_begin_at_once(world: World, queue: Queue) -> None:
    for text in ("uno", "due"):
        async with process(world, queue):
            write(world, queue, text)
            await until(lambda text=text: _last(world, text))


@pytest.mark.parametrize(
    "fault",
    [
        Temporary("429", retry_after=0.01),
        Temporary("away"),
        Permanent("the token is wrong"),
        KeyError("something new"),
    ],
)
async def test_after_a_fault_it_is_asked_again(
    world: World, queue: Queue, fault: Exception
) -> None:
    queue.faults = [fault]
    write(world, queue, "uno")
    async with process(world, queue):
        await until(lambda: _stored(world, ["uno"]))


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        # Nothing is confirmed before it is stored.
        (Temporary("the database is away"), 3),
        # What can't be stored is skipped: at once if it is the content, else after some tries.
        (DataError("INSERT …", {}, Exception()), 1),
        (KeyError("a bug of ours"), 100),
    ],
)
async def test_an_envelope_that_fails_stops_nothing(
    world: World, queue: Queue, monkeypatch: pytest.MonkeyPatch, fault: Exception, times: int
) -> None:
    accept, left = world.worker.accept, [fault] * times

    async def failing(envelope: Envelope) -> Any:
        if envelope.text == "due" and left:
            raise left.pop()
        return await accept(envelope)

    monkeypatch.setattr(world.worker, "accept", failing)
    write(world, queue, "uno", "due", "tre")
    async with process(world, queue):
        await until(lambda: _confirmed(queue, 2))
        expected = {"uno", "due"} if isinstance(fault, Temporary) else {"uno"}
        assert expected <= set(await stored(world))
        await until(lambda: _last(world, "tre"))


async def _stored(world: World, expected: list[str]) -> bool:
    return await stored(world) == expected


async def _last(world: World, text: str) -> bool:
    return text in await stored(world)


async def _confirmed(queue: Queue, count: int) -> bool:
    return len(queue.confirmed) >= count


async def _inside(channel: Asked) -> bool:
    return channel.inside == 1


async def _started_over(channel: Asked, taken_over: list[bool]) -> bool:
    return bool(taken_over) and channel.given == 0 and channel.inside == 0


async def _outside(channel: Asked) -> bool:
    return channel.inside == 0
