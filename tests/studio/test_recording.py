"""A conversation as the gateway gives it, as messages with what followed each."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from studio.rehearsal.comparing import Difference, compare, plain
from studio.rehearsal.recording import (
    BadRecording,
    Exchange,
    Message,
    Outcome,
    Reading,
    load,
    parse,
)
from studio.rehearsal.stand_ins import chosen, meaning


def customer(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "customer", "text": text, "payload": None, "reading": None, **more}


def bot(text: str, role: str = "bot") -> dict[str, Any]:
    return {"role": role, "text": text, "buttons": []}


def button(title: str, intent: str) -> dict[str, str]:
    """As the api channel offers it: signed, its content in clear."""
    content = json.dumps({"intent": intent, "entities": {}}).encode()
    return {"title": title, "payload": f"{base64.urlsafe_b64encode(content).decode()}.mac"}


def test_each_message_has_what_was_said_before_the_next() -> None:
    reading = {"intent": "greet", "confidence": 0.9, "ranking": []}
    found = parse(
        {
            "conversation": "c1",
            "language": "it",
            "entries": [
                bot("Benvenuta"),
                customer("ciao", reading=reading, model="m1"),
                bot("Ciao!"),
                bot("Dimmi."),
                customer("Sì", payload={"intent": "affirm", "entities": {}}),
                bot("Sono Marta.", role="agent"),
            ],
        }
    )
    first, second = found.exchanges
    assert first.outcome.replies == ("Ciao!", "Dimmi.")
    assert first.outcome.reading == Reading("greet", 0.9)
    assert second.message == Message("Sì", "affirm", is_tap=True)
    assert second.outcome.by_person


@pytest.mark.parametrize("content", [{}, {"entries": "x"}, {"entries": []}, {"entries": ["x"]}])
def test_what_is_no_conversation_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(BadRecording):
        parse(content)


def test_a_file_may_hold_bare_messages(tmp_path: Path) -> None:
    file = tmp_path / "prova.yml"
    file.write_text("- ciao\n- dov'è il pacco\n", "utf-8")
    found = load(file)
    assert [one.message.text for one in found.exchanges] == ["ciao", "dov'è il pacco"]
    assert found.name == "prova"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match=r"nulla\.json"):
        load(tmp_path / "nulla.json")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "L'ordine LA-20398 arriva martedì 24 novembre.",
            "L'ordine LA-10000 arriva lunedì 1 marzo.",
        ),
        ("Ciao Giulia, hai 120 punti", "Ciao Maria, hai 7 punti"),
        ("Segui qui: https://a.example/t/1", "Segui qui: https://b.example/t/2?x=1"),
    ],
)
def test_replies_are_the_same_but_for_numbers_names_and_days(one: str, other: str) -> None:
    assert plain((one,)) == plain((other,))


def test_other_words_are_another_reply() -> None:
    assert plain(("È in viaggio.",)) != plain(("È stato consegnato.",))


def exchange(text: str, reply: str, intent: str | None, **more: Any) -> Exchange:
    reading = Reading(intent, 0.9) if intent else None
    return Exchange(Message(text), Outcome((reply,) if reply else (), reading, **more))


def test_what_a_person_answered_is_not_compared() -> None:
    then = exchange("ciao", "Sono Marta", None, by_person=True)
    compared = compare(then, exchange("ciao", "Ciao!", "greet"))
    assert compared.reading is compared.reply is Difference.NOT_COMPARED
    assert not compared.parts


def test_a_message_answered_together_with_the_next_is_read_only() -> None:
    compared = compare(exchange("ciao", "", "greet"), exchange("ciao", "Ciao!", "greet"))
    assert compared.reading is Difference.SAME
    assert compared.reply is Difference.NOT_COMPARED


def test_a_customer_whom_the_bot_answered_then_and_nobody_now_parts_ways() -> None:
    now = exchange("ciao", "", None, ended="relayed")
    assert compare(exchange("ciao", "Ciao!", "greet"), now).parts


def test_a_tap_finds_the_button_with_its_words_then_with_its_intent() -> None:
    offered = [button("Sì, grazie", "affirm"), button("No", "deny")]
    assert chosen(Message("no", "deny", is_tap=True), offered) == offered[1]
    assert chosen(Message("Va bene", "affirm", is_tap=True), offered) == offered[0]
    assert chosen(Message("Altro", "size_question", is_tap=True), offered) is None
    assert chosen(Message("No"), offered) is None


def test_two_buttons_of_one_intent_are_told_apart_by_their_words_alone() -> None:
    offered = [button("LA-20398", "inform"), button("LA-20391", "inform")]
    assert chosen(Message("LA-20391", "inform", is_tap=True), offered) == offered[1]
    assert chosen(Message("LA-10000", "inform", is_tap=True), offered) is None


@pytest.mark.parametrize("payload", ["", "x", "é.y", "bnVsbA.mac", "W10.mac"])
def test_an_unreadable_payload_means_nothing(payload: str) -> None:
    assert meaning(payload) is None
