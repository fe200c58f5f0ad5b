"""What platforms call: refused, stored, acknowledged, or asked for again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError
from structlog.testing import capture_logs

from integrations.channels.contract import Envelope, IncomingRequest, Sender
from integrations.container import Container, build
from integrations.conversations.tables import inbound
from integrations.gateway import create_app
from runtime.errors import Invalid, Temporary, Unauthenticated
from runtime.settings import Settings
from tests.integrations.scripted import PushChannel, ScriptedBot, ScriptedBridge
from tests.integrations.world import KEY, create_tables

SECRET = "the-platform-s-secret"


class Messenger(PushChannel):
    """A platform that calls: a secret in a header, a list of texts in the body."""

    name = "messenger"

    def verify(self, request: IncomingRequest) -> str:
        if request.headers.get("x-secret") != SECRET:
            raise Unauthenticated("wrong secret: " + request.headers.get("x-secret", ""))
        return "page"

    def parse(self, payload: Any, *, account: str, now: float) -> list[Envelope]:
        if "events" not in payload:
            raise Invalid("what is this: " + json.dumps(payload), field="events")
        return [
            Envelope(
                channel=self.name,
                account=account,
                dedup_key=event["id"],
                external_id=event["id"],
                address=event["from"],
                sender=Sender(event["from"]),
                text=event["text"],
                raw=event,
            )
            for event in payload["events"]
        ]


class Web:
    def __init__(self, home: Path) -> None:
        settings = Settings(
            home=home, api_channel_key="an-api-key", signing_key=KEY, max_body_bytes=4096
        )
        self.container: Container = build(settings)
        self.channel = Messenger()
        self.container.channels["messenger"] = self.channel
        dialogue: Any = self.container.worker._steps._dialogue
        dialogue._care, dialogue._bridge = ScriptedBot(), ScriptedBridge()
        self.app = create_app(settings, self.container)
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://gateway",
        )

    async def call(
        self, *events: dict[str, str], secret: str = SECRET, body: bytes | None = None
    ) -> httpx2.Response:
        content = body if body is not None else json.dumps({"events": events}).encode()
        return await self.http.post(
            "/channels/messenger/webhook", content=content, headers={"X-Secret": secret}
        )

    async def stored(self) -> list[Any]:
        return list(
            await self.container.database.read(
                lambda conn: conn.execute(select(inbound).order_by(inbound.c.seq)).all()
            )
        )


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    web = Web(tmp_path)
    await create_tables(web.container.database)
    async with web.app.router.lifespan_context(web.app):
        yield web


def event(number: int, text: str = "ciao") -> dict[str, str]:
    return {"id": f"e{number}", "from": "giulia", "text": text}


async def test_a_batch_is_stored_once_in_order(web: Web) -> None:
    for _ in range(2):
        answer = await web.call(event(1, "uno"), event(2, "due"))
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert [row.text for row in await web.stored()] == ["uno", "due"]


async def test_texts_are_made_storable_and_secrets_masked(web: Web) -> None:
    body = b'{"events": [{"id": "e\\u0000", "from": "g", "text": "4111 1111 1111 1111\\ud83d"}]}'
    assert (await web.call(body=body)).status_code == 200
    [row] = await web.stored()
    assert row.text == "⟦card⟧?"
    assert "4111" not in json.dumps(row.raw)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"secret": "wrong-secret"}, 401, "unauthenticated"),
        ({"secret": ""}, 401, "unauthenticated"),
        ({"body": b"private words"}, 422, "bad_json"),
        ({"body": b"[1]"}, 422, "bad_json"),
        ({"body": b"\xff\xfe"}, 422, "bad_json"),
        ({"body": b"[" * 4000}, 422, "bad_json"),
        ({"body": b'{"private words": "' + b"x" * 5000 + b'"}'}, 413, "too_large"),
        ({"body": b"x" * 5000, "secret": "wrong-secret"}, 413, "too_large"),
        # Understood by nobody, however often it comes: acknowledged.
        ({"body": b'{"private words": 1}'}, 200, None),
    ],
)
async def test_what_is_not_taken(
    web: Web, request_: dict[str, Any], status: int, code: str | None
) -> None:
    with capture_logs() as lines:
        answer = await web.call(event(1, "private words"), **request_)
    assert answer.status_code == status
    if code is not None:
        assert answer.json()["error"]["code"] == code
    assert "private words" not in str(lines) + answer.text
    assert "wrong-secret" not in str(lines) + answer.text
    assert await web.stored() == []


@pytest.mark.parametrize("path", ["/channels/api/webhook", "/channels/nobody/webhook"])
async def test_channels_that_are_not_called(web: Web, path: str) -> None:
    answer = await web.http.post(path, json={}, headers={"X-Secret": SECRET})
    assert answer.status_code == 404


Fault = Callable[[], Exception]


@pytest.mark.parametrize(
    ("fault", "status", "left"),
    [
        # The envelope's own fault: it is skipped, the others are kept.
        (lambda: DataError("INSERT private words", {}, Exception()), 200, ["uno", "tre"]),
        (lambda: OverflowError("private words"), 200, ["uno", "tre"]),
        # A fault of ours: the platform keeps it and sends it again.
        (lambda: KeyError("private words"), 503, ["uno", "tre"]),
        (lambda: Temporary("the database is away"), 503, ["uno"]),
    ],
)
async def test_an_envelope_that_fails(
    web: Web, monkeypatch: pytest.MonkeyPatch, fault: Fault, status: int, left: list[str]
) -> None:
    accept = web.container.worker.accept

    async def failing(envelope: Envelope) -> Any:
        if envelope.text == "due":
            raise fault()
        return await accept(envelope)

    monkeypatch.setattr(web.container.worker, "accept", failing)
    with capture_logs() as lines:
        answer = await web.call(event(1, "uno"), event(2, "due"), event(3, "tre"))
    assert answer.status_code == status
    assert "private words" not in str(lines) + answer.text
    assert [row.text for row in await web.stored()] == left
    monkeypatch.setattr(web.container.worker, "accept", accept)
    if status == 503:
        await web.call(event(1, "uno"), event(2, "due"), event(3, "tre"))
        assert sorted(row.text for row in await web.stored()) == ["due", "tre", "uno"]
