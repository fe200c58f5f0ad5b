"""`make check` knows when the formal voice isn't whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.processes import ROOT
from ops.voices import message_problems, response_problems

INFORMALLY = (
    "messages: {closed: {it: 'Scrivimi, {company}.', en: Write.}, just_sent: {it: Tu, en: Hi}}"
)


def test_what_is_shipped_is_whole() -> None:
    assert list(response_problems(ROOT / "data/responses")) == []
    assert list(message_problems(ROOT / "policy")) == []


def test_a_new_response_without_a_formal_text_is_named(tmp_path: Path) -> None:
    condition = "condition: [{type: slot, name: language, value: it}]"
    (tmp_path / "returns.yml").write_text(
        f"responses: {{utter_label: [{{text: Ti mando l'etichetta., {condition}}}]}}", "utf-8"
    )
    (tmp_path / "formal").mkdir()
    problem = "data/responses/formal: utter_label, it: the formal text is missing (ti)"
    assert list(response_problems(tmp_path)) == [problem]
    (tmp_path / "formal" / "returns.yml").write_text("responses: 1", "utf-8")
    [problem] = response_problems(tmp_path)
    assert problem.endswith("returns.yml: responses must be a group of `name: value` lines")


@pytest.mark.parametrize(
    ("formally", "problem"),
    [
        ("messages: {}", "closed.it is missing (scrivimi)"),
        ("messages: {closed: {it: '{company}, ti aspetto.'}}", "closed.it is still informal (ti)"),
        ("messages: {closed: {it: Mi scriva.}}",
         "closed.it doesn't fill in what messages.yml fills in"),
    ],
)  # fmt: skip
def test_a_message_of_the_gateway_is_held_to_it_too(
    tmp_path: Path, formally: str, problem: str
) -> None:
    (tmp_path / "messages.yml").write_text(INFORMALLY, "utf-8")
    (tmp_path / "messages.formal.yml").write_text(formally, "utf-8")
    assert list(message_problems(tmp_path)) == [f"policy/messages.formal.yml: {problem}"]
