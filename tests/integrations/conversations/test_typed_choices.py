"""Choices that are typed: numbered where a channel has no buttons, understood on every channel."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from integrations.channels.contract import Attachment, Capabilities, Kind
from integrations.conversations.choices import read_number
from integrations.conversations.outbox import Draft
from integrations.conversations.splitting import fitting, length
from integrations.conversations.tables import outbound
from runtime.errors import UnknownOutcome
from tests.integrations.world import World, until

LATER = {"intent": "inform", "entities": {"choice": "resend_code"}}
OFFER = {
    "text": "Come preferisci?",
    "buttons": [
        {"title": "Passami una persona", "payload": {"intent": "deny", "entities": {}}},
        {"title": "Non è arrivato", "payload": LATER},
        {"title": "LA-20398 · 7 nov", "payload": {"intent": "inform", "entities": {"order": "9"}}},
    ],
}
NUMBERED = "1. Passami una persona\n2. Non è arrivato\n3. LA-20398 · 7 nov"


def offering(message: dict[str, Any]) -> dict[str, Any]:
    """A bot that offers three things, and otherwise says what it got."""
    if message["payload"]:
        return {"text": f"Scelto: {message['payload']['intent']}"}
    if message["text"] == "scegli":
        return OFFER
    return {"text": f"Letto: {message['text']}"}


@pytest.fixture(params=[0, 10], ids=["numbered", "buttons"])
async def offered(world: World, request: pytest.FixtureRequest) -> World:
    world.push.capabilities = Capabilities(max_buttons=request.param)
    world.bot.on_message = offering
    await _say(world, "scegli", sent=1)
    return world


async def test_a_channel_without_buttons_shows_numbers(offered: World) -> None:
    [message] = offered.push.sent
    numbered = offered.push.capabilities.max_buttons == 0
    assert message.text.endswith(f"Come preferisci?\n\n{NUMBERED}") is numbered
    assert [b.title for b in message.buttons] == (
        [] if numbered else [b["title"] for b in OFFER["buttons"]]
    )


@pytest.mark.parametrize(
    "typed",
    ["2", "2.", " 2) ", "2️⃣", "il secondo", "La seconda", "the second one", "option 2", "numero 2",
     "n. 2", "la 2 grazie", "Non è arrivato", "non e arrivato!", "NON È ARRIVATO.",
     "2. Non è arrivato"],
)  # fmt: skip
async def test_what_is_typed_is_taken_as_the_tap(offered: World, typed: str) -> None:
    await _say(offered, typed, sent=2)
    # Exactly what a tap gives the bot: the meaning, and no text.
    [said] = offered.bot.turns[-1]["messages"]
    assert (said["payload"], said["text"]) == (LATER, None)
    # Who reads the conversation sees what the customer wrote.
    conversation = await offered.say(None, channel="push", kind=Kind.RECEIPT)
    shown = [m["text"] for m in await offered.messages(conversation) if m["role"] == "customer"]
    assert typed in shown


@pytest.mark.parametrize(
    "typed",
    ["4", "0", "22", "12345", "-2", "2?", "2 gomitoli", "2 €", "2/3", "1,5", "le 2", "no 2",
     "la seconda volta", "prima", "2 oppure 3", "LA-20398", "non è arrivato il pacco",
     "passami una persona che capisca", "ordine 2 no"],
)  # fmt: skip
async def test_anything_else_goes_on_as_text(offered: World, typed: str) -> None:
    await _say(offered, typed, sent=2)
    [said] = offered.bot.turns[-1]["messages"]
    assert (said["payload"], said["text"]) == (None, typed)


async def test_only_the_next_message_answers(offered: World) -> None:
    await _say(offered, "un momento", sent=2)
    await _say(offered, "2", sent=3)
    assert offered.push.sent[-1].text == "Letto: 2"


async def test_the_newest_choices_are_meant(offered: World) -> None:
    await _say(offered, "scegli", sent=2)
    await _say(offered, "3", sent=3)
    assert offered.bot.turns[-1]["messages"][0]["payload"]["entities"] == {"order": "9"}
    await _say(offered, "3", sent=4)
    assert offered.push.sent[-1].text == "Letto: 3"


async def test_what_is_quoted_says_what_is_answered(offered: World) -> None:
    envelope = offered.envelope("2", channel="push")
    await offered.worker.accept(replace(envelope, reply_to="something-older"))
    await until(lambda: _sent(offered, 2))
    assert offered.push.sent[-1].text == "Letto: 2"
    await _say(offered, "scegli", sent=3)
    envelope = offered.envelope("2", channel="push")
    await offered.worker.accept(replace(envelope, reply_to="x3"))
    await until(lambda: _sent(offered, 4))
    assert offered.push.sent[-1].text == "Scelto: inform"


async def test_a_file_with_a_number_is_no_choice(offered: World) -> None:
    envelope = offered.envelope("2", channel="push")
    await offered.worker.accept(replace(envelope, attachments=(Attachment("image"),)))
    await until(lambda: _sent(offered, 2))
    assert offered.push.sent[-1].text == "Letto: 2"


async def test_it_is_understood_by_whoever_comes_after_a_restart(offered: World) -> None:
    """Nothing of it is in a process: another worker stores and answers it."""
    other = offered.new_worker(offered.channels)
    async with other.running():
        await other.accept(offered.envelope("2", channel="push"))
        await until(lambda: _sent(offered, 2))
    assert offered.push.sent[-1].text == "Scelto: inform"


async def test_while_a_person_has_the_conversation_it_is_a_message_to_them(
    offered: World,
) -> None:
    conversation = await offered.say(None, channel="push", kind=Kind.RECEIPT)
    await offered.desk.claim(conversation, "Marta")
    turns = len(offered.bot.turns)
    await offered.say("2", channel="push")
    await offered.settled(conversation)
    assert (await offered.dispositions(conversation))[-1] == "relayed"
    assert len(offered.bot.turns) == turns


async def test_the_choices_of_a_hand_over_are_numbered_too(world: World) -> None:
    world.push.capabilities = Capabilities(max_buttons=0)
    conversation = await _say(world, "voglio una persona", sent=1)
    assert world.push.sent[-1].text.endswith(
        "1. Aspetto qui\n2. Lascio un messaggio\n3. Torno al bot"
    )
    await _say(world, "3", sent=2)
    assert (await world.conversation(conversation)).owner == "bot"


async def test_a_button_alone_has_no_number_unless_it_shows_one(world: World) -> None:
    """«1» may well be how many; where the line says «1.», it is the line."""
    button = {"title": "Non lo so", "payload": LATER}
    world.bot.on_message = lambda m: (
        {"text": "Dimmi pure.", "buttons": [button]} if m["text"] == "scegli" else {"text": "Ecco."}
    )
    await _say(world, "scegli", sent=1)
    await _say(world, "1", sent=2)
    assert world.bot.turns[-1]["messages"][0]["text"] == "1"
    world.push.capabilities = Capabilities(max_buttons=0)
    await _say(world, "scegli", sent=3)
    await _say(world, "1", sent=4)
    assert world.bot.turns[-1]["messages"][0]["payload"] == LATER


@pytest.mark.parametrize("question", ["Quanti gomitoli mancano?", "How many skeins are missing?"])
async def test_a_number_that_was_asked_for_is_no_button(world: World, question: str) -> None:
    world.bot.on_message = lambda m: {**OFFER, "text": question} if m["text"] == "scegli" else {}
    await _say(world, "scegli", sent=1)
    await _say(world, "2", sent=2)
    assert world.bot.turns[-1]["messages"][0]["text"] == "2"


async def test_it_works_where_customers_fetch_their_messages(world: World) -> None:
    world.bot.on_message = offering
    conversation = await world.say("scegli")
    await world.settled(conversation)
    await world.say("la seconda")
    await world.settled(conversation)
    assert (await world.told(conversation))[-1] == "Scelto: inform"


async def test_an_answer_that_was_repeated_still_has_its_choices(offered: World) -> None:
    await _say(offered, "grazie", sent=2)
    offered.push.outcomes = [UnknownOutcome("no answer")]
    await offered.say("scegli", channel="push")
    await until(lambda: _any_unknown(offered))
    await _say(offered, "ehi", sent=4)
    assert "Non so se la mia ultima risposta" in offered.push.sent[-1].text
    await _say(offered, "ripeti la risposta", sent=5)
    assert offered.push.sent[-1].text.count("1. Passami una persona") == (
        1 if offered.push.capabilities.max_buttons == 0 else 0
    )
    await _say(offered, "2", sent=6)
    assert offered.push.sent[-1].text == "Scelto: inform"


async def test_what_is_kept_of_an_older_address_is_text(offered: World) -> None:
    """A payload that can't be opened here means nothing."""
    forged = [{"title": "Non è arrivato", "payload": "x.y"}]
    await offered.database.write(lambda conn: conn.execute(update(outbound).values(buttons=forged)))
    await _say(offered, "non è arrivato", sent=2)
    assert offered.push.sent[-1].text == "Letto: non è arrivato"


