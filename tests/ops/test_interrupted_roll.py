"""What is cut off on the way from model to model: taken back, or finished, and never an outage."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ops import generated_secrets, served
from ops.deploying import Deployment
from ops.following import Following
from ops.processes import Layout
from ops.rolling import RollFailed
from ops.supervision import Supervisor
from tests.ops.machine import Machine, two_rasas


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return two_rasas(tmp_path, monkeypatch)


@pytest.fixture
def deployment(machine: Machine) -> Deployment:
    return machine.deployment()


@pytest.mark.parametrize("moment", ["start rasa-spare", "route new"])
def test_interrupted_before_anybody_was_served_it_is_as_it_was(
    machine: Machine, deployment: Deployment, moment: str
) -> None:
    machine.interrupt_at = moment
    with pytest.raises(KeyboardInterrupt):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    assert served.read(machine.models).model == "old.tar.gz"


@pytest.mark.parametrize("moment", ["drain rasa", "stop rasa", "start rasa-2", "drain rasa-spare"])
def test_interrupted_later_it_is_finished_by_running_it_again(
    machine: Machine, deployment: Deployment, moment: str
) -> None:
    deployment.go_live(machine.model("old"))
    machine.interrupt_at = moment
    with pytest.raises(KeyboardInterrupt):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("new").sha
    assert "new" in machine.serving().values()
    deployment.go_live(machine.model("new"))
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    assert served.read(machine.models).canary is None


def test_the_only_one_that_serves_stays_until_another_does(machine: Machine) -> None:
    deployment = machine.deployment(["rasa"])
    machine.stop("rasa-2")
    machine.interrupt_at = "stop rasa"
    with pytest.raises(KeyboardInterrupt):
        deployment.go_live(machine.model("new"))
    # Who runs the processes finishes what was asked of it.
    machine.running.pop("rasa")
    machine.loading.add("rasa")
    for _look in range(2):
        assert deployment.bring_in_line()
        assert machine.serving() == {"rasa": "new", "rasa-spare": "new"}
    machine.loading.clear()
    assert deployment.bring_in_line()
    assert machine.serving() == {"rasa": "new"}


def test_one_of_several_that_was_left_stopped_is_started(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.go_live(machine.model("new"))
    machine.running.pop("rasa-2")
    assert deployment.bring_in_line()
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}


def test_a_rollback_right_after_an_interruption_leaves_nobody_without_a_process(
    machine: Machine,
) -> None:
    deployment = machine.deployment(["rasa"])
    machine.stop("rasa-2")
    machine.interrupt_at = "stop rasa"
    with pytest.raises(KeyboardInterrupt):
        deployment.go_live(machine.model("new"))
    machine.running.pop("rasa")
    machine.told.clear()
    deployment.go_live(machine.model("old"))
    assert machine.told.index("start rasa") < machine.told.index("stop rasa-spare")
    assert machine.serving() == {"rasa": "old"}


def test_a_rollback_needs_nothing_of_a_model_that_no_longer_loads(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.go_live(machine.model("new"))
    machine.running.clear()
    machine.unloadable |= {f"{name}:{machine.model('new').sha}" for name in machine.names}
    deployment.go_live(machine.model("old"))
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_what_is_live_already_and_fails_to_follow_keeps_what_serves(machine: Machine) -> None:
    deployment = machine.deployment(["rasa"])
    machine.stop("rasa-2")
    machine.interrupt_at = "stop rasa"
    with pytest.raises(KeyboardInterrupt):
        deployment.go_live(machine.model("new"))
    machine.running.pop("rasa")
    machine.unloadable.add(f"rasa:{machine.model('new').sha}")
    machine.told.clear()
    with pytest.raises(RollFailed):
        deployment.go_live(machine.model("new"))
    assert machine.told.count("stop rasa") == 1
    assert machine.serving() == {"rasa-spare": "new"}


def test_an_upkeep_that_stumbles_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"ASCOLTO_HOME": str(tmp_path), "ASCOLTO_MODELS": str(tmp_path)}
    layout = Layout.of(generated_secrets.complete(settings))
    told: list[str] = []
    upkeep = Following(layout, Supervisor([], tmp_path), threading.Event(), told.append)

    def stumbles(_gateway: object) -> Deployment:
        raise ValueError("what nobody thought of")

    monkeypatch.setattr(upkeep, "_deployment", stumbles)
    assert upkeep._look() > 0
    assert told == ["  models: ValueError: what nobody thought of"]
