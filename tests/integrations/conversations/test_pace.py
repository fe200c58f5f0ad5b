"""Schedules: by themselves, through Redis, and in delivery."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from integrations.channels.contract import Capabilities
from integrations.conversations import delivery
from integrations.conversations.pace import Pace
from integrations.conversations.tables import conversations, outbound
from runtime.clock import FakeClock
from runtime.errors import TooMany
from runtime.events import EventBus
from tests.backends import missing, redis_url
from tests.integrations.world import World, until

BOTH = Capabilities(overall_per_s=10, per_address_s=1)


@pytest.fixture(params=["here", "redis"])
async def paces(request: pytest.FixtureRequest) -> AsyncIterator[list[Pace]]:
    """Two processes' paces where schedules are shared; twice the same one where they are not."""
    clock = FakeClock()
    if request.param == "here":
        pace = Pace(clock, EventBus(""))
        yield [pace, pace]
        return
    buses = [EventBus(redis_url()), EventBus(redis_url())]
    async with buses[0].running(), buses[1].running():
        if not await buses[0].alive():
            missing("Redis")
        yield [Pace(clock, bus) for bus in buses]


async def waits(paces: list[Pace], capabilities: Capabilities, addresses: str) -> list[float]:
    account = uuid.uuid4().hex
    found = []
    for number, address in enumerate(addresses):
        place = await paces[number % 2].take(capabilities, "test", account, address)
        found.append(place.wait_s if place.taken else -place.wait_s)
    return found


# Redis's own clock goes on while we ask: by how much is the machine's business.
NEAR = 4.0


@pytest.mark.parametrize(
    ("capabilities", "addresses", "expected"),
    [
        (Capabilities(), "aaa", [0, 0, 0]),
        (Capabilities(overall_per_s=0.1), "abc", [0, 10, 20]),
        (Capabilities(per_address_s=10), "aba", [0, 0, -10]),
        # Who has to wait for an address takes no place on the account's schedule.
        (Capabilities(overall_per_s=0.1, per_address_s=50), "aab", [0, -50, 10]),
        (Capabilities(overall_per_s=0.1, per_address_s=50), "abb", [0, 10, -60]),
    ],
)
async def test_places(
    paces: list[Pace], capabilities: Capabilities, addresses: str, expected: list[float]
) -> None:
    assert await waits(paces, capabilities, addresses) == pytest.approx(expected, abs=NEAR)


async def test_a_pause_holds_the_whole_account_in_every_process(paces: list[Pace]) -> None:
    account = uuid.uuid4().hex
    await paces[0].pause("test", account, 30)

    async def known() -> bool:
        return paces[1].paused_s("test", account) > 0

    await until(known)
    for pace in paces:
        place = await pace.take(Capabilities(), "test", account, "a")
        assert (place.wait_s, place.taken) == (pytest.approx(30), False)
    other = await paces[0].take(Capabilities(), "test", "other" + account, "a")
    assert other.wait_s == 0


async def test_redis_away_means_schedules_of_our_own() -> None:
    pace = Pace(FakeClock(), EventBus("redis://127.0.0.1:9/0"))
    assert await waits([pace, pace], Capabilities(overall_per_s=0.1), "ab") == [0, 10]


async def test_many_addresses_are_forgotten_the_oldest_first() -> None:
    clock = FakeClock()
    pace = Pace(clock, EventBus(""))
    for number in range(20_100):
        clock.advance(1)
        await pace.take(Capabilities(per_address_s=60), "test", "a", f"address-{number}")
    assert len(pace._free) < 20_100
    assert (await pace.take(Capabilities(per_address_s=60), "test", "a", "address-20099")).wait_s


# -- in delivery ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "POLL_S", 0.02)


async def say_to(world: World, *names: str) -> None:
    for name in names:
        await world.say("ciao", channel="push", conversation=name)


async def test_one_address_s_messages_keep_their_distance_and_hold_up_nobody(
    world: World,
) -> None:
    world.push.capabilities = Capabilities(per_address_s=60)
    conversation = await world.say("uno", channel="push")
    await world.settled(conversation)
    await world.say("due", channel="push")
    await world.settled(conversation)
    for other, sent in (("luca", ["giulia", "luca"]), ("anna", ["giulia", "luca", "anna"])):
        # One by one: which of two conversations is answered first is nobody's promise.
        await say_to(world, other)
        await until(lambda sent=sent: _addresses(world, sent))
    # Her second message waits for its time before the time comes.
    await until(lambda: _put_off(world, 1))
    world.clock.advance(61)
    await until(lambda: _addresses(world, ["giulia", "luca", "anna", "giulia"]))


