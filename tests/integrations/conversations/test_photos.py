"""A photo without a word: for the bot when it asked for one, else the gateway's own answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integrations.channels.contract import Attachment
from tests.integrations.scripted import echo
from tests.integrations.world import World


def asks_for_photos(world: World) -> None:
    """The bot asks for a photo whenever something is broken."""
    answer = world.bot._answer

    def asking(request: dict[str, Any]) -> dict[str, Any]:
        given = answer(request)
        broken = any("rotto" in str(message["text"]) for message in request["messages"])
        return {**given, "slots": {"requested_slot": "photo"} if broken else {}}

    world.bot._answer = asking
    world.bot.on_message = lambda message: (
        echo(message) if message["text"] else {"intent": "inform", "text": "Ecco la foto."}
    )


async def photo(world: World, text: str | None = None, name: str = "p1") -> str:
    """A picture, perhaps with words under it."""
    envelope = world.envelope(text, message_id=name)
    picture = Attachment("image", f"{name}.jpg", file_id=name)
    stored = await world.worker.accept(replace(envelope, attachments=(picture,)))
    return stored.conversation_id


async def test_the_photo_that_the_bot_asked_for_goes_to_the_bot(world: World) -> None:
    asks_for_photos(world)
    conversation = await world.say("il gomitolo è arrivato rotto")
    await world.settled(conversation)
    await photo(world)
    await world.settled(conversation)
    [said] = world.bot.turns[-1]["messages"]
    assert (said["text"], said["payload"], said["attachments"]) == (None, None, 1)
    assert (await world.told(conversation))[-1] == "Ecco la foto."


async def test_a_photo_that_nobody_asked_for_gets_the_gateways_own_word(world: World) -> None:
    asks_for_photos(world)
    conversation = await photo(world)
    await world.settled(conversation)
    assert world.bot.turns == []
    assert "allegato" in (await world.told(conversation))[-1]


async def test_asked_once_is_not_asked_for_ever(world: World) -> None:
    asks_for_photos(world)
    conversation = await world.say("il gomitolo è arrivato rotto")
    await world.settled(conversation)
    await photo(world, name="p1")
    await world.settled(conversation)
    await photo(world, name="p2")
    await world.settled(conversation)
    assert len(world.bot.turns) == 2
    assert "allegato" in (await world.told(conversation))[-1]


async def test_what_was_asked_for_is_known_after_an_unasked_for_answer(world: World) -> None:
    asks_for_photos(world)
    conversation = await world.say("il gomitolo è arrivato rotto")
    await world.settled(conversation)
    # Another process takes over: what it needs to know is in the database.
    state = (await world.conversation(conversation)).state
    assert state["photo_wanted"] is True


async def test_words_under_a_photo_go_to_the_bot_with_it(world: World) -> None:
    conversation = await photo(world, "è arrivato così")
    await world.settled(conversation)
    [said] = world.bot.turns[-1]["messages"]
    assert (said["text"], said["attachments"]) == ("è arrivato così", 1)
