"""The mix against the simulators: real bodies, real signatures, and nothing delivered meanwhile."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from bench.mix import API, EVENTS, INTERACTIONS, TELEGRAM, Case, Mix
from bench.people import Buyer
from bench.platforms import Answers, Platforms, TelegramCustomer
from bench.texts import Repertoire, Speaker
from integrations.desk.slack.cards import CLAIM
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TelegramSimulator

SECRET = "a-secret-of-telegrams"
SMALL_TALK = {"greet": tuple(f"ciao {n}" for n in range(9))}
TALK = Repertoire(tuple((f"dov'è {{n}}? {n}", "e {n}?") for n in range(6)), SMALL_TALK)


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    slack = SlackSimulator()
    with TelegramSimulator() as telegram, slack.serving():
        telegram.state.webhook = {"url": "http://127.0.0.1:9/", "secret": SECRET}
        yield Platforms(telegram, slack, SECRET, Answers(telegram))


def customer(platforms: Platforms, number: int) -> TelegramCustomer:
    buyer = Buyer(f"{number}@example.org", "it", ("LA-20391",))
    return TelegramCustomer.make(platforms, buyer)


def card(platforms: Platforms) -> str:
    button = {
        "type": "button",
        "action_id": CLAIM,
        "value": "h1",
        "text": {"type": "plain_text", "text": "Prendi"},
    }
    posted = platforms.slack.api.call(
        "chat.postMessage",
        {
            "channel": platforms.slack.channel,
            "text": "card",
            "blocks": [{"type": "actions", "elements": [button]}],
        },
    )
    return str(posted["ts"])


def waiting(platforms: Platforms, number: int) -> TelegramCustomer:
    """Somebody before whom a button stands."""
    someone = customer(platforms, number)
    state = platforms.telegram.state
    keyboard = {"inline_keyboard": [[{"text": "Aspetto", "callback_data": "t1"}]]}
    with state.lock:
        sent = state.message(
            someone.person.private, state.bot, {"text": "…", "reply_markup": keyboard}
        )
        state.sent[someone.chat].append(sent)
    return someone


def mix_of(platforms: Platforms) -> Mix:
    agents = [platforms.slack.agent(name) for name in ("Marta", "Luca")]
    api: Any = [SimpleNamespace(name=f"c{n}") for n in range(3)]

    def speaker(seed: int) -> Speaker:
        return Speaker(TALK, ("LA-20391",), seed)

    return Mix(
        platforms,
        [(customer(platforms, n), speaker(n)) for n in range(5)],
        [
            Case(waiting(platforms, 10 + n), card(platforms), agents[0] if n % 2 else None)
            for n in range(4)
        ],
        agents,
        [(someone, speaker(20)) for someone in api],
        {"Authorization": "Bearer a-key"},
    )


def test_a_mix_is_ready_to_go_and_says_what_it_leads_to(platforms: Platforms) -> None:
    mix = mix_of(platforms)
    requests = mix.requests(600)
    expected = mix.expected
    paths = Counter(request.path for request in requests)
    assert set(paths) == {TELEGRAM, EVENTS, INTERACTIONS, API}

    updates = [json.loads(r.body) for r in requests if r.path == TELEGRAM]
    assert {str(update["update_id"]) for update in updates} == set(expected.updates)
    kinds = {kind for update in updates for kind in update if kind != "update_id"}
    assert kinds == {"message", "edited_message", "callback_query"}
    assert any("photo" in update.get("message", {}) for update in updates)
    secrets = {r.headers["X-Telegram-Bot-Api-Secret-Token"] for r in requests if r.path == TELEGRAM}
    assert secrets == {SECRET}

    verifier = SignatureVerifier(platforms.slack.signing_secret)
    signed = [r for r in requests if r.path in (EVENTS, INTERACTIONS)]
    assert all(verifier.is_valid_request(r.body, dict(r.headers)) for r in signed)
    events = [json.loads(r.body) for r in signed if r.path == EVENTS]
    presses = [json.loads(parse_qs(r.body)["payload"][0]) for r in signed if r.path != EVENTS]
    names = {e["event_id"] for e in events} | {p["trigger_id"] for p in presses}
    assert names == set(expected.slack)
    assert len(expected.slack) == len(names) < len(signed)
    assert {e["event"].get("subtype", e["event"]["type"]) for e in events} == {
        "message",
        "message_changed",
        "reaction_added",
    }
    assert expected.replies
    assert expected.corrected

    messages = [json.loads(r.body) for r in requests if r.path == API]
    assert {(m["conversation"], m["message_id"]) for m in messages} == set(expected.messages)


def test_nothing_is_delivered_but_by_the_sender(platforms: Platforms) -> None:
    mix = mix_of(platforms)
    before = platforms.telegram.state.webhook
    mix.requests(300)
    assert platforms.telegram.state.webhook == before
    assert platforms.telegram.updates.count() == 0
    assert platforms.slack.outbox.held == []
    assert platforms.slack.faults.hold is False
