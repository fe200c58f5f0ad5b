"""What is refused is counted by channel and reason, and said without a word of its content."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from integrations.container import build
from integrations.gateway import create_app
from integrations.metrics import REGISTRY
from runtime.settings import Settings
from tests.integrations.world import KEY, create_tables
from tests.simulators.slack.outgoing import sign

TOKEN = "a-token-for-metrics"
WORDS = "parole-private-del-cliente"
SIGNING = "a-signing-secret"
BODY = json.dumps({"type": "event_callback", "text": WORDS}).encode()
BIG = json.dumps({"text": WORDS, "more": "x" * 5000}).encode()


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[FastAPI]:
    """A whole gateway with every channel and Slack over HTTP, of which nothing runs by itself."""
    given: dict[str, Any] = {
        "home": tmp_path,
        "api_channel_key": "an-api-key",
        "operator_password": "a-password",
        "signing_key": KEY,
        "metrics_token": TOKEN,
        "max_body_bytes": 4096,
        "api_rate_overall": 1,
        "public_url": "https://care.example",
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": SIGNING,
        "slack_channel": "C1",
        "telegram_bot_token": "123:abcdefghijklmn",
        "telegram_webhook_secret": "a-secret-of-telegram",
        "telegram_bot_username": "care_bot",
    }
    settings = Settings(**given)
    container = build(settings)
    await create_tables(container.database)
    yield create_app(settings, container)
    await container.database.close()


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


def counted(channel: str, reason: str) -> float:
    labels = {"channel": channel, "reason": reason}
    return REGISTRY.get_sample_value("ascolto_refused_requests_total", labels) or 0.0


API, HOOK, SLACK = "/channels/api/messages", "/channels/telegram/webhook", "/slack/events"
READ = "/channels/api/conversations/giulia"
LOG_IN = json.dumps({"password": WORDS, "agent": "Marta"}).encode()
SECRET = "X-Telegram-Bot-Api-Secret-Token"
CSRF = {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}


def stale() -> dict[str, str]:
    return sign(SIGNING, BODY, int(time.time()) - 301)


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "channel", "reason"),
    [
        (API, {}, BODY, 401, "api", "unsigned"),
        (API, {"Authorization": f"Bearer {WORDS}"}, BODY, 401, "api", "wrong_key"),
        (API, {"Authorization": "Bearer an-api-key"}, BIG, 413, "api", "too_large"),
        (HOOK, {}, BODY, 401, "telegram", "unsigned"),
        (HOOK, {SECRET: WORDS}, BODY, 401, "telegram", "wrong_secret"),
        (HOOK, {SECRET: "a-secret-of-telegram"}, b"{", 422, "telegram", "bad_json"),
        (HOOK, {}, BIG, 413, "telegram", "too_large"),
        ("/channels/parole-private/webhook", {}, BIG, 413, "other", "too_large"),
        (SLACK, {}, BODY, 401, "slack", "unsigned"),
        (SLACK, lambda: sign("another", BODY), BODY, 401, "slack", "signature"),
        (SLACK, stale, BODY, 401, "slack", "stale"),
        (SLACK, lambda: sign(SIGNING, b"{"), b"{", 422, "slack", "bad_json"),
        ("/slack/interactions", {}, BIG, 413, "slack", "too_large"),
        ("/chat/session", {"Origin": "https://evil.example"}, b"{}", 403, "webchat", "origin"),
        ("/chat/session", {}, BIG, 413, "webchat", "too_large"),
        ("/console/api/session", CSRF, LOG_IN, 403, "console", "csrf"),
    ],
)
async def test_a_refused_request_is_counted(
    http: httpx2.AsyncClient,
    path: str,
    headers: dict[str, str] | Callable[[], dict[str, str]],
    body: bytes,
    status: int,
    channel: str,
    reason: str,
) -> None:
    before = counted(channel, reason)
    with capture_logs() as logs:
        # Signatures are made as they are sent: they grow old.
        given = headers() if callable(headers) else headers
        answer = await http.post(path, content=body, headers=given)
    assert answer.status_code == status, answer.text
    assert counted(channel, reason) == before + 1
    [said] = [line for line in logs if line["event"] == "request_refused"]
    assert (said["channel"], said["reason"]) == (channel, reason)
    assert WORDS not in json.dumps(logs)


async def test_reading_without_the_key_is_counted_as_well(http: httpx2.AsyncClient) -> None:
    before = counted("api", "unsigned")
    assert (await http.get(READ)).status_code == 401
    assert counted("api", "unsigned") == before + 1


async def test_a_wrong_password_and_too_many_of_them_are_counted(http: httpx2.AsyncClient) -> None:
    wrong, limited = counted("console", "wrong_password"), counted("console", "log_in_limit")
    given = {"password": WORDS, "agent": "Marta", "language": "it"}
    for _ in range(21):
        await http.post("/console/api/session", json=given)
    assert counted("console", "wrong_password") == wrong + 20
    assert counted("console", "log_in_limit") == limited + 1


async def test_a_forged_file_session_is_counted(http: httpx2.AsyncClient) -> None:
    before = counted("webchat", "session_over")
    files = {"file": ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")}
    answer = await http.post("/chat/files", data={"token": WORDS}, files=files)
    assert answer.status_code == 401
    assert counted("webchat", "session_over") == before + 1


async def test_too_many_messages_are_counted(http: httpx2.AsyncClient) -> None:
    before = counted("api", "too_many")
    key = {"Authorization": "Bearer an-api-key"}
    codes = [
        (
            await http.post(
                API,
                json={"conversation": "g", "message_id": f"m{n}", "text": "ciao"},
                headers=key,
            )
        ).status_code
        for n in range(2)
    ]
    assert codes == [202, 429]
    assert counted("api", "too_many") == before + 1


@pytest.mark.parametrize(
    ("origin", "hello", "reason"),
    [
        ("https://evil.example", None, "origin"),
        (None, {"type": "hello", "token": WORDS}, "session_over"),
        (None, {"type": "read", "seq": 1}, "not_understood"),
        (None, {"type": WORDS}, "not_understood"),
    ],
)
def test_a_socket_that_is_shown_the_door_is_counted(
    app: FastAPI, origin: str | None, hello: dict[str, Any] | None, reason: str
) -> None:
    before = counted("webchat", reason)
    headers = {"Origin": origin} if origin else {}

    def talk() -> None:
        with TestClient(app).websocket_connect("/chat/ws", headers=headers) as socket:
            socket.send_json(hello)
            socket.receive_json()

    with capture_logs() as logs, pytest.raises(WebSocketDisconnect):
        talk()
    assert counted("webchat", reason) == before + 1
    assert WORDS not in json.dumps(logs)


async def test_what_comes_again_is_counted_and_changes_nothing(http: httpx2.AsyncClient) -> None:
    labels = {"channel": "telegram"}
    name = "ascolto_repeated_events_total"
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    person = {"id": 7, "is_bot": False, "first_name": "Giulia"}
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1_760_000_000,
            "chat": {"id": 7, "type": "private"},
            "from": person,
            "text": "ciao",
        },
    }
    for _ in range(3):
        answer = await http.post(HOOK, json=update, headers={SECRET: "a-secret-of-telegram"})
        assert answer.status_code == 200
    assert REGISTRY.get_sample_value(name, labels) == before + 2


async def test_the_counters_are_for_who_has_the_token(http: httpx2.AsyncClient) -> None:
    await http.post(API, content=BODY)
    for headers in ({}, {"Authorization": "Bearer another"}):
        assert (await http.get("/metrics", headers=headers)).status_code == 401
    answer = await http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'ascolto_refused_requests_total{channel="api",reason="unsigned"}' in answer.text


async def test_without_a_token_there_are_none(app: FastAPI, http: httpx2.AsyncClient) -> None:
    app.state.container.settings.metrics_token = SecretStr("")
    answer = await http.get("/metrics", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 404
