"""Moving processes from model to model: in which order, and what is taken back when it fails."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ops import care, records, served
from ops.care import State
from ops.deploying import Deployment, Model
from ops.process import Probe, Process, Stage
from ops.rolling import Roll, RollFailed


def process(name: str) -> Process:
    return Process(name, ("x",), {}, Stage.CORE, Probe(f"http://{name}/ready"))


@dataclass
class Machine:
    """Processes that serve the model which current.json names for their slot, as soon as they are
    started; and the gateways' routing. What happened stands in `told`, in order."""

    models: Path
    names: tuple[str, ...] = ("rasa", "rasa-2", "rasa-spare")
    running: dict[str, State] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    routing: dict[str, Any] = field(default_factory=lambda: {"live": None})
    known: dict[str, Any] = field(default_factory=dict)
    unloadable: set[str] = field(default_factory=set)
    interrupt_at: str = ""
    trying: bool = False
    author: str = ""
    pids: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    # -- the host ----------------------------------------------------------------------------

    def start(self, name: str) -> None:
        self.note(f"start {name}")
        now = served.read(self.models)
        model = (now.canary or now.model) if name == "rasa-spare" else now.model
        assert model is not None
        sha = served.sha(self.models / model)
        self.trying = f"{name}:{sha}" in self.unloadable
        if name not in self.running and not self.trying:
            self.running[name] = State(sha, draining=False, in_flight=0)

    def stop(self, name: str) -> None:
        self.note(f"stop {name}")
        self.running.pop(name, None)

    def pid(self, name: str) -> int:
        # One that can't load dies again and again: another process each time.
        if name == "rasa-spare" and not self.trying:
            return 7 if name in self.running else 0
        return 7 if name in self.running else next(self.pids)

    def why(self, name: str) -> str:
        return f"{name} fell over"

    # -- the gateways ------------------------------------------------------------------------

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        if path == "proposals":
            return {"proposals": [{"id": "p1", "kind": "intent", "text": "Ciao!"}]}
        assert path == "routing"
        return {"previous": None, "canary": None, **self.routing}

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.known[body["sha"]] = dict(body)
        return {}

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        trial = body.get("canary")
        self.note(f"route {self.name(body['live'])}" + (" and a trial" if trial else ""))
        previous = body.get("previous", self.routing.get("live"))
        self.routing = {"live": body["live"], "previous": previous, "canary": trial}
        self.author = body.get("author", "")
        return {}

    # -- tests' words ------------------------------------------------------------------------

    def note(self, what: str) -> None:
        self.told.append(what)
        if what == self.interrupt_at:
            self.interrupt_at = ""
            raise KeyboardInterrupt

    def name(self, sha: str) -> str:
        [found] = [f.name for f in self.models.glob("*.tar.gz") if served.sha(f) == sha]
        return found.removesuffix(".tar.gz")

    def model(self, name: str) -> Model:
        return Model.of(self.models, f"{name}.tar.gz")

    def serving(self) -> dict[str, str]:
        return {name: self.name(state.model) for name, state in sorted(self.running.items())}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    for name in ("old", "new"):
        (tmp_path / f"{name}.tar.gz").write_text(name)
    (tmp_path / "current.json").write_text(json.dumps({"model": "old.tar.gz"}))
    found = Machine(tmp_path)
    for name in ("rasa", "rasa-2"):
        found.start(name)
    found.told.clear()

    def state(each: Process, *, tried: bool = False) -> State | None:
        return found.running.get(each.name)

    def drain(each: Process) -> State | None:
        if each.name in found.running:
            found.note(f"drain {each.name}")
        return None

    monkeypatch.setattr(care, "state", state)
    monkeypatch.setattr(care, "drain", drain)
    monkeypatch.setattr("ops.rolling._PAUSE_S", 0.0)
    return found


@pytest.fixture
def deployment(machine: Machine) -> Deployment:
    roll = Roll(machine, [process("rasa"), process("rasa-2")], process("rasa-spare"))
    return Deployment(machine.models, roll, machine, machine, author="Nora")


