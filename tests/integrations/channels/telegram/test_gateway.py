"""The real gateway between a scripted bot and a simulated Telegram, by poll and by webhook."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlalchemy import select

from integrations.channels.telegram import api
from integrations.container import build
from integrations.conversations.tables import conversations, inbound, outbound
from integrations.gateway import create_app
from runtime.migrations import SCRIPTS, upgrade
from runtime.settings import Settings
from tests.integrations import world
from tests.integrations.scripted import ScriptedBot, ScriptedBridge
from tests.integrations.world import KEY, create_tables
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import Person, mention

SECRET = "a-secret-for-the-webhook"
PATIENCE_S = 60.0
SECRETS = {
    "api_channel_key": "an-api-key",
    "care_token": "a-care-token",
    "bridge_token_gateway": "a-bridge-token",
    "pseudonym_key": "a-pseudonym-key-for-tests",
}


class Gateway:
    """The application with its jobs running."""

    def __init__(self, home: Path, telegram: TelegramSimulator, **settings: Any) -> None:
        self.settings = Settings(
            home=home,
            signing_key=KEY,
            operator_password="operator-password",
            telegram_bot_token=TOKEN,
            telegram_api_url=telegram.url,
            **settings,
        )
        self.container = build(self.settings)
        self.bot = ScriptedBot()
        dialogue: Any = self.container.worker._steps._dialogue
        dialogue._care, dialogue._bridge = self.bot, ScriptedBridge()
        self.app = create_app(self.settings, self.container)

    async def rows(self, table: Any) -> list[Any]:
        return list(
            await self.container.database.read(lambda conn: conn.execute(select(table)).all())
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        await create_tables(self.container.database)
        async with self.app.router.lifespan_context(self.app):
            yield self


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for what another thread or task does."""
    async with asyncio.timeout(PATIENCE_S):
        while not (result := condition()):  # noqa: ASYNC110 — there is no event to wait for
            await asyncio.sleep(0.02)
    return result


async def heard(person: Person, text: str, chat: Any = None) -> dict[str, Any]:
    """Wait until the person is told something; the message."""

    def found() -> dict[str, Any] | None:
        for message in person.received(chat):
            if text in str(message.get("text") or message.get("caption")):
                return message
        return None

    message: dict[str, Any] = await until(found)
    return message


@pytest.fixture
async def gateway(tmp_path: Path, telegram: TelegramSimulator) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path, telegram).running() as running:
        yield running


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


async def test_a_flood_refused_is_waited_for_and_an_unknown_outcome_never_repeated(
    tmp_path: Path, telegram: TelegramSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "ANSWER_S", 3.0)
    async with Gateway(tmp_path, telegram).running() as gateway:
        await _flood(gateway, telegram)


async def _flood(gateway: Gateway, telegram: TelegramSimulator) -> None:
    anna, bea = telegram.person("Anna"), telegram.person("Bea")
    telegram.fail("timeout_after", "sendMessage", chat_id=anna.private.id)
    telegram.fail("429", "sendMessage", chat_id=bea.private.id, seconds=1)
    bea.text("ciao da Bea")
    anna.text("ciao da Anna")
    await heard(bea, "ciao da Bea")
    await heard(anna, "ciao da Anna")

    async def states() -> set[str]:
        rows = await gateway.rows(outbound)
        return {m.state for m in rows if m.text.endswith("ciao da Anna")}

    async with asyncio.timeout(PATIENCE_S):
        while await states() != {"unknown"}:  # noqa: ASYNC110 — as above
            await asyncio.sleep(0.02)
    assert len([t for t in anna.heard() if "ciao da Anna" in t]) == 1
    assert len([t for t in bea.heard() if "ciao da Bea" in t]) == 1


async def test_who_blocks_us_is_unreachable_until_they_write(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna, bea = telegram.person("Anna"), telegram.person("Bea")
    gateway.bot.gate.clear()
    anna.text("ciao")
    await gateway.bot.asked.wait()
    anna.block()
    gateway.bot.gate.set()

    async def unreachable() -> Any:
        rows = await gateway.rows(conversations)
        return {row.address: row.unreachable for row in rows}.get(str(anna.private.id))

    async with asyncio.timeout(PATIENCE_S):
        while await unreachable() != "blocked":  # noqa: ASYNC110 — as above
            await asyncio.sleep(0.02)
    bea.text("io ci sono")
    await heard(bea, "io ci sono")
    anna.unblock()
    anna.text("eccomi di nuovo")
    await heard(anna, "eccomi di nuovo")
    assert await unreachable() is None


async def test_a_group_keeps_its_conversation_when_it_moves(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    group = telegram.group("Maglia e tè")
    anna.text("tra noi", chat=group)
    anna.text(mention("siete aperti?"), chat=group)
    await heard(anna, "siete aperti?", group)
    bigger = group.migrate(telegram.state, anna)
    anna.text(mention("e domenica?"), chat=bigger)
    await heard(anna, "e domenica?", bigger)
    rows = [r for r in await gateway.rows(conversations) if not r.address.startswith("moved:")]
    assert [row.address for row in rows] == [str(bigger.id)]
    assert "tra noi" not in str(await gateway.rows(inbound))
    assert all(turn["context"]["public"] for turn in gateway.bot.turns)


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


async def test_telegram_being_away_degrades_the_gateway_and_no_more(tmp_path: Path) -> None:
    """Customers of the other channels are served: /readyz stays 200 and names what is wrong."""
    with TelegramSimulator(token="7000000002:another-bot-s-own-token") as stranger:
        gateway = Gateway(tmp_path, stranger, **SECRETS)
        upgrade(gateway.settings.gateway_database_url(), "gateway", SCRIPTS["gateway"])
        async with gateway.app.router.lifespan_context(gateway.app):
            transport = httpx2.ASGITransport(gateway.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as http:
                async with asyncio.timeout(60):
                    while True:
                        answer = await http.get("/readyz")
                        found = answer.json()["checks"]["channels"]["telegram"]
                        if found["state"] == "failing":
                            break
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert found["problems"] == ["Telegram refuses TELEGRAM_BOT_TOKEN"]
    checks = answer.json()["checks"]
    assert checks["slack"] == "not configured"
    assert checks["channels"]["api"] == {"state": "ready"}


async def test_who_blocks_us_without_being_written_to_is_unreachable_at_once(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    anna.text("ciao")
    await heard(anna, "Hai scritto")
    for block, expected in ((anna.block, "blocked"), (anna.unblock, None)):
        block()

        async def so_far(expected: str | None = expected) -> bool:
            return [row.unreachable for row in await gateway.rows(conversations)] == [expected]

        await world.until(so_far, timeout_s=60.0)


async def test_a_group_that_never_spoke_with_us_moves_without_a_trace(
    gateway: Gateway, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    telegram.group("Maglia e tè").migrate(telegram.state, by=anna)
    # What is polled after it says that it was worked off.
    anna.text("ciao")
    await heard(anna, "Hai scritto")
    assert [row.address for row in await gateway.rows(conversations)] == [str(anna.private.id)]


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
