"""The terminal customer, against a gateway that answers as told."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ops import chat
from ops.chat import Talk, choose_conversation, say_one
from ops.chat_client import ChatProblem, Gateway
from ops.generated_secrets import complete
from ops.processes import ROOT
from ops.system import free_port
from tests.ops.stub_gateway import KEY, StubGateway, stub_gateway

_UNDERSTOOD = {"intent": "order_status", "confidence": 0.934, "signals": [], "rules": []}


@pytest.fixture
def stub() -> Iterator[StubGateway]:
    """A running stub."""
    with stub_gateway() as running:
        yield running


@pytest.fixture
def talk(stub: StubGateway) -> Iterator[Talk]:
    """A conversation that begins."""
    with Gateway(stub.url, KEY, "giulia") as gateway:
        yield Talk(gateway)


def _console() -> Console:
    return Console(file=io.StringIO(), width=100, highlight=False)


def _say(talk: Talk, text: str) -> str:
    console = _console()
    assert say_one(talk, console, text) == 0
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_an_answer_shows_what_was_understood_and_who_answers(stub: StubGateway, talk: Talk) -> None:
    entities = [{"entity": "order_number", "value": "LA-20398"}]
    explain = {**_UNDERSTOOD, "entities": entities}
    stub.answers = [(explain, "answered", [{"text": "È in viaggio."}])]
    shown = _say(talk, "dov'è LA-20398?")
    assert "È in viaggio." in shown
    assert "intent order_status 0.93" in shown
    assert "order_number LA-20398" in shown
    assert "owner bot" in shown
    assert re.search(r"after \d\.\d s", shown)


def test_an_escalation_shows_signals_rules_and_reasons_in_the_customers_language(
    stub: StubGateway, talk: Talk
) -> None:
    explain = {
        "intent": "talk_to_human",
        "confidence": 0.97,
        "signals": ["handoff_requested"],
        "rules": ["asked_for_a_person"],
        "reasons": [{"code": "asked", "it": "ha chiesto una persona", "en": "asked"}],
    }
    stub.owner = "queued"
    stub.answers = [(explain, "answered", [{"role": "system", "text": "Chiamo una persona."}])]
    shown = _say(talk, "voglio parlare con una persona")
    assert "signals handoff_requested" in shown
    assert "escalated by asked_for_a_person" in shown
    assert "because ha chiesto una persona" in shown
    assert "owner queued (waiting for a person)" in shown


def test_a_rejected_message_shows_the_nearest_intent(stub: StubGateway, talk: Talk) -> None:
    ranking = [
        {"intent": "nlu_fallback", "confidence": 0.6},
        {"intent": "return_refund", "confidence": 0.31},
    ]
    explain = {"intent": "nlu_fallback", "confidence": 0.6, "ranking": ranking}
    stub.answers = [(explain, "answered", [{"text": "Non ho capito."}])]
    assert "nlu_fallback 0.60 (nearest: return_refund 0.31)" in _say(talk, "boh")


@pytest.mark.parametrize(
    ("disposition", "words"),
    [
        ("relayed", "passed on to the person"),
        ("superseded", "later message"),
        ("ignored", "no answer"),
    ],
)
def test_a_message_without_an_answer_says_what_became_of_it(
    stub: StubGateway, talk: Talk, disposition: str, words: str
) -> None:
    stub.answers = [({}, disposition, [])]
    assert words in _say(talk, "ciao")


def test_a_number_taps_the_button_with_its_signed_payload(stub: StubGateway, talk: Talk) -> None:
    buttons = [{"title": "Aspetto", "payload": "p-1"}, {"title": "Lascio detto", "payload": "p-2"}]
    stub.answers = [
        ({}, "answered", [{"text": "Che cosa preferisci?", "buttons": buttons}]),
        ({}, "answered", [{"text": "Va bene."}]),
    ]
    shown = _say(talk, "una persona")
    assert "[1] Aspetto" in shown
    assert "[2] Lascio detto" in shown
    _say(talk, "2")
    assert stub.received[-1]["payload"] == "p-2"
    assert stub.received[-1]["text"] == "Lascio detto"


def test_a_number_without_such_a_button_is_just_a_number(stub: StubGateway, talk: Talk) -> None:
    stub.answers = [({}, "answered", [{"text": "Grazie."}])]
    _say(talk, "7")
    assert stub.received[-1]["text"] == "7"
    assert "payload" not in stub.received[-1]


def test_what_was_said_before_is_not_shown_again(stub: StubGateway, talk: Talk) -> None:
    stub.add("bot", "detto ieri", in_reply_to=[])
    talk.catch_up()
    stub.answers = [({}, "answered", [{"text": "detto oggi"}])]
    shown = _say(talk, "ciao")
    assert "detto oggi" in shown
    assert "detto ieri" not in shown


def test_an_agents_word_that_comes_unasked_is_shown_once(stub: StubGateway, talk: Talk) -> None:
    stub.add("agent", "Buongiorno, sono Marta.", in_reply_to=[])
    console = _console()
    for news in [*talk.news(), *talk.news()]:
        console.print(news)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count("sono Marta") == 1


def test_customer_text_is_never_taken_for_markup(stub: StubGateway, talk: Talk) -> None:
    stub.answers = [({}, "answered", [{"text": "[bold]non grassetto[/bold]"}])]
    assert "[bold]non grassetto[/bold]" in _say(talk, "[red]rosso[/red]")


def test_no_answer_is_said_after_a_while(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "_ANSWER_SECONDS", 0.3)
    console = _console()
    assert say_one(talk, console, "ciao") == 1
    assert isinstance(console.file, io.StringIO)
    assert "stored and will be" in console.file.getvalue()


def test_mails_are_shown_newest_first(stub: StubGateway, talk: Talk) -> None:
    mail = {"at": "2026-11-21T10:00:00Z", "to": "giulia.ferraris@example.com"}
    stub.mails = [{**mail, "subject": "Codice", "text": "482 913"}]
    console = _console()
    chat.command(talk, console, "/mail")
    assert isinstance(console.file, io.StringIO)
    assert "482 913" in console.file.getvalue()


def test_mails_outside_the_demo_say_so(stub: StubGateway, talk: Talk) -> None:
    stub.mails = None
    with pytest.raises(ChatProblem, match="demo only"):
        talk.gateway.mails()


def test_a_wrong_key_says_what_may_be_wrong(stub: StubGateway) -> None:
    with (
        Gateway(stub.url, "another", "x") as gateway,
        pytest.raises(ChatProblem, match="API_CHANNEL"),
    ):
        gateway.say("ciao")


def test_a_refusal_is_shown_with_its_words(stub: StubGateway, talk: Talk) -> None:
    stub.refusals = [(413, {}, {"error": {"code": "too_large", "message": "text: too long"}})]
    with pytest.raises(ChatProblem, match="413: text: too long"):
        talk.say("x" * 100)


def test_too_fast_waits_and_tries_again(stub: StubGateway, talk: Talk) -> None:
    stub.refusals = [(429, {"Retry-After": "0"}, {})]
    talk.say("ciao")
    assert [body["text"] for body in stub.received] == ["ciao"]


def test_a_conversation_is_kept_for_the_next_message_and_new_on_request(tmp_path: Path) -> None:
    first = choose_conversation(tmp_path, "")
    assert choose_conversation(tmp_path, "") == first
    assert choose_conversation(tmp_path, "giulia") == "giulia"
    assert choose_conversation(tmp_path, "") == "giulia"
    assert choose_conversation(tmp_path, "new") not in (first, "giulia")


def _run(home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ASCOLTO_")}
    settings: dict[str, Any] = {"ASCOLTO_HOME": str(home), "ASCOLTO_GATEWAY_PORT": str(free_port())}
    return subprocess.run(
        [sys.executable, "-m", "ops.chat"],
        cwd=ROOT,
        env={**environment, **settings, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_how_to_start_when_nothing_runs(tmp_path: Path) -> None:
    never_started = _run(tmp_path, SAY="ciao")
    assert never_started.returncode == 1
    assert "make run" in never_started.stdout

    complete({"ASCOLTO_HOME": str(tmp_path)})
    stopped = _run(tmp_path, SAY="ciao")
    assert stopped.returncode == 1
    assert "make run" in stopped.stdout
    assert "ASCOLTO_GATEWAY_PORT" in stopped.stdout
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_the_command_says_one_thing_and_shows_what_comes_of_it(
    tmp_path: Path, stub: StubGateway
) -> None:
    stub.answers = [(_UNDERSTOOD, "answered", [{"text": "È in viaggio."}])]
    port = stub.url.rpartition(":")[2]
    done = _run(
        tmp_path,
        SAY="dov'è?",
        ASCOLTO_GATEWAY_PORT=port,
        ASCOLTO_API_CHANNEL_KEY=KEY,
        HANDLE="giulia",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "È in viaggio." in done.stdout
    assert stub.received[0]["conversation"] == "giulia"
