"""The real gateway between a scripted bot and a simulated Telegram, by poll and by webhook."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import uvicorn

from integrations.conversations.tables import conversations, inbound, outbound
from tests.integrations.world import create_tables
from tests.simulators.telegram import TelegramSimulator

from .conftest import SECRET
from .gateways import PATIENCE_S, Gateway, heard, until


async def test_a_conversation(gateway: Gateway, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.text("avete la lana merino?")
    await heard(anna, "Hai scritto: avete la lana merino?")
    assert anna.heard()[0].count("bot") >= 1, "the first message says that it is a bot"
    anna.photo("questo gomitolo")
    await heard(anna, "questo gomitolo")
    actions = [c.parameters["action"] for c in telegram.calls if c.method == "sendchataction"]
    assert set(actions) <= {"typing"}


async def test_an_agents_correction_changes_the_message_where_it_stands(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("quando arriva?")
    await heard(anna, "Hai scritto: quando arriva?")
    [conversation] = await gateway.rows(conversations)
    desk = gateway.container.desk
    await desk.claim(conversation.id, "Marta")
    sent = await desk.reply(conversation.id, "Marta", "Arriva lunedì.")
    wrong = await heard(anna, "Arriva lunedì.")
    # It may be said before the gateway has heard that the message arrived.
    await arrived(gateway, sent["id"])
    told = len(anna.received())
    await desk.correct(conversation.id, "Marta", sent["id"], "Arriva martedì.")
    right = await heard(anna, "Arriva martedì.")
    assert right["message_id"] == wrong["message_id"]
    assert len(anna.received()) == told


async def arrived(gateway: Gateway, message_id: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while message_id not in {  # noqa: ASYNC110 — the condition is a database's
            row.id for row in await gateway.rows(outbound) if row.state == "sent"
        }:
            await asyncio.sleep(0.02)


async def test_what_comes_twice_is_answered_once(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    telegram.updates.duplicate(2)
    anna.text("uno")
    anna.text("due")
    await heard(anna, "due")
    anna.text("tre")
    await heard(anna, "tre")
    turns = [m["text"] for turn in gateway.bot.turns for m in turn["messages"]]
    assert turns == ["uno", "due", "tre"]
    assert telegram.updates.count() <= 1


async def test_secrets_are_masked_before_anything_is_stored(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("la mia carta è 4111 1111 1111 1111, va bene?")
    await heard(anna, "va bene?")
    [said] = await gateway.rows(inbound)
    assert "4111" not in str(said)


async def test_start_greets_and_the_desk_sees_the_link(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.start("order-help")
    await until(lambda: gateway.bot.turns)
    [message] = gateway.bot.turns[0]["messages"]
    assert message["payload"] == {"intent": "greet", "entities": {}}
    [said] = await gateway.rows(inbound)
    assert said.context == {"deep_link": "order-help"}


async def test_a_person_is_asked_for_and_a_long_button_finds_its_way_back(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("vorrei parlare con una persona")
    await until(anna.buttons)
    assert all(len(data.encode()) <= 64 for data in anna.buttons().values())
    title = next(iter(anna.buttons()))
    before = len(anna.received())
    query = anna.tap(title)
    await until(lambda: len(anna.received()) > before)
    await until(lambda: telegram.state.queries[query]["answered"])
    tap = (await gateway.rows(inbound))[-1]
    assert (tap.kind, tap.text) == ("postback", title)
    assert tap.payload["intent"].startswith("gateway_")


async def test_long_answers_come_in_order_and_at_telegrams_pace(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    telegram.enforce_rates()
    anna = telegram.person("Anna")
    long = " ".join(f"Frase numero {n}." for n in range(400))
    gateway.bot.on_message = lambda message: {"text": long}
    anna.text("racconta")
    await heard(anna, "numero 399.")
    assert " ".join(anna.heard()).endswith(long)
    assert all(len(text) <= 4096 for text in anna.heard())
    refused = [c for c in telegram.calls if c.method == "sendmessage" and not c.ok]
    assert refused == []


async def test_telegram_calls_and_calls_again(tmp_path: Path, telegram: TelegramSimulator) -> None:
    """The whole way over HTTP, with a gateway that isn't there yet when the first update comes."""
    from ops.system import free_port

    port = free_port()
    gateway = Gateway(
        tmp_path,
        telegram,
        telegram_webhook_secret=SECRET,
        public_url=f"http://127.0.0.1:{port}",
    )
    await create_tables(gateway.container.database)
    config = uvicorn.Config(gateway.app, port=port, log_config=None, log_level="critical")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: telegram.state.webhook)
        anna = telegram.person("Anna")
        telegram.updates.duplicate()
        anna.text("ciao dal webhook")
        await heard(anna, "ciao dal webhook")
        telegram.updates.hold()
        sent = anna.album(3, caption="tre foto")
        telegram.updates.release(reverse=True)
        await heard(anna, "tre foto")
        await until(lambda: telegram.updates.count() == 0)
        said = await gateway.rows(inbound)
        assert [(m.text, len(m.attachments or ())) for m in said] == [
            ("ciao dal webhook", 0),
            ("tre foto", 3),
        ]
        assert said[1].external_id == str(sent[0]["message_id"])
    finally:
        server.should_exit = True
        await running


@pytest.mark.parametrize(("language", "expected"), [("en", "en"), ("it", "it"), ("de", "it")])
async def test_start_is_answered_in_the_language_of_the_app(
    gateway: Gateway, telegram: TelegramSimulator, language: str, expected: str
) -> None:
    anna = telegram.person("Anna", language)
    anna.start("order-help")
    await until(lambda: gateway.bot.turns)
    assert gateway.bot.turns[0]["messages"][0]["language"] == expected
    anna.text("dove si trova il mio ordine?")
    await until(lambda: len(gateway.bot.turns) > 1)
    assert gateway.bot.turns[1]["messages"][0]["language"] == "it"


async def test_reactions_are_for_agents(gateway: Gateway, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.text("ciao")
    answer = await heard(anna, "Hai scritto")
    anna.react(answer["message_id"], "👍")
    anna.react(answer["message_id"])
    anna.text("grazie")
    await heard(anna, "Di nulla")
    rows = [r for r in await gateway.rows(inbound) if r.kind == "reaction"]
    assert [(r.text, r.external_id) for r in rows] == [
        ("👍", str(answer["message_id"])),
        (None, str(answer["message_id"])),
    ]
    said = [m["text"] for turn in gateway.bot.turns for m in turn["messages"]]
    assert said == ["ciao", "grazie"]
