"""What is published reaches every process that listens, and costs little while none does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from runtime.events import EventBus
from tests.backends import redis_url

Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def url() -> str:
    return redis_url()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 — what is awaited happens in another process
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def listening(url: str) -> AsyncIterator[tuple[EventBus, Heard]]:
    """A process on the bus, once it has been told to look at everything."""
    heard: Heard = []
    bus = EventBus(url)
    bus.subscribe(lambda event, data: heard.append((event, data)))
    async with bus.running():
        await until(lambda: ("resync", {}) in heard)
        yield bus, heard


async def test_this_process_hears_at_once_and_only_once(url: str) -> None:
    async with listening(url) as (bus, heard), listening(url) as (other, elsewhere):
        bus.publish("due", id="c1")
        assert heard[-1] == ("due", {"id": "c1"})
        await until(lambda: ("due", {"id": "c1"}) in elsewhere)
        # Whatever came back to the first would have come before this.
        other.publish("due", id="c2")
        await until(lambda: ("due", {"id": "c2"}) in heard)
        assert heard.count(("due", {"id": "c1"})) == 1


async def test_other_processes_hear_everything_in_order(url: str) -> None:
    async with listening(url) as (one, _), listening(url) as (_, heard):
        for number in range(50):
            one.publish("conversation", id=str(number))
        await until(lambda: ("conversation", {"id": "49"}) in heard)
        numbers = [data["id"] for event, data in heard if event == "conversation"]
        assert numbers == [str(number) for number in range(50)]


async def test_who_was_alone_is_heard_as_soon_as_somebody_comes(url: str) -> None:
    async with listening(url) as (one, _):
        for number in range(20):
            one.publish("due", id=str(number))
            await asyncio.sleep(0.01)
        async with listening(url) as (_, heard):
            # Their greeting is answered with a word to look at everything once more.
            await until(lambda: heard.count(("resync", {})) >= 2)
            one.publish("due", id="for both")
            await until(lambda: ("due", {"id": "for both"}) in heard)
        one.publish("due", id="alone again")


async def test_without_redis_events_stay_here() -> None:
    heard: Heard = []
    bus = EventBus("")
    stop = bus.subscribe(lambda event, data: heard.append((event, data)))
    async with bus.running():
        bus.publish("due", id="c1")
        stop()
        bus.publish("due", id="c2")
    assert heard == [("due", {"id": "c1"})]
