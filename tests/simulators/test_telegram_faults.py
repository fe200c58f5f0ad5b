"""The Telegram simulator misbehaves when it is told to, and paces as Telegram does."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    NetworkError,
    TimedOut,
)

from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.errors import ApiError
from tests.simulators.telegram.rates import RateLimits


async def test_failures_on_demand(bot: Bot, telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.start()
    here = anna.private.id
    telegram.fail("500", "sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)Internal Server Error"):
        await bot.send_message(here, "non arriva")
    telegram.fail("502", "sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)Bad Gateway"):
        await bot.send_message(here, "arriva")
    telegram.fail("timeout_before", "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(here, "non arriva", read_timeout=0.2)
    telegram.fail("timeout_after", "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(here, "arriva anche questo", read_timeout=0.2)
    telegram.fail("drop_before", "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(here, "non arriva")
    telegram.fail("drop_after", "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(here, "e questo")
    assert anna.heard() == ["arriva", "arriva anche questo", "e questo"]
    assert telegram.state.faults.waiting() == 0


async def test_too_many_requests_say_how_long_to_wait(telegram: TelegramSimulator) -> None:
    anna = telegram.person("Anna")
    anna.start()
    telegram.fail("429", "sendMessage", seconds=7)
    async with httpx2.AsyncClient(base_url=f"{telegram.base_url}{TOKEN}/", timeout=60) as http:
        message = {"chat_id": anna.private.id, "text": "Ciao"}
        refused = await http.post("sendMessage", json=message)
        assert refused.status_code == 429
        assert refused.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
        assert (await http.post("sendMessage", json=message)).json()["ok"]


def test_the_published_pace_is_enforced() -> None:
    now = [100.0]
    rates = RateLimits(now=lambda: now[0])
    rates.count(1, group=False)
    with pytest.raises(ApiError, match=r"(?i)retry after 1"):
        rates.count(1, group=False)
    now[0] += 1
    rates.count(1, group=False)
    for chat in range(2, 31):
        rates.count(chat, group=False)
    with pytest.raises(ApiError):
        rates.count(99, group=False)
    now[0] += 1
    for _ in range(20):
        rates.count(-5, group=True)
        now[0] += 1
    with pytest.raises(ApiError, match=r"(?i)retry after 40"):
        rates.count(-5, group=True)


async def test_updates_come_twice_late_and_out_of_order(
    bot: Bot, telegram: TelegramSimulator
) -> None:
    anna = telegram.person("Anna")
    telegram.updates.duplicate()
    anna.text("due volte")
    [first] = await bot.get_updates()
    [second] = await bot.get_updates(offset=first.update_id + 1)
    assert first.update_id == second.update_id
    telegram.updates.hold()
    written = anna.text("uno")
    anna.edit(written["message_id"], "uno, corretto")
    assert await bot.get_updates(offset=first.update_id + 1) == ()
    telegram.updates.release(reverse=True)
    edited, original = await bot.get_updates(offset=first.update_id + 1)
    assert edited.edited_message is not None
    assert original.message is not None
    assert edited.update_id < original.update_id


async def test_a_webhook_is_called_until_it_says_yes(telegram: TelegramSimulator) -> None:
    """With its secret, and never told about the next update before this one is taken."""
    heard: list[tuple[str | None, Any]] = []
    done = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
        body = await reader.readexactly(int(fields["content-length"]))
        heard.append((fields.get("x-telegram-bot-api-secret-token"), body))
        status = b"503 Busy" if len(heard) < 3 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        if len(heard) == 4:
            done.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Bot(TOKEN, base_url=telegram.base_url) as bot:
        await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s3cret-1")
        anna = telegram.person("Anna")
        anna.text("uno")
        anna.text("due")
        await asyncio.wait_for(done.wait(), 60)
        await bot.delete_webhook()
    server.close()
    await server.wait_closed()
    assert {secret for secret, _ in heard} == {"s3cret-1"}
    assert [b"uno" in body for _, body in heard] == [True, True, True, False]
    assert telegram.state.webhook_refusals == 2


async def test_everything_can_be_scripted_over_http(telegram: TelegramSimulator) -> None:
    async with httpx2.AsyncClient(base_url=telegram.url, timeout=60) as http:
        said = await http.post("/sim/people/Anna/text", json={"text": "Ciao"})
        assert said.json()["result"]["text"] == "Ciao"
        for action in ("photo", "voice", "location", "sticker", "block", "unblock", "album"):
            assert (await http.post(f"/sim/people/Anna/{action}")).status_code == 200, action
        assert (await http.post("/sim/people/Anna/dance")).status_code == 404
        assert (await http.post("/sim/people/Anna/tap", json={"title": "?"})).status_code == 422
        await http.post("/sim/groups/Maglia/text", json={"by": "Anna", "text": "ciao a tutti"})
        await http.post("/sim/groups/Maglia/migrate", json={"by": "Anna"})
        await http.post("/sim/faults", json={"kind": "500", "method": "sendMessage"})
        await http.post("/sim/updates/hold")
        state = (await http.get("/sim/state")).json()
    assert state["pending_updates"] == 13
    assert state["faults_waiting"] == 1
    assert list(state["groups"]) == ["Maglia"]
