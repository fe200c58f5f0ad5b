"""A machine with Rasa processes and the gateways' routing, without any process."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ops import care, served
from ops.care import State
from ops.deploying import Deployment, Model
from ops.gateway import GatewayProblem
from ops.process import Probe, Process, Stage
from ops.rolling import Roll


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
    # Started, and not yet ready.
    loading: set[str] = field(default_factory=set)
    interrupt_at: str = ""
    answer_lost_at: str = ""
    # What another machine does at this moment.
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
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
        if name in self.running:
            return 7
        return next(self.pids) if self.trying else 0

    def why(self, name: str) -> str:
        return f"{name} fell over"

    # -- the gateways ------------------------------------------------------------------------

    def get(self, path: str, **_: Any) -> dict[str, Any]:
        routing = {"previous": None, "canary": None, "version": 0, **self.routing}
        if path == "routing":
            return routing
        if path == "proposals":
            return {"proposals": [{"id": "p1", "kind": "intent", "text": "Ciao!"}]}
        assert path == "models"
        return {
            "models": [{"state": None, **each} for each in self.known.values()],
            "routing": routing,
        }

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.known[body["sha"]] = dict(body)
        return {}

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        trial = body.get("canary")
        self.note(f"route {self.name(body['live'])}" + (" and a trial" if trial else ""))
        before = self.routing["live"]
        kept = before if before != body["live"] else self.routing.get("previous")
        previous = body.get("previous", kept)
        version = self.routing.get("version", 0)
        if body.get("version", version) != version:
            raise GatewayProblem("the routing has changed", code="stale", status=409)
        new = {"live": body["live"], "previous": previous, "canary": trial}
        self.routing = {**new, "version": version + 1}
        self.author = body.get("author", "")
        if self.answer_lost_at == self.told[-1]:
            raise GatewayProblem("No gateway answers (ReadTimeout)")
        return self.get("routing")

    # -- tests' words ------------------------------------------------------------------------

    def deployment(self, rasas: Sequence[str] = ("rasa", "rasa-2")) -> Deployment:
        """Its models in hand."""
        roll = Roll(self, [process(name) for name in rasas], process("rasa-spare"))
        return Deployment(self.models, roll, self, self, author="Nora")

    def note(self, what: str) -> None:
        self.told.append(what)
        self.meanwhile.pop(what, lambda: None)()
        if what == self.interrupt_at:
            self.interrupt_at = ""
            raise KeyboardInterrupt

    def name(self, sha: str) -> str:
        [found] = [f.name for f in self.models.glob("*.tar.gz") if served.sha(f) == sha]
        return found.removesuffix(".tar.gz")

    def elsewhere(self, name: str) -> None:
        """Another machine publishes a model."""
        now = self.get("routing")
        self.routing = {**now, "live": self.model(name).sha, "version": now["version"] + 1}

    def model(self, name: str) -> Model:
        return Model.of(self.models, f"{name}.tar.gz")

    def serving(self) -> dict[str, str]:
        return {name: self.name(state.model) for name, state in sorted(self.running.items())}


def two_rasas(models: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose two Rasas serve the old one of two models."""
    for name in ("old", "new"):
        (models / f"{name}.tar.gz").write_text(name)
    (models / "current.json").write_text(json.dumps({"model": "old.tar.gz"}))
    found = Machine(models)
    for name in ("rasa", "rasa-2"):
        found.start(name)
    found.told.clear()

    def state(each: Process, *, tried: bool = False) -> State | None:
        return None if each.name in found.loading else found.running.get(each.name)

    def drain(each: Process) -> State | None:
        if each.name in found.running:
            found.note(f"drain {each.name}")
        return None

    monkeypatch.setattr(care, "state", state)
    monkeypatch.setattr(care, "drain", drain)
    monkeypatch.setattr("ops.rolling._PAUSE_S", 0.0)
    return found
