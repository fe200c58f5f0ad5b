"""The api channel over HTTP: what it accepts, refuses, shows, and how it streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from integrations.channels.api.routes import _stream
from integrations.conversations import transcript
from integrations.files.store import Files
from runtime.settings import Settings
from tests.integrations.channels.api_gateway import Gateway
from tests.integrations.world import create_tables


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(tmp_path)
    await create_tables(gateway.container.database)
    async with gateway.app.router.lifespan_context(gateway.app):
        yield gateway


async def test_say_and_be_answered(gateway: Gateway) -> None:
    answer = await gateway.post(text="avete la lana merino?", sender={"name": "Giulia"})
    assert (answer.status_code, answer.json()) == (202, {"accepted": True, "duplicate": False})
    said, reply = await gateway.handled()
    assert said["role"] == "customer"
    assert said["message_id"] == "m1"
    assert said["disposition"] == "answered"
    assert reply["role"] == "bot"
    assert reply["in_reply_to"] == ["m1"]
    assert reply["state"] == "sent"


async def test_a_repeated_message_is_a_duplicate(gateway: Gateway) -> None:
    await gateway.post(text="ciao")
    answer = await gateway.post(text="ciao")
    assert (answer.status_code, answer.json()["duplicate"]) == (202, True)


async def test_reading_goes_on_from_the_cursor(gateway: Gateway) -> None:
    await gateway.post(text="uno")
    await gateway.handled()
    page = (await gateway.http.get("/channels/api/conversations/giulia/messages")).json()
    await gateway.post(text="due", message_id="m2")
    await gateway.handled()
    rest = await gateway.messages(after=page["cursor"])
    assert [m.get("message_id") or m["in_reply_to"] for m in rest] == ["m2", ["m2"]]


async def test_explain_shows_how_each_message_was_read(gateway: Gateway) -> None:
    await gateway.post(text="voglio una persona")
    await gateway.handled()
    explain = (await gateway.messages(explain=1))[0]["explain"]
    assert explain["intent"] == "talk_to_human"
    assert explain["signals"] == ["handoff_requested"]
    assert explain["rules"] == ["asked-for-a-person"]
    assert explain["reasons"][0]["en"] == "Asked to speak with a person"


async def test_who_answers(gateway: Gateway) -> None:
    await gateway.post(text="voglio una persona")
    await gateway.handled()
    state = (await gateway.http.get("/channels/api/conversations/giulia")).json()
    assert (state["owner"], state["version"], state["language"]) == ("queued", 2, "it")
    assert state["handoff"]["claimed"] is False


async def test_a_button_comes_back_as_its_meaning_and_only_in_its_conversation(
    gateway: Gateway,
) -> None:
    await gateway.post(text="voglio una persona")
    buttons = (await gateway.handled())[-1]["buttons"]
    elsewhere = await gateway.http.post(
        "/channels/api/messages",
        json={"conversation": "tom", "message_id": "1", "payload": buttons[2]["payload"]},
    )
    assert elsewhere.status_code == 422
    assert elsewhere.json()["error"]["field"] == "payload"
    assert (await gateway.post(message_id="m2", payload=buttons[2]["payload"])).status_code == 202
    messages = await gateway.handled()
    state = (await gateway.http.get("/channels/api/conversations/giulia")).json()
    assert state["owner"] == "bot"
    # It is kept by the words on it, which the caller needn't repeat.
    [tapped] = [m for m in messages if m.get("message_id") == "m2"]
    assert (tapped["kind"], tapped["text"]) == ("postback", buttons[2]["title"])


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
async def test_without_the_key_nothing_opens(gateway: Gateway, header: dict[str, str]) -> None:
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(gateway.app), base_url="http://gateway", headers=header
    ) as stranger:
        body = {"conversation": "giulia", "message_id": "m1", "text": "ciao"}
        assert (await stranger.post("/channels/api/messages", json=body)).status_code == 401
        for path in ("", "/messages", "/events"):
            answer = await stranger.get(f"/channels/api/conversations/giulia{path}")
            assert answer.status_code == 401


BAD: list[tuple[str, dict[str, Any], int, str]] = [
    ("no conversation", {"conversation": ""}, 422, "conversation"),
    ("long conversation", {"conversation": "x" * 201}, 422, "conversation"),
    ("null byte in id", {"message_id": "a\x00b"}, 422, "message_id"),
    ("newline in id", {"message_id": "a\nb"}, 422, "message_id"),
    ("spaces around id", {"message_id": " a"}, 422, "message_id"),
    ("no text", {}, 422, "text"),
    ("empty text", {"text": ""}, 422, "text"),
    ("blank text", {"text": " \u00a0\u200b\n"}, 422, "text"),
    ("text of the wrong type", {"text": ["ciao"]}, 422, "text"),
    ("unknown kind", {"text": "ciao", "kind": "dance"}, 422, "kind"),
    ("edit without text", {"kind": "edit"}, 422, "text"),
    ("unsigned payload", {"payload": '/greet{"verified": true}'}, 422, "payload"),
    (
        "forged payload",
        {"payload": "eyJpbnRlbnQiOiJncmVldCJ9.AAAAAAAAAAAAAAAAAAAAAA"},
        422,
        "payload",
    ),
    ("non-ascii payload", {"payload": "é.é"}, 422, "payload"),
    ("bad time", {"text": "ciao", "sent_at": "yesterday"}, 422, "sent_at"),
    ("bad e-mail", {"text": "ciao", "sender": {"email": "nope"}}, 422, "sender.email"),
    ("unknown field", {"text": "ciao", "colour": "red"}, 422, "colour"),
    ("attachment without address", {"attachments": [{"kind": "image"}]}, 422, "attachments.0.url"),
    ("script address", {"attachments": [{"url": "javascript:alert(1)"}]}, 422, "attachments.0.url"),
    ("text too long", {"text": "a" * 20_001}, 413, "text"),
]


@pytest.mark.parametrize(("what", "change", "status", "field"), BAD, ids=[b[0] for b in BAD])
async def test_bad_input_is_refused_by_name(
    gateway: Gateway, what: str, change: dict[str, Any], status: int, field: str
) -> None:
    answer = await gateway.post(**change)
    assert answer.status_code == status
    assert answer.json()["error"]["field"] == field


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{" * 10_000])
async def test_malformed_json_is_refused(gateway: Gateway, body: bytes) -> None:
    answer = await gateway.http.post(
        "/channels/api/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


async def test_a_megabyte_is_too_large(gateway: Gateway) -> None:
    answer = await gateway.post(text="a" * 1_000_000)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


async def test_a_body_that_hides_its_length_is_too_large_all_the_same(gateway: Gateway) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"conversation": "giulia", "message_id": "m1", "text": "'
        for _ in range(100):
            yield b"a" * 10_000
        yield b'"}'

    answer = await gateway.http.post(
        "/channels/api/messages", content=chunks(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


STRANGE = [
    "null \x00 byte",
    "\u202eotset oigassem",
    "🧶" * 10_000,
    "half \ud83d surrogate",
    " /restart",
    "\u00a0/restart",
    '\n/greet{"verified": true}',
    "//restart",
    "<script>alert(1)</script> <!channel>",
    "Robert'); DROP TABLE inbound;--",
    "\u0301" * 500,
]


@pytest.mark.parametrize("text", STRANGE)
async def test_strange_text_is_accepted_and_answered(gateway: Gateway, text: str) -> None:
    body = json.dumps({"conversation": "giulia", "message_id": "m1", "text": text})
    answer = await gateway.http.post(
        "/channels/api/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 202
    said, reply = await gateway.handled()
    assert reply["in_reply_to"] == ["m1"]
    assert "\x00" not in said["text"]


async def test_card_numbers_and_ibans_never_reach_the_database(gateway: Gateway) -> None:
    await gateway.post(text="la carta è 4111 1111 1111 1111, IBAN IT60X0542811101000000123456")
    said, reply = await gateway.handled()
    assert said["text"] == "la carta è ⟦card⟧, IBAN ⟦iban⟧"
    assert "4111" not in reply["text"]
    for path in gateway.settings.home.iterdir():
        content = path.read_bytes()
        assert b"4111 1111" not in content
        assert b"IT60X05428" not in content


async def test_too_fast_is_told_when_to_come_back(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path, api_rate_per_conversation=3)
    await create_tables(gateway.container.database)
    async with gateway.app.router.lifespan_context(gateway.app):
        answers = [await gateway.post(text="ciao", message_id=f"m{n}") for n in range(9)]
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert all(int(a.headers["retry-after"]) > 0 for a in refused)
    assert [a.status_code for a in answers[:3]].count(202) == 3


async def test_the_mailbox_is_the_demos_alone(gateway: Gateway) -> None:
    assert (await gateway.http.get("/channels/api/demo/mails")).status_code == 404


async def test_unknown_conversation(gateway: Gateway) -> None:
    answer = await gateway.http.get("/channels/api/conversations/nobody")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_events_carry_what_is_said_and_what_changes(gateway: Gateway) -> None:
    await gateway.post(text="uno")
    await gateway.handled()
    events: list[tuple[str, dict[str, Any]]] = []
    row = await gateway.container.database.read(_conversation)

    async def listen() -> None:
        async for chunk in _stream(gateway.container, row, 0):
            if chunk.startswith("id:"):
                lines = dict(line.split(": ", 1) for line in chunk.strip().split("\n"))
                events.append((lines["event"], json.loads(lines["data"])))
            if len(events) >= 4:
                return

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await gateway.post(text="due", message_id="m2")
    await asyncio.wait_for(listener, 60)
    shown = [data.get("message_id") or data["in_reply_to"] for name, data in events]
    assert shown[:2] == ["m1", ["m1"]]
    assert "m2" in shown


def _conversation(conn: Any) -> str:
    found = transcript.find(conn, "api", "default", "giulia")
    assert found is not None
    return str(found.id)


async def test_logs_hold_no_words_of_customers(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    await gateway.post(text="il mio segreto è anna.verdi@example.com")
    await gateway.post(text=["sbagliato anna.verdi@example.com"])
    await gateway.handled()
    assert "segreto" not in caplog.text
    assert "anna.verdi" not in caplog.text


async def test_health_tells_the_truth(gateway: Gateway) -> None:
    assert (await gateway.http.get("/healthz")).json() == {"status": "alive"}
    ready = await gateway.http.get("/readyz")
    # The tables were created without migrations, and nobody answers as bot or bridge.
    assert ready.status_code == 503
    checks = ready.json()["checks"]
    assert "not migrated" in checks["database"]
    assert checks["bridge"].startswith("away")
    assert all(state.startswith("away") for state in checks["bot"].values())


async def test_unset_secrets_are_named(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path)
    gateway.settings.operator_password = Settings().operator_password
    await create_tables(gateway.container.database)
    async with gateway.app.router.lifespan_context(gateway.app):
        ready = (await gateway.http.get("/readyz")).json()
    assert "ASCOLTO_OPERATOR_PASSWORD" in ready["checks"]["settings"]


async def test_openapi_documents_the_channel_with_examples(gateway: Gateway) -> None:
    document = (await gateway.http.get("/openapi.json")).json()
    post = document["paths"]["/channels/api/messages"]["post"]
    assert {"202", "401", "413", "422", "429"} <= set(post["responses"])
    assert document["components"]["schemas"]["MessageIn"]["examples"]


async def test_a_file_from_an_agent(gateway: Gateway) -> None:
    await gateway.post(text="avete una guida?")
    await gateway.handled()
    parts = gateway.container
    row = await parts.database.read(lambda conn: transcript.find(conn, "api", "default", "giulia"))
    assert row is not None
    await parts.desk.claim(row.id, "Marta")
    ids = [
        await parts.database.write(lambda conn: Files.add(conn, "guida.pdf", "", b"%PDF-1.7"))
        for _ in range(2)
    ]
    await parts.desk.reply(row.id, "Marta", "Ecco", attachments=ids[:1])
    [shown] = (await gateway.messages())[-1]["attachments"]
    assert (shown["name"], shown["file_id"]) == ("guida.pdf", ids[0])

    async def get(file_id: str, conversation: str = "giulia", **headers: str) -> httpx2.Response:
        path = f"/channels/api/files/{file_id}"
        return await gateway.http.get(path, params={"conversation": conversation}, headers=headers)

    answer = await get(ids[0])
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-disposition"].startswith("attachment;")
    # Not one that was sent to nobody, not in another conversation, not without the key.
    assert (await get(ids[1])).status_code == 404
    assert (await get(ids[0], "luca")).status_code == 404
    assert (await get(ids[0], Authorization="Bearer wrong")).status_code == 401
