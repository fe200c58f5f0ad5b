"""What is remembered of a platform's answers."""

from __future__ import annotations

import asyncio

from integrations.standing import FRESH_S, Contact
from runtime.clock import FakeClock


class Platform:
    """Counts how often it was asked for the sake of the question."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.contact = Contact(self.clock.now)
        self.asked = 0
        self.silent = False

    async def ask(self) -> None:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        self.contact.worked()

    async def state(self, *, insist: bool = False) -> str:
        return (await self.contact.standing("poll", self.ask, insist=insist)).state


async def test_nobody_is_asked_while_calls_say_how_it_is() -> None:
    platform = Platform()
    assert await platform.state() == "ready"
    platform.clock.advance(FRESH_S - 1)
    platform.contact.worked("sending")
    platform.clock.advance(FRESH_S - 1)
    assert (await platform.state(), platform.asked) == ("ready", 1)
    platform.clock.advance(2)
    assert (await platform.state(), platform.asked) == ("ready", 2)


async def test_what_other_calls_do_not_answer_is_asked_all_the_same() -> None:
    platform = Platform()
    for _ in range(3):
        platform.contact.worked("sending")
        await platform.state(insist=True)
        platform.clock.advance(FRESH_S + 1)
    assert platform.asked == 3


async def test_a_failure_lasts_until_the_same_succeeds() -> None:
    platform = Platform()
    platform.contact.failed("posting: no such channel", "posting")
    platform.contact.worked("reading")
    standing = await platform.contact.standing("poll", platform.ask)
    assert (standing.state, standing.problems) == ("failing", ("posting: no such channel",))
    assert standing.last_success_at == platform.clock.now()
    platform.contact.worked("posting")
    assert await platform.state() == "ready"


async def test_silence_ends_with_any_answer() -> None:
    platform = Platform()
    platform.contact.failed("no answer")
    assert await platform.state() == "failing"
    platform.contact.worked("reading")
    assert await platform.state() == "ready"


async def test_who_asks_about_a_silent_platform_does_not_wait_for_it() -> None:
    platform = Platform()
    platform.silent = True
    assert await platform.state() == "connecting"
    platform.clock.advance(FRESH_S + 1)
    assert await platform.state() == "connecting"
    assert platform.asked == 1, "one question at a time"
    await platform.contact.close()
