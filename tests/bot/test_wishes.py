"""Two wishes in one message: where it is cut, and when it is left whole."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop
from rasa.shared.core.trackers import DialogueStateTracker

from bot.care.requests import IncomingMessage, Payload
from bot.care.wishes import two_wishes
from bot.nlu.wishes import MOST_CHARACTERS, MOST_TRIES, Reading, cuts, find

SURE = {
    "dov'è il mio ordine?": Reading("order_status", 0.9),
    "mi serve la fattura": Reading("invoice_request", 0.8),
    "il pacco è bagnato": Reading("item_damaged", 0.7),
    "manca un gomitolo": Reading("wrong_item", 0.7),
    "un saluto a tutti": Reading(None, 0.0),
}


def read(part: str) -> Reading:
    return SURE.get(part, Reading("order_status", 0.1))


@pytest.mark.parametrize(
    "joint",
    ["dov'è il mio ordine? {}", "dov'è il mio ordine? E poi {}", "dov'è il mio ordine?\n{}"],
)
def test_a_message_falls_apart_at_its_joint(joint: str) -> None:
    found = find(joint.format("mi serve la fattura"), read, 0.5)
    assert found is not None
    assert found == ("dov'è il mio ordine?", "mi serve la fattura", found.intents)
    assert found.intents == ("order_status", "invoice_request")


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("dov'è il mio ordine?", 0.5),
        ("dov'è il mio ordine? un saluto a tutti", 0.5),
        ("dov'è il mio ordine? mi serve la fattura", 0.85),
        ("dov'è il mio ordine? dov'è il mio ordine?", 0.5),
        ("ordine, fattura", 0.0),
        ("dov'è il mio ordine? mi serve la fattura" + " ok" * MOST_CHARACTERS, 0.5),
        ("", 0.0),
    ],
)
def test_anything_else_stays_whole(text: str, least: float) -> None:
    assert find(text, read, least) is None


def test_what_tells_of_one_thing_is_one_wish() -> None:
    text = "il pacco è bagnato, manca un gomitolo"
    assert find(text, read, 0.5) is not None
    assert find(text, read, 0.5, [["item_damaged", "wrong_item"]]) is None


def test_few_cuts_are_tried_whatever_is_written() -> None:
    assert len(
        cuts("uno due, tre quattro, cinque sei. sette otto e nove dieci; undici dodici")
    ) == (MOST_TRIES)


def message(**fields: Any) -> IncomingMessage:
    values = {"id": "m1", "text": "a? b", "payload": None, "language": "it", "at": 0.0, **fields}
    return IncomingMessage(**values)


def tracker(form: str | None = None) -> DialogueStateTracker:
    events = [ActiveLoop(form)] if form else []
    return DialogueStateTracker.from_events("c1", events)


def test_each_part_is_a_message_of_its_own() -> None:
    parts = two_wishes(message(), {"wishes": ["a?", "b"]}, tracker())
    assert parts is not None
    first, second = parts
    assert (first.id, first.text, first.part) == ("m1", "a?", 1)
    # What is done for it must not be taken for what was done for the first.
    assert (second.id, second.text, second.part) == ("m1/2", "b", 2)


def test_an_answer_a_tap_and_a_part_stay_whole() -> None:
    parsed = {"wishes": ["a?", "b"]}
    assert two_wishes(message(), parsed, tracker("order_status_form")) is None
    assert two_wishes(message(payload=Payload("affirm", {})), parsed, tracker()) is None
    assert two_wishes(message(part=2), parsed, tracker()) is None
    assert two_wishes(message(), {}, tracker()) is None