def test_the_spare_serves_before_the_first_one_goes(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.go_live(machine.model("new"), {"author": "Nora"})
    assert machine.told == [
        "route old",
        "stop rasa-spare",
        "start rasa-spare",
        "route new",
        *("drain rasa", "stop rasa", "start rasa"),
        *("drain rasa-2", "stop rasa-2", "start rasa-2"),
        *("drain rasa-spare", "stop rasa-spare"),
    ]
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    now = served.read(machine.models)
    assert (now.model, now.previous, now.canary) == ("new.tar.gz", "old.tar.gz", None)
    assert now.published


def test_a_model_that_does_not_load_leaves_no_trace(
    machine: Machine, deployment: Deployment
) -> None:
    machine.unloadable.add(f"rasa-spare:{machine.model('new').sha}")
    with pytest.raises(RollFailed, match="rasa-spare fell over"):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    now = served.read(machine.models)
    assert (now.model, now.canary) == ("old.tar.gz", None)


def test_a_failure_on_the_way_takes_everything_back(
    machine: Machine, deployment: Deployment
) -> None:
    machine.unloadable.add(f"rasa-2:{machine.model('new').sha}")
    with pytest.raises(RollFailed, match="rasa-2 fell over"):
        deployment.go_live(machine.model("new"))
    assert machine.routing["live"] == machine.model("old").sha
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    assert served.read(machine.models).model == "old.tar.gz"


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


def test_what_is_live_already_is_left_alone(machine: Machine, deployment: Deployment) -> None:
    deployment.go_live(machine.model("new"))
    machine.told.clear()
    deployment.go_live(machine.model("new"))
    assert machine.told == []
    assert served.read(machine.models).previous == "old.tar.gz"


def test_a_trial_runs_on_the_spare_until_it_is_ended(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    assert machine.serving() == {"rasa": "old", "rasa-2": "old", "rasa-spare": "new"}
    assert machine.routing["canary"] == {"model": machine.model("new").sha, "share": 0.1}
    deployment.end_trial(promote=False)
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}
    deployment.try_out(machine.model("new"), 0.1)
    deployment.end_trial(promote=True)
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}


def test_a_trial_that_the_rule_promoted_is_followed(
    machine: Machine, deployment: Deployment
) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    old, new = machine.model("old").sha, machine.model("new").sha
    machine.routing = {"live": new, "previous": old, "canary": None}
    assert deployment.bring_in_line()
    assert machine.serving() == {"rasa": "new", "rasa-2": "new"}
    assert served.read(machine.models).previous == "old.tar.gz"
    machine.told.clear()
    assert deployment.bring_in_line()
    assert machine.told == []


def test_a_start_brings_the_trial_back(machine: Machine, deployment: Deployment) -> None:
    deployment.try_out(machine.model("new"), 0.1)
    machine.stop("rasa-spare")
    assert deployment.bring_in_line()
    assert machine.serving()["rasa-spare"] == "new"


def test_a_model_that_is_not_here_changes_nothing(machine: Machine, deployment: Deployment) -> None:
    machine.routing = {"live": "feedfeedfeedfeed"}
    assert not deployment.bring_in_line()
    assert machine.serving() == {"rasa": "old", "rasa-2": "old"}


def test_what_was_published_while_nothing_ran_is_told(
    machine: Machine, deployment: Deployment
) -> None:
    now = served.read(machine.models)
    served.write(machine.models, now.serving("new.tar.gz", previous="old.tar.gz", unrecorded=True))
    records.keep(machine.models, "new.tar.gz", {"author": "Nora", "revision": "abc"}, ["ciao"])
    deployment.record_unrecorded()
    record = machine.known[machine.model("new").sha]
    assert (record["author"], record["revision"], record["proposals"]) == ("Nora", "abc", ["p1"])
    assert machine.author == "Nora"
    assert machine.routing["live"] == machine.model("new").sha
    assert machine.routing["previous"] == machine.model("old").sha
    assert not served.read(machine.models).unrecorded


def test_one_changes_models_at_a_time_and_who_waits_is_seen(tmp_path: Path) -> None:
    with served.alone(tmp_path):
        assert served.changing(tmp_path)
        with pytest.raises(served.Busy), served.alone(tmp_path, wait=False):
            pass
    assert not served.changing(tmp_path)
    assert not served.wanted(tmp_path)


def test_a_model_is_found_by_name_and_by_hash(machine: Machine) -> None:
    sha = machine.model("new").sha
    for wanted in ("new", "new.tar.gz", sha, sha[:8]):
        assert served.find(machine.models, wanted) == "new.tar.gz"
    assert served.find(machine.models, "feed") is None
