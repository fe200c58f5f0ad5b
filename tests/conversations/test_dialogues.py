"""Every dialogue of dialogues/*.yml, played to its end.

In the bot's environment all of them, straight to the care channel; in the platform's environment
those marked `gateway: true`, through the gateway (fixture `care_system`).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conversations.dialogue import (
    CareSystem,
    Dialogue,
    Mistake,
    Reply,
    check,
    dialogues,
    play,
)

DIRECT = find_spec("rasa") is not None
CHOSEN = [dialogue for dialogue in dialogues() if DIRECT or dialogue.gateway]


@pytest.mark.parametrize("dialogue", CHOSEN, ids=lambda d: d.name)
async def test_dialogue(dialogue: Dialogue, system: CareSystem) -> None:
    await play(dialogue, system)


def test_both_languages_are_played_alike() -> None:
    languages = [dialogue.language for dialogue in dialogues()]
    assert min(languages.count("it"), languages.count("en")) >= 12


def test_a_misspelt_word_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("conversation: a\nlanguage: it\nsteps: [{customr: ciao}]\n")
    with pytest.raises(Mistake, match=r"a\.yml, dialogue 1: unknown words \['customr'\]"):
        list(dialogues(tmp_path))


def test_silence_is_a_failure_unless_a_person_takes_over() -> None:
    with pytest.raises(AssertionError, match="said nothing"):
        check({"customer": "ciao"}, Reply(""), "step 1")
    handed_over = Reply("", signals=["handoff_requested"], handoff="asked_for_person")
    check({"customer": "una persona", "handoff": "asked_for_person"}, handed_over, "step 1")


def test_one_of_several_wordings_is_enough() -> None:
    step = {"bot_contains": ["ciao", ["pronto", "dimmi"]], "bot_avoids": ["certamente"]}
    check(step, Reply("Ciao! Dimmi pure."), "step 1")
    with pytest.raises(AssertionError, match="wanted"):
        check(step, Reply("Ciao!"), "step 1")
    with pytest.raises(AssertionError, match="unwanted"):
        check(step, Reply("Ciao! Certamente, dimmi."), "step 1")
