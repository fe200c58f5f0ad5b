"""Sending on channels that push: in order, once, or marked unknown."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from integrations.conversations.tables import outbound
from runtime.errors import Permanent, Temporary, UnknownOutcome
from tests.integrations.world import World, happened, until


async def states(world: World, conversation: str) -> list[str]:
    rows: Any = await world.database.read(
        lambda conn: conn.execute(
            select(outbound.c.state)
            .where(outbound.c.conversation_id == conversation)
            .order_by(outbound.c.n)
        ).all()
    )
    return [row.state for row in rows]


async def test_a_certain_failure_is_tried_again_in_order(world: World) -> None:
    world.push.outcomes = [Temporary("429", retry_after=2), Temporary("503")]
    conversation = await world.say("uno", channel="push")
    await world.say("due", channel="push")
    await world.until_sent(2)
    assert [m.text.split(": ")[-1] for m in world.push.sent] == ["uno", "due"]
    await until(lambda: _are(world, conversation, ["sent", "sent"]))


async def test_a_permanent_failure_lets_the_next_go(world: World) -> None:
    world.push.outcomes = [Permanent("blocked by the user")]
    conversation = await world.say("uno", channel="push")
    await world.settled(conversation)
    await world.say("due", channel="push")
    await until(lambda: _are(world, conversation, ["failed", "sent"]))


async def test_an_unknown_outcome_is_never_repeated_and_the_next_exchange_asks(
    world: World,
) -> None:
    world.push.outcomes = [UnknownOutcome("timed out after sending")]
    conversation = await world.say("uno", channel="push")
    await until(lambda: _are(world, conversation, ["unknown"]))
    await world.say("due", channel="push")
    await until(lambda: _are(world, conversation, ["unknown", "sent", "sent"]))
    question = world.push.sent[-1]
    assert "ultima risposta" in question.text
    assert [b.title for b in question.buttons] == ["Ripeti la risposta"]
    await world.say(None, channel="push", payload={"intent": "gateway_repeat", "entities": {}})
    await until(lambda: _are(world, conversation, ["unknown", "sent", "sent", "sent"]))
    assert "Hai scritto: uno" in world.push.sent[-1].text


async def test_after_some_silence_a_lost_answer_is_asked_about_once(world: World) -> None:
    world.push.outcomes = [UnknownOutcome("timed out after sending")]
    conversation = await world.say("uno", channel="push")
    await until(lambda: _are(world, conversation, ["unknown"]))
    await world.timers.tick()
    assert await states(world, conversation) == ["unknown"]
    world.clock.advance(60 * world.desk_settings.silence_check_minutes + 1)
    await world.timers.tick()
    await until(lambda: _are(world, conversation, ["unknown", "sent"]))
    await world.timers.tick()
    assert "ultima risposta" in world.push.sent[-1].text
    assert len(await states(world, conversation)) == 2


async def test_what_a_dead_process_was_sending_is_unknown(world: World) -> None:
    world.push.gate.clear()
    conversation = await world.say("uno", channel="push")
    await happened(world.push.started)
    world.clock.advance(120)
    await world.delivery.sweep()
    assert await states(world, conversation) == ["unknown"]


async def test_an_old_bot_reply_is_not_sent_any_more(world: World) -> None:
    world.push.outcomes = [Temporary("away", retry_after=3600)]
    conversation = await world.say("uno", channel="push")

    async def put_off() -> bool:
        return not world.push.outcomes and await _are(world, conversation, ["pending"])

    await until(put_off)
    world.clock.advance(16 * 60)
    await until(lambda: _are(world, conversation, ["expired"]))


async def test_one_blocked_recipient_delays_nobody_else(world: World) -> None:
    world.push.gate.clear()
    await world.say("uno", channel="push", conversation="slow")
    await happened(world.push.started)
    waiting, world.push.gate = world.push.gate, asyncio.Event()
    world.push.gate.set()
    await world.say("due", channel="push", conversation="quick")

    async def arrived() -> bool:
        return [m.address for m in world.push.sent] == ["quick"]

    await until(arrived)
    waiting.set()


async def test_a_channel_that_is_not_configured_any_more_stops_no_other(world: World) -> None:
    world.push.gate.clear()
    conversation = await world.say("uno", channel="push")
    await world.settled(conversation)
    await world.say("due", channel="push")
    await world.settled(conversation)
    world.channels["other"] = world.channels.pop("push")
    world.push.gate.set()
    await until(lambda: _are(world, conversation, ["sent", "pending"]))
    world.channels["push"] = world.channels.pop("other")
    world.clock.advance(61)
    await until(lambda: _are(world, conversation, ["sent", "sent"]))


async def _are(world: World, conversation: str, expected: list[str]) -> bool:
    return await states(world, conversation) == expected
