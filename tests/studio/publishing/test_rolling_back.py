"""`make rollback` while a model is on trial, and with somebody else at work."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ops import generated_secrets, served
from ops.processes import Layout
from studio.publishing import commands
from studio.publishing.installation import Installation
from studio.publishing.refusal import Refused
from tests.ops.machine import Machine, two_rasas


@dataclass(frozen=True)
class Running(Installation):
    """An installation whose processes are a machine's."""

    @contextlib.contextmanager
    def deployment(self, author: str, say: Callable[[str], None]) -> Iterator[tuple[Any, Any]]:
        assert isinstance(self.host, Machine)
        yield self.host.deployment(), self.host


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return two_rasas(tmp_path, monkeypatch)


@pytest.fixture
def here(machine: Machine) -> Running:
    settings = {"ASCOLTO_HOME": str(machine.models), "ASCOLTO_MODELS": str(machine.models)}
    return Running(Layout.of(generated_secrets.complete(settings)), machine)


def test_a_trial_that_goes_badly_goes_and_the_live_model_stays(
    here: Running, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    (machine.models / "newest.tar.gz").write_text("newest")
    machine.deployment().go_live(machine.model("new"))
    machine.deployment().try_out(machine.model("newest"), 0.1)
    assert commands.roll_back(here, author="Nora") == machine.model("new")
    assert machine.routing["live"] == machine.model("new").sha
    assert machine.routing["canary"] is None
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    told = capsys.readouterr().out
    assert "the trial of newest.tar.gz is over: new.tar.gz serves everybody" in told
    assert commands.roll_back(here, author="Nora") == machine.model("old")


def test_a_first_trial_is_rolled_back_to_what_was_there(here: Running, machine: Machine) -> None:
    machine.deployment().try_out(machine.model("new"), 0.1)
    assert commands.roll_back(here, author="Nora") == machine.model("old")
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_who_names_a_model_gets_it_during_a_trial_too(here: Running, machine: Machine) -> None:
    (machine.models / "newest.tar.gz").write_text("newest")
    machine.deployment().go_live(machine.model("new"))
    machine.deployment().try_out(machine.model("newest"), 0.1)
    assert commands.roll_back(here, to="old", author="Nora") == machine.model("old")
    assert machine.routing["canary"] is None
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_a_hash_that_begins_several_is_no_answer(here: Running, machine: Machine) -> None:
    for number in range(17):
        (machine.models / f"m{number}.tar.gz").write_text(str(number))
    first = [served.sha(file)[0] for file in machine.models.glob("m*.tar.gz")]
    shared = next(digit for digit in first if first.count(digit) > 1)
    with pytest.raises(Refused, match=f"{shared} may be any of m"):
        commands.roll_back(here, to=shared, author="Nora")
