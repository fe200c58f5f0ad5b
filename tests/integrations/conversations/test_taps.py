"""Buttons on platforms: short payloads, taps that mean something, and taps that don't."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from integrations.channels.contract import Capabilities, Kind
from integrations.conversations.tables import bridge_queue, inbound, short_payloads
from runtime.errors import Temporary
from tests.integrations.world import World, until

OVER = "Quel pulsante non vale più"


def offering(message: dict[str, Any]) -> dict[str, Any]:
    """A bot that offers an order, and says what was tapped."""
    if message["payload"]:
        return {"text": f"Scelto: {message['payload']['entities']['order_number']}"}
    return {
        "text": "Quale ordine?",
        "buttons": [
            {
                "title": number,
                "payload": {"intent": "order_status", "entities": {"order_number": number}},
            }
            for number in ("LA-20397", "LA-20398")
        ],
    }


@pytest.fixture(params=[0, 64])
async def offered(world: World, request: pytest.FixtureRequest) -> World:
    world.push.capabilities = Capabilities(max_payload_bytes=request.param)
    world.bot.on_message = offering
    await world.say("i miei ordini", channel="push")
    await until(lambda: _sent(world, 1))
    return world


async def test_a_tap_comes_back_as_what_the_button_means(offered: World) -> None:
    longest = offered.push.capabilities.max_payload_bytes or 4000
    buttons = offered.push.sent[0].buttons
    assert [b.title for b in buttons] == ["LA-20397", "LA-20398"]
    assert all(len(b.payload.encode()) <= longest for b in buttons)
    await tap(offered, buttons[1].payload)
    await until(lambda: _sent(offered, 2))
    assert offered.push.sent[1].text == "Scelto: LA-20398"
    # The bot got the meaning, and never what travelled.
    [said] = offered.bot.turns[-1]["messages"]
    assert said["payload"] == {"intent": "order_status", "entities": {"order_number": "LA-20398"}}


@pytest.mark.parametrize("said", [None, "Annulla tutto"])
async def test_a_tap_is_kept_by_the_words_on_its_button(offered: World, said: str | None) -> None:
    """Whatever the platform or a page says that they were."""
    conversation = await tap(offered, offered.push.sent[0].buttons[1].payload, said=said)
    await until(lambda: _sent(offered, 2))
    [row] = await rows(offered, conversation, Kind.POSTBACK)
    assert row.text == "LA-20398"
    [told] = await offered.database.read(
        lambda conn: [
            row.body["interactions"][0]
            for row in conn.execute(select(bridge_queue).where(bridge_queue.c.key == row.id))
        ]
    )
    assert (told["kind"], told["text"]) == ("postback", "LA-20398")


@pytest.mark.parametrize(
    "carried", ["", "x", "a" * 22, "payload.signature", "é" * 22, "order_status", "😀."]
)
async def test_what_no_button_of_ours_carried(offered: World, carried: str) -> None:
    conversation = await tap(offered, carried)
    await until(lambda: _sent(offered, 2))
    assert OVER in offered.push.sent[1].text
    [row] = await rows(offered, conversation, Kind.POSTBACK)
    assert (row.payload, row.disposition, row.reason) == (None, "answered", "choice_over")
    assert len(offered.bot.turns) == 1


async def test_a_button_means_nothing_in_another_conversation(offered: World) -> None:
    payload = offered.push.sent[0].buttons[0].payload
    await tap(offered, payload, conversation="luca")
    await until(lambda: _sent(offered, 2))
    assert OVER in offered.push.sent[1].text


async def test_while_a_person_answers_an_old_tap_is_no_message_to_them(offered: World) -> None:
    [conversation] = {row.conversation_id for row in await rows(offered, None, Kind.MESSAGE)}
    await offered.desk.claim(conversation, "Marta")
    await tap(offered, "a" * 22)
    await until(lambda: _sent(offered, 3))
    assert OVER in offered.push.sent[2].text
    [row] = await rows(offered, conversation, Kind.POSTBACK)
    assert row.reason == "choice_over"


async def test_sending_again_sends_the_same_tokens(world: World) -> None:
    world.push.capabilities = Capabilities(max_payload_bytes=64)
    world.bot.on_message = offering
    world.push.outcomes = [Temporary("away", retry_after=1)]
    await world.say("i miei ordini", channel="push")
    await world.until_sent(1)
    kept = await world.database.read(lambda conn: conn.execute(select(short_payloads)).all())
    assert {row.token for row in kept} == {b.payload for b in world.push.sent[0].buttons}
    world.clock.advance(90 * 86_400 + 1)
    await world.timers.tick()
    assert not await world.database.read(lambda conn: conn.execute(select(short_payloads)).all())


async def tap(
    world: World, carried: str, conversation: str = "giulia", *, said: str | None = None
) -> str:
    tapped = world.envelope(said, channel="push", conversation=conversation)
    stored = await world.worker.accept(replace(tapped, button=carried))
    return stored.conversation_id


async def rows(world: World, conversation: str | None, kind: Kind) -> list[Any]:
    query = select(inbound).where(inbound.c.kind == kind.value).order_by(inbound.c.seq)
    if conversation is not None:
        query = query.where(inbound.c.conversation_id == conversation)
    return list(await world.database.read(lambda conn: conn.execute(query).all()))


async def _sent(world: World, count: int) -> bool:
    return len(world.push.sent) >= count
