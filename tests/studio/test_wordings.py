"""A reply in a response's other words is no change; anything else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.processes import ROOT
from studio.rehearsal.comparing import Difference, compare
from studio.rehearsal.recording import Exchange, Message, Outcome
from studio.rehearsal.wordings import Wordings

OURS = Wordings.read(ROOT / "data" / "responses")


def came_out(then: str, now: str, wordings: Wordings = OURS) -> Difference:
    message = Message("ciao")
    was, is_ = (Exchange(message, Outcome(replies=(text,))) for text in (then, now))
    return compare(was, is_, wordings).reply


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("Ciao! Dimmi pure.", "Ciao! Di cosa hai bisogno?"),
        ("Ciao Giulia! Dimmi pure.", "Ciao Maria Luce, che piacere! Di cosa hai bisogno?"),
        ("Buongiorno! Mi dica pure.", "Buongiorno! Come posso aiutarLa?"),
        ("Sono il bot.\n\nCiao! Dimmi pure.", "Sono il bot.\n\nCiao! Di cosa hai bisogno?"),
    ],
)
def test_the_same_in_other_words(then: str, now: str) -> None:
    assert came_out(then, now) is Difference.SAME
    assert came_out(then, now, Wordings()) is Difference.CHANGED


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("Ciao! Dimmi pure.", "Hi! What can I do for you?"),
        ("Ciao! Dimmi pure.", "Buongiorno! Mi dica pure."),
        ("Ciao! Dimmi pure.", "Arrivederci, a presto!"),
        ("Ciao! Dimmi pure.", "Ciao! Dimmi pure. Hai una pratica aperta."),
    ],
)
def test_what_says_something_else(then: str, now: str) -> None:
    assert came_out(then, now) is Difference.CHANGED


def test_a_text_that_was_changed_in_the_files_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "said.yml").write_text(
        "responses:\n"
        "  utter_greet:\n"
        "    - {text: 'Eccomi.', condition: [{type: slot, name: language, value: it}]}\n"
        "    - {text: 'Sono qui.', condition: [{type: slot, name: language, value: it}]}\n"
    )
    edited = Wordings.read(tmp_path)
    assert came_out("Eccomi.", "Sono qui.", edited) is Difference.SAME
    assert came_out("Ciao!", "Sono qui.", edited) is Difference.CHANGED


def test_files_that_say_nothing_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("responses: [")
    (tmp_path / "empty.yml").write_text("")
    (tmp_path / "odd.yml").write_text("responses: {utter_a: 3, utter_b: [4, {text: 5}]}")
    assert Wordings.read(tmp_path).settle("Ciao!  Dimmi") == "Ciao! Dimmi"
