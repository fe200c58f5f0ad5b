"""Claiming at every point of a bot's turn: no late message, nothing remembered, effects kept."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from integrations.conversations.tables import outbound
from runtime.errors import Temporary
from tests.integrations.world import World, happened, until


async def test_claimed_while_the_bot_thinks(world: World) -> None:
    world.bot.gate.clear()
    conversation = await world.say("il mio pacco non arriva")
    await happened(world.bot.asked)
    claimed = await world.desk.claim(conversation, "Marta")
    assert claimed.voided_turn is not None
    world.bot.gate.set()
    await world.settled(conversation)
    assert all("C-7K2MP" not in text for text in await world.told(conversation))
    assert await world.dispositions(conversation) == ["relayed"]
    assert world.bot.voided == {claimed.voided_turn}
    handoff = await world.handoff(conversation)
    assert [effect["en"] for effect in handoff.effects] == ["Opened case C-7K2MP"]
    assert handoff.claimed_by == "Marta"


async def test_claimed_before_the_turn_begins(world: World) -> None:
    world.bot.failing = Temporary("away")
    conversation = await world.say("il mio pacco non arriva")
    await happened(world.bot.asked)
    await world.desk.claim(conversation, "Marta")
    world.bot.failing = None

    async def relayed() -> bool:
        return await world.dispositions(conversation) == ["relayed"]

    await world.until_tried(relayed, conversation, 6)
    await world.settled(conversation)
    assert world.bot.turns == []
    assert len(await world.told(conversation)) == 1


async def test_claimed_after_the_turn(world: World) -> None:
    conversation = await world.say("avete la lana?")
    await world.settled(conversation)
    claimed = await world.desk.claim(conversation, "Marta")
    assert claimed.voided_turn is None
    # It stands in the transcript: nothing is on its way any more.
    assert claimed.just_sent == []
    assert await world.dispositions(conversation) == ["answered"]


async def test_what_arrived_a_moment_before_is_not_on_its_way(world: World) -> None:
    conversation = await world.say("uno", channel="push")
    await world.settled(conversation)

    async def arrived() -> bool:
        return len(world.push.sent) == 1

    await until(arrived)
    await until(lambda: nothing_waits(world))
    assert (await world.desk.claim(conversation, "Marta")).just_sent == []


async def test_what_is_slow_to_arrive_is_still_on_its_way(world: World) -> None:
    """However long ago its sending began."""
    world.push.gate.clear()
    conversation = await world.say("uno", channel="push")
    await happened(world.push.started)
    world.clock.advance(20)
    claimed = await world.desk.claim(conversation, "Marta")
    world.push.gate.set()
    assert ["Hai scritto: uno" in text for text in claimed.just_sent] == [True]


async def nothing_waits(world: World) -> bool:
    waiting = select(outbound.c.id).where(outbound.c.state.in_(("pending", "sending")))
    return await world.database.read(lambda conn: conn.execute(waiting).first()) is None


async def test_a_pending_bot_message_is_refused_and_one_on_its_way_is_shown(world: World) -> None:
    world.push.gate.clear()
    conversation = await world.say("uno", channel="push")
    await happened(world.push.started)
    await world.say("due", channel="push")

    async def both() -> bool:
        row = await world.conversation(conversation)
        return len(world.bot.turns) == 2 and row.lease_token is None

    await until(both)
    claimed = await world.desk.claim(conversation, "Marta")
    assert ["Hai scritto: uno" in text for text in claimed.just_sent] == [True]
    await world.desk.reply(conversation, "Marta", "Eccomi")
    world.push.gate.set()

    async def arrived() -> bool:
        return len(world.push.sent) == 3

    await until(arrived)
    texts = [message.text for message in world.push.sent]
    assert texts[0].endswith("Hai scritto: uno")
    assert "Marta" in texts[1]
    assert texts[2] == "Eccomi"


@pytest.mark.parametrize("delay", [0.0, 0.001, 0.002, 0.004, 0.008])
async def test_claimed_at_any_moment(world: World, delay: float) -> None:
    """Whenever the claim falls, what the customer sees after it is from people only."""
    conversation = await world.say("uno", conversation="any")
    await world.settled(conversation)
    await world.say("due", conversation="any")
    await asyncio.sleep(delay)
    before = len(await world.messages(conversation))
    await world.desk.claim(conversation, "Marta")
    await world.settled(conversation)
    after = (await world.messages(conversation))[before:]
    announced = next(i for i, m in enumerate(after) if m["role"] == "system")
    assert all(m["role"] != "bot" for m in after[announced:])
    assert None not in await world.dispositions(conversation)


async def test_two_people_claim_at_once_and_one_version_wins(world: World) -> None:
    conversation = await world.say("voglio una persona")
    await world.settled(conversation)
    version = (await world.conversation(conversation)).version
    results = await asyncio.gather(
        world.desk.claim(conversation, "Marta", version=version),
        world.desk.claim(conversation, "Luca", version=version),
        return_exceptions=True,
    )
    assert sorted(isinstance(r, Exception) for r in results) == [False, True]
