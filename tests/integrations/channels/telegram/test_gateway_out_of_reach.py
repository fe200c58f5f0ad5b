"""Floods, blocks, moves and a Telegram that is away, as the real gateway meets them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from integrations.channels.telegram import api
from integrations.conversations.tables import conversations, inbound, outbound
from runtime.migrations import SCRIPTS, upgrade
from tests.integrations import world
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import mention

from .gateways import PATIENCE_S, Gateway, heard

SECRETS = {
    "api_channel_key": "an-api-key",
    "care_token": "a-care-token",
    "bridge_token_gateway": "a-bridge-token",
    "pseudonym_key": "a-pseudonym-key-for-tests",
}


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