async def test_two_choices_of_one_name_are_none(world: World) -> None:
    same = [{"title": t, "payload": LATER} for t in ("Sì", "Si!")]
    world.bot.on_message = lambda m: (
        {"text": "?", "buttons": same} if m["text"] == "scegli" else {"text": "Ecco."}
    )
    await _say(world, "scegli", sent=1)
    await _say(world, "si", sent=2)
    assert world.bot.turns[-1]["messages"][0]["text"] == "si"


@given(st.text(max_size=200), st.integers(8, 120), st.integers(1, 9))
def test_numbered_lines_stay_within_the_limit(text: str, limit: int, count: int) -> None:
    buttons = tuple({"title": f"Scelta {n}", "payload": "p"} for n in range(count))
    parts = fitting([Draft("bot", text, buttons=buttons)], Capabilities(limit, max_buttons=0))
    assert all(length(part.text) <= limit for part in parts)
    assert parts[-1].buttons == buttons
    block = "\n".join(f"{n}. Scelta {n - 1}" for n in range(1, count + 1))
    if length(block) <= limit:
        assert parts[-1].text.endswith(block)


def test_more_choices_than_buttons_are_numbered() -> None:
    buttons = tuple(
        {"title": f"{n} {face}", "payload": "p"} for n, face in enumerate("😞🙁😐🙂😀", 1)
    )
    [three] = fitting([Draft("bot", "Com'è andata?", buttons=buttons)], Capabilities(max_buttons=3))
    # What begins with its own number doesn't get another.
    assert three.text == "Com'è andata?\n\n1 😞\n2 🙁\n3 😐\n4 🙂\n5 😀"
    [five] = fitting([Draft("bot", "Com'è andata?", buttons=buttons)], Capabilities(max_buttons=5))
    assert five.text == "Com'è andata?"


def test_numbers_go_from_one_to_nine() -> None:
    for number in range(1, 10):
        assert read_number(str(number), 9) == number
        assert read_number(str(number), number - 1) is None
    assert read_number("sei", 9) is None
    assert read_number("10", 12) is None


async def _say(world: World, text: str, *, sent: int) -> str:
    conversation = await world.say(text, channel="push")
    await until(lambda: _sent(world, sent))
    await world.settled(conversation)
    return conversation


async def _sent(world: World, count: int) -> bool:
    await asyncio.sleep(0)
    return len(world.push.sent) >= count


async def _any_unknown(world: World) -> bool:
    query = select(outbound.c.id).where(outbound.c.state == "unknown")
    return bool(await world.database.read(lambda conn: conn.execute(query).all()))
