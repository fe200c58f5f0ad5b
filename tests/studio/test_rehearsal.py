"""Stepping through a conversation: back, otherwise, again; and the commands that do it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from studio.rehearsal import view
from studio.rehearsal.command import Terminal
from studio.rehearsal.comparing import Difference
from studio.rehearsal.recording import Exchange, Message, Outcome, Reading, Recording
from studio.rehearsal.rehearsal import NothingSaid, Rehearsal
from tests.studio.scripted_stage import ScriptedStage

READINGS = {"ciao": "greet", "dov'è il pacco": "order_status", "è rotto": "item_damaged"}


@pytest.fixture
def stage() -> ScriptedStage:
    return ScriptedStage(READINGS)


def recording(*said: tuple[str, str, str]) -> Recording:
    """Messages with the intent and the reply that they had."""
    exchanges = (
        Exchange(Message(text), Outcome((reply,), Reading(intent, 0.9)))
        for text, intent, reply in said
    )
    return Recording("prova", "it", tuple(exchanges))


def run(rehearsal: Rehearsal, *lines: str) -> str:
    """What the terminal shows for these lines."""
    console = Console(file=io.StringIO(), width=120, highlight=False)
    terminal = Terminal(rehearsal, console)
    for line in lines:
        assert terminal.do(line)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_recording_is_played_in_its_order_and_compared(stage: ScriptedStage) -> None:
    was = recording(
        ("ciao", "greet", "greet after ciao"),
        ("dov'è il pacco", "parcel_late", "Mi spiace"),
    )
    first, second = Rehearsal(stage, was).play()
    assert stage.plays == [["ciao", "dov'è il pacco"]]
    assert (first.reading, first.reply) == (Difference.SAME, Difference.SAME)
    assert (second.reading, second.reply) == (Difference.CHANGED, Difference.CHANGED)


def test_a_step_back_plays_the_rest_again_so_that_its_state_is_as_before(
    stage: ScriptedStage,
) -> None:
    rehearsal = Rehearsal(stage)
    rehearsal.play()
    for text in ("ciao", "è rotto", "dov'è il pacco"):
        rehearsal.say(text)
    rehearsal.back(2)
    said = rehearsal.say("dov'è il pacco")
    assert said.now.outcome.replies == ("order_status after ciao / dov'è il pacco",)


def test_going_back_beyond_the_beginning_leaves_nothing(stage: ScriptedStage) -> None:
    rehearsal = Rehearsal(stage)
    rehearsal.say("ciao")
    assert rehearsal.back(9) == []
    with pytest.raises(NothingSaid):
        rehearsal.back()


def test_an_edited_message_stands_beside_what_was_said_then(stage: ScriptedStage) -> None:
    rehearsal = Rehearsal(stage, recording(("ciao", "greet", "greet after ciao")))
    rehearsal.play()
    [edited] = rehearsal.edit("è rotto")
    assert edited.then is not None
    assert edited.then.message.text == "ciao"
    assert edited.now.message.text == "è rotto"
    assert edited.reading is Difference.NOT_COMPARED


def test_again_renews_the_stage_and_the_difference_is_shown(stage: ScriptedStage) -> None:
    rehearsal = Rehearsal(stage, recording(("boh", "nlu_fallback", "nlu_fallback after boh")))
    rehearsal.play()
    stage.readings["boh"] = "greet"
    [compared] = rehearsal.again()
    assert stage.renewed == 1
    assert compared.reading is Difference.CHANGED
    [change] = rehearsal.changes()
    assert change.then is not None
    assert change.then.outcome.reading == Reading("nlu_fallback", 0.9)
    assert change.now.outcome.reading == Reading("greet", 0.9)


def test_nothing_changed_is_said_so(stage: ScriptedStage) -> None:
    rehearsal = Rehearsal(stage, recording(("ciao", "greet", "greet after ciao")))
    rehearsal.play()
    assert "Nothing came out otherwise" in run(rehearsal, "/again")


def test_the_terminal_says_steps_back_and_edits(stage: ScriptedStage) -> None:
    rehearsal = Rehearsal(stage)
    shown = run(rehearsal, "ciao", "/say /altro", "/back", "/edit è rotto")
    assert [message.text for message in rehearsal.messages] == ["è rotto"]
    assert "greet 0.90" in shown
    assert "Played again without it: 1 message said." in shown
    assert "item_damaged after è rotto" in shown


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/back", "Nothing was said yet."),
        ("/edit x", "Nothing was said yet."),
        ("/back due", "a number"),
        ("/edit", "the new words"),
        ("/say", "Say what?"),
        ("/help", "/again"),
    ],
)
def test_what_cannot_be_done_is_explained(stage: ScriptedStage, line: str, words: str) -> None:
    assert words in run(Rehearsal(stage), line)


def test_a_number_taps_the_offered_button() -> None:
    rehearsal = Rehearsal(ScriptedStage(READINGS, buttons=("Sì", "No")))
    assert "[2] No" in run(rehearsal, "ciao", "2")
    assert rehearsal.messages[-1] == Message("No", is_tap=True)


def test_quit_leaves(stage: ScriptedStage) -> None:
    assert not Terminal(Rehearsal(stage), Console(file=io.StringIO())).do("/quit")


def test_the_summary_counts_and_names_where_it_parts(stage: ScriptedStage) -> None:
    was = recording(
        ("ciao", "greet", "greet after ciao"),
        ("è rotto", "complaint", "item_damaged after ciao / è rotto"),
    )
    lines = view.summary(Rehearsal(stage, was).play())
    assert lines[0] == "1 of 2 read the same, 2 of 2 answered the same."
    assert "message 2, “è rotto”: then complaint 0.90, now item_damaged 0.90." in lines[1]


def test_scripts_get_the_same_as_json(stage: ScriptedStage) -> None:
    was = recording(("ciao", "greet", "altro"))
    found = view.record(Rehearsal(stage, was).play(), name="prova", model="m", note="n")
    assert (found["read_the_same"], found["of"], found["parts_at"]) == (1, 1, 1)
    [message] = found["messages"]
    assert (message["reading"], message["reply"]) == ("same", "changed")
    assert message["then"]["replies"] == ["altro"]