async def test_an_account_s_messages_go_one_after_the_other(world: World) -> None:
    world.push.capabilities = Capabilities(overall_per_s=1 / 60)
    await say_to(world, "a")
    await until(lambda: _count(world, 1))
    await say_to(world, "b", "c")
    for count in (2, 3):
        await asyncio.sleep(0)
        assert await _count(world, count - 1)
        await until(lambda: _all_have_places(world))
        world.clock.advance(61)
        await until(lambda count=count: _count(world, count))


async def test_one_address_that_is_refused_for_long_delays_nobody_else(world: World) -> None:
    world.push.outcomes = [TooMany("slow down", retry_after=600)]
    await say_to(world, "a")
    await until(lambda: _put_off(world, 1))
    await say_to(world, "b", "c")
    await until(lambda: _addresses(world, ["b", "c"]))
    await world.say("sei ancora lì?", channel="push", conversation="a")
    world.clock.advance(601)
    await until(lambda: _addresses(world, ["b", "c", "a", "a"]))
    assert [m.text for m in world.push.sent[2:]] == await _texts(world, "a")


async def test_two_refused_addresses_pause_the_account_and_it_costs_no_attempt(
    world: World,
) -> None:
    world.push.outcomes = [TooMany("slow down", retry_after=30) for _ in range(30)]
    for number, name in enumerate("ab", start=1):
        await say_to(world, name)
        await until(lambda number=number: _put_off(world, number))
    await say_to(world, "c")
    await until(lambda: _put_off(world, 3))
    assert len(world.push.outcomes) == 28

    while left := len(world.push.outcomes):
        world.clock.advance(31)
        await until(lambda left=left: _fewer_outcomes(world, left))
        await until(lambda: _put_off(world, 3 - len(world.push.sent)))
    world.clock.advance(31)
    await until(lambda: _count(world, 3))


async def test_what_a_person_takes_over_while_it_waits_is_not_sent(world: World) -> None:
    world.push.capabilities = Capabilities(per_address_s=60)
    conversation = await world.say("uno", channel="push")
    await until(lambda: _count(world, 1))
    await world.say("due", channel="push")
    await world.settled(conversation)
    await world.desk.claim(conversation, "Marta")
    world.clock.advance(61)
    await until(lambda: _count(world, 2))
    assert "Marta" in world.push.sent[1].text


async def test_a_process_that_is_new_finds_what_waits(world: World) -> None:
    world.push.capabilities = Capabilities(overall_per_s=1 / 60)
    await say_to(world, "a", "b")
    await until(lambda: _count(world, 1))
    await until(lambda: _put_off(world, 1))
    world.delivery._places.clear()
    world.delivery._pace._free.clear()
    world.clock.advance(61)
    await until(lambda: _count(world, 2))


async def _count(world: World, count: int) -> bool:
    return len(world.push.sent) == count


async def _texts(world: World, address: str) -> list[str]:
    """What somebody is told, in the order in which it was decided."""

    def query(conn: Any) -> list[str]:
        rows = conn.execute(
            select(outbound.c.text)
            .join_from(outbound, conversations, conversations.c.id == outbound.c.conversation_id)
            .where(conversations.c.address == address)
            .order_by(outbound.c.n)
        )
        return list(rows.scalars())

    return await world.database.read(query)


async def _fewer_outcomes(world: World, than: int) -> bool:
    return len(world.push.outcomes) < than


async def _addresses(world: World, expected: list[str]) -> bool:
    return [m.address for m in world.push.sent] == expected


async def _all_have_places(world: World) -> bool:
    return len(world.delivery._places) == 3 - len(world.push.sent)


async def _put_off(world: World, count: int) -> bool:
    def query(conn: Any) -> int:
        rows = conn.execute(
            outbound.select().where(
                outbound.c.state == "pending", outbound.c.next_attempt_at > world.clock.now()
            )
        ).all()
        return len(rows)

    return await world.database.read(query) == count
