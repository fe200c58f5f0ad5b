"""What customers are told about who is speaking, and how: in both voices, on every channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.voice import overlay
from bot.voice.forms import informal
from integrations.channels.api.adapter import ApiChannel
from integrations.channels.contract import Capabilities
from integrations.channels.telegram.adapter import CAPABILITIES as TELEGRAM
from integrations.channels.webchat.adapter import WebChatChannel
from integrations.conversations.choices import read_choice, read_rating
from integrations.conversations.outbox import Draft
from integrations.conversations.splitting import fitting
from integrations.conversations.texts import KEYS, formal_file, load, load_formal
from integrations.escalation.source import LANGUAGES, PolicyError
from runtime.errors import Temporary
from runtime.settings import Settings
from tests.integrations.conversations.test_texts import SHIPPED, VALUES
from tests.integrations.world import World, until

RESPONSES = Path(__file__).parents[3] / "data" / "responses"
VOICES = {voice: load(SHIPPED, voice) for voice in ("informal", "formal")}
FOR_AGENTS = {"just_sent", "voided", "voided_without_effects"}
BOT = {"it": "sono il bot", "en": "bot: I answer"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_the_formal_gateway_never_says_tu(key: str, language: str) -> None:
    text = VOICES["formal"].render(key, language, **VALUES)
    assert 0 < len(text.encode()) <= 1000
    assert key in FOR_AGENTS or informal(text, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formal_buttons_typed_by_hand_are_understood(language: str) -> None:
    texts = VOICES["formal"]
    options = ("wait", "leave_message", "back_to_bot")
    for option in options:
        assert read_choice(texts.render(f"choice_{option}", language), options) == option
    assert read_choice(texts.render("repeat_button", language), ("repeat", "arrived")) == "repeat"
    for mark in range(1, 6):
        assert read_rating(texts.render(f"rating_{mark}", language)) == mark


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_who_is_speaking(voice: str, language: str) -> None:
    texts = VOICES[voice]
    person = {"it": "una persona", "en": "a person"}[language]
    disclosure = texts.render("disclosure", language, **VALUES)
    assert "bot" in disclosure
    assert len(disclosure) <= 250
    assert person in texts.render("handover", language, **VALUES)
    joined = texts.render("agent_joined", language, **VALUES)
    assert person in joined
    assert str(VALUES["agent"]) in joined
    assert "bot" in texts.render("returned_to_bot", language, **VALUES)
    said = _said(voice)
    asked = [v["text"] for v in said["utter_ask_bot"] if overlay.language_of(v) == language]
    assert asked
    assert all("bot" in text and person in text for text in asked)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("channel", ["telegram", "api", "web chat", "no buttons"])
def test_every_answer_is_one_message_with_its_choices(voice: str, channel: str) -> None:
    """Within the channel's limits, also as the first of a conversation."""
    can = _channels()[channel]
    for name, variations in _said(voice).items():
        for variation in variations:
            opening = VOICES[voice].render("disclosure", overlay.language_of(variation), **VALUES)
            buttons = tuple(variation.get("buttons", ()))
            draft = Draft("bot", f"{opening}\n\n{variation['text']}", buttons=buttons)
            [message] = fitting([draft], can)
            # What is filled in (an article's first lines) has the rest.
            assert len(message.text) <= 1000, name
            for place, button in enumerate(buttons, start=1):
                assert len(button["title"]) <= can.max_button_title
                numbered = f"{place}. {button['title']}" in message.text
                assert numbered is (can.max_buttons == 0)


def test_a_formal_text_is_held_to_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "messages.yml").write_text(SHIPPED.read_text("utf-8"), "utf-8")
    formal = formal_file(tmp_path / "messages.yml")
    with pytest.raises(PolicyError, match=r"messages\.formal\.yml:1: can't be read"):
        load(tmp_path / "messages.yml", "formal")
    formal.write_text(
        "messages:\n  handover: {it: Le risponde una persona.}\n  handovr: {it: Sì.}\n", "utf-8"
    )
    with pytest.raises(PolicyError) as caught:
        load_formal(formal)
    assert "2: messages.handover.it doesn't say '{wait}'" in str(caught.value)
    assert "3: unknown field 'handovr' in messages; did you mean 'handover'?" in str(caught.value)
    # Who speaks informally needs no such file to be right.
    assert load(tmp_path / "messages.yml").templates


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("ciao", "it"),
        ("dov'è il mio ordine LA-20398?", "it"),
        ("voglio una persona", "it"),
        ("silenzio", "it"),
        ("where is my parcel? it never came", "en"),
        (None, "it"),
    ],
)
async def test_the_first_words_say_that_a_bot_writes_whatever_it_begins_with(
    world: World, said: str | None, language: str
) -> None:
    conversation = await world.say(said)
    await world.settled(conversation)
    first, *_ = await world.told(conversation)
    assert BOT[language] in first
    await world.say("e poi?")
    await world.settled(conversation)
    told = await world.told(conversation)
    assert sum(text.count(BOT[language]) for text in told) == 1


async def test_the_word_about_an_outage_says_it_too(world: World) -> None:
    world.bot.failing = Temporary("away")
    conversation = await world.say("dov'è il mio ordine?")

    async def told() -> bool:
        world.clock.advance(5)
        return bool(await world.told(conversation))

    await until(told)
    world.bot.failing = None
    await world.settled(conversation)
    texts = await world.told(conversation)
    assert BOT["it"] in texts[0]
    assert sum(text.count(BOT["it"]) for text in texts) == 1


async def test_the_gateway_speaks_in_the_chosen_voice(world: World) -> None:
    rules = world.answering.rules
    world.answering.rules = replace(rules, texts=VOICES["formal"])
    conversation = await world.say("voglio una persona")
    await world.settled(conversation)
    [handover] = await world.told(conversation)
    assert handover.startswith("Buongiorno, sono il bot di Lanificio Aurora")
    assert "Le risponde" in handover


def _said(voice: str) -> dict[str, list[dict[str, Any]]]:
    informally = overlay.responses(RESPONSES)
    if voice == "informal":
        return informally
    return overlay.compose(informally, overlay.load(RESPONSES / "formal"))


def _channels() -> dict[str, Capabilities]:
    settings = Settings(signing_key=SecretStr("a-signing-key-for-tests"))
    return {
        "telegram": TELEGRAM,
        "api": ApiChannel(settings).capabilities,
        "web chat": WebChatChannel(settings).capabilities,
        "no buttons": Capabilities(max_text=1000, max_buttons=0),
    }
