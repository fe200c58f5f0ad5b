"""Requests that are not Slack's are refused; those that are always get an answer."""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrations.desk.slack import attached, intake, modals
from tests.integrations.desk.slack.scene import Scene
from tests.simulators.slack.outgoing import sign

DATA = Path(os.environ.get("ASCOLTO_REFERENCE_DATA") or "../shared/data")
PAYLOADS = DATA / "payloads" / "slack_bolt_python_json"
SECRET_WORDS = "la password del cliente"


def event(**fields: Any) -> bytes:
    return json.dumps({"type": "event_callback", "event_id": "Ev1", **fields}).encode()


async def send(desk: Scene, body: bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return await client.post(
            str(desk.slack.outbox.events_url),
            content=body,
            headers={"Content-Type": "application/json", **headers},
        )


async def test_only_fresh_and_rightly_signed_requests_enter(
    desk: Scene, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    body = event(event={"type": "message", "text": SECRET_WORDS, "channel": desk.slack.channel})
    secret, now = desk.slack.signing_secret, int(time.time())
    good = sign(secret, body)
    bad: dict[str, dict[str, str]] = {
        "unsigned": {},
        "no time": {"X-Slack-Signature": good["X-Slack-Signature"]},
        "another secret": sign("another", body),
        "an empty secret": sign("", body),
        "another body": sign(secret, body + b" "),
        "stale": sign(secret, body, now - 301),
        "from the future": sign(secret, body, now + 400),
        "no number": {**good, "X-Slack-Request-Timestamp": "soon"},
        "a huge number": {**good, "X-Slack-Request-Timestamp": "9" * 400},
        "nonsense": {**good, "X-Slack-Signature": "v0=" + "0" * 64},
    }
    for name, headers in bad.items():
        answer = await send(desk, body, headers)
        assert answer.status_code == 401, name
    assert (await send(desk, body, good)).status_code == 200
    large = event(event={"text": "x" * 300_000})
    assert (await send(desk, large, sign(secret, large))).status_code == 413
    shown = capsys.readouterr()
    assert SECRET_WORDS not in caplog.text + shown.out + shown.err


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"[" * 5000, b'"x"'])
async def test_signed_nonsense_is_refused_calmly(desk: Scene, body: bytes) -> None:
    answer = await send(desk, body, sign(desk.slack.signing_secret, body))
    assert answer.status_code == 422


@pytest.mark.reference
async def test_every_known_payload_gets_an_answer(desk: Scene) -> None:
    files = sorted(PAYLOADS.glob("*.json"))
    assert files
    for number, file in enumerate(files):
        payload = json.loads(file.read_text(encoding="utf-8"))
        if "event_id" in payload:
            payload["event_id"] = f"Ev{number}"
        body = json.dumps(payload).encode()
        answer = await send(desk, body, sign(desk.slack.signing_secret, body))
        assert answer.status_code == 200, file.name
        if payload.get("type") == "url_verification":
            assert payload["challenge"] in answer.text
    await desk.quiet()
    assert all(outcome for outcome in await desk.outcomes())


NAMES = [
    "type",
    "event",
    "subtype",
    "channel",
    "thread_ts",
    "ts",
    "user",
    "text",
    "bot_id",
    "files",
    "actions",
    "action_id",
    "value",
    "view",
    "callback_id",
    "message",
    "previous_message",
    "id",
    "trigger_id",
    "container",
    "event_id",
    "state",
    "values",
    "private_metadata",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=25,
)
KINDS = st.sampled_from(
    ["event_callback", "block_actions", "message_action", "view_submission", "view_closed", "x"]
)


@settings(max_examples=300, deadline=None)
@given(KINDS, st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8))
@example("view_submission", {"view": {"callback_id": []}})
@example("block_actions", {"actions": [{"action_id": {}}]})
def test_nothing_in_a_payload_can_confuse_the_sorting(kind: str, body: dict[str, Any]) -> None:
    what = intake.triage({**body, "type": kind}, "C1")
    assert what.key
    assert len(what.key) <= 200
    assert len(what.kind) <= 60


@settings(max_examples=40, deadline=None)
@given(KINDS, st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8))
def test_nothing_in_a_payload_can_break_the_handlers(kind: str, body: dict[str, Any]) -> None:
    view = {**body, "type": kind}
    assert isinstance(modals.words_in(view), str)
    modals.handoff_of(view)
    attached.named("x", attached.files_in(view))
    attached.references(attached.files_in(view))
