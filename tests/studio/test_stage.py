"""The stage for real: all of Ascolto, a conversation on it, and the same conversation again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.processes import ROOT
from studio.rehearsal.comparing import Difference
from studio.rehearsal.recording import Exchange, Message, parse
from studio.rehearsal.rehearsal import Rehearsal
from studio.rehearsal.stage import Stage

ORDER = "ciao, dov'è il mio ordine LA-10000?"
CODE = "000000"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One stage for the module: each play is a conversation of its own."""
    with Stage() as running:
        yield running


def as_recorded(exchanges: list[Exchange]) -> dict[str, object]:
    """What the gateway would give of this conversation."""
    entries: list[dict[str, object]] = []
    for one in exchanges:
        reading = one.outcome.reading
        read = {"intent": reading.intent, "confidence": reading.confidence} if reading else None
        payload = {"intent": one.message.tapped, "entities": {}} if one.message.is_tap else None
        entries.append(
            {"role": "customer", "text": one.message.text, "payload": payload, "reading": read}
        )
        entries += [{"role": "bot", "text": text, "buttons": []} for text in one.outcome.replies]
    return {"conversation": "prova", "language": "it", "entries": entries}


def test_the_stages_own_code_opens_the_demos_order(stage: Stage) -> None:
    *_, last = stage.play([Message(ORDER), Message(CODE)])
    assert any("LA-20398" in reply for reply in last.outcome.replies)
    assert last.outcome.reading is not None
    assert last.outcome.model


def test_what_was_said_on_the_stage_is_said_again_the_same(stage: Stage) -> None:
    said = [Message(ORDER), Message(CODE), Message("come si lava la lana merino?")]
    was = parse(as_recorded(stage.play(said)))
    comparisons = Rehearsal(stage, was).play()
    assert [one.reading for one in comparisons] == [Difference.SAME] * len(said)
    assert [one.reply for one in comparisons] == [Difference.SAME] * len(said)


def test_a_step_back_undoes_what_the_bot_knew(stage: Stage) -> None:
    rehearsal = Rehearsal(stage)
    rehearsal.play()
    asked = rehearsal.say(ORDER)
    rehearsal.say(CODE)
    rehearsal.back(2)
    # Verified a moment ago, it asks for a code again: nothing of that is left.
    again = rehearsal.say(ORDER)
    assert again.now.outcome.replies == asked.now.outcome.replies


def test_an_offered_button_is_tapped_again(stage: Stage) -> None:
    asked = stage.play([Message("voglio fare un reso"), Message("voglio parlare con una persona")])
    offered = next((one.outcome.buttons for one in reversed(asked) if one.outcome.buttons), ())
    assert offered
    tapped = stage.add(Message(offered[0], is_tap=True))
    assert tapped.outcome.ended in ("answered", "relayed", "ignored")


def test_make_chat_compares_a_file_for_scripts(tmp_path: Path) -> None:
    file = tmp_path / "prova.json"
    entries = [
        {"role": "customer", "text": "ciao", "reading": {"intent": "greet", "confidence": 1.0}},
        {"role": "bot", "text": "Altro."},
    ]
    file.write_text(json.dumps({"conversation": "prova", "entries": entries}), "utf-8")
    done = subprocess.run(
        (sys.executable, "-m", "ops.chat"),
        cwd=ROOT,
        env={**os.environ, "FILE": str(file), "JSON": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["read_the_same"], found["of"]) == (1, 1)
    assert found["messages"][0]["reply"] == "changed"
    assert "look-ups find the demo's" in found["note"]
