"""The ways in which a model comes to serve customers, or no longer does; one line a step."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops import records, served
from ops.deploying import Model
from ops.gateway import Gateway
from ops.processes import ROOT
from studio.publishing import candidate, examples, report, smoke, tree
from studio.publishing.candidate import Candidate
from studio.publishing.installation import Installation
from studio.publishing.narration import step
from studio.publishing.refusal import Refused

Guard = Callable[[Any, Path], dict[str, Any]]


def say(line: str) -> None:
    """One line of progress."""
    print(f"  {line}", flush=True)


@dataclass
class Publication:
    """`make publish`: check, train, guard, try, roll. `share` (0 to 1) makes it a trial."""

    installation: Installation
    share: float | None = None
    dirty: bool = False
    author: str = ""
    # A model that was trained before instead of the working tree's.
    name: str = ""
    guard: Guard = field(default=candidate.guarded)
    validate: Callable[[Path], str] = field(default=tree.validated)

    def run(self) -> Candidate:
        """Publish; raises Refused, having changed nothing, or what went wrong on the way."""
        here = self.installation
        self.author = self.author or tree.author(ROOT, here.layout.settings)
        if self.share is not None and here.host is None:
            raise Refused("a trial needs customers: nothing runs here (`make run`)")
        revision = tree.revision(ROOT, dirty=self.dirty or bool(self.name))
        found, guard = self._checked()
        record = self._record(found, guard, revision)
        with _alone(here.models):
            file = here.models / found.model.name
            if served.sha(file) != found.model.sha:
                raise Refused(f"{file} was changed while it was tried")
            self._deploy(found.model, record)
        return found

    def _checked(self) -> tuple[Candidate, dict[str, Any]]:
        """A candidate that nothing stands against."""
        here = self.installation
        if not self.name:
            with step("data") as told:
                told.word = self.validate(ROOT)
        with step("model") as told:
            if self.name:
                found = candidate.of_file(here.models, self.name)
            else:
                found = candidate.train(here.layout, here.layout.home / "logs")
            told.word = f"{found.model.name} ({found.model.sha})"
        file = here.models / found.model.name
        with step("tried by itself") as told:
            told.word = smoke.passes(here.layout, file, smoke.sentences())
        with step("guard") as told:
            verdict = self.guard(here.layout, file)
            better, worse = (len(verdict.get(key) or ()) for key in ("better", "worse"))
            told.word = f"{better} messages better, {worse} worse, nothing against it"
        return found, verdict

    def _record(
        self, found: Candidate, verdict: Mapping[str, Any], revision: str | None
    ) -> dict[str, Any]:
        figures, guard = report.summary(dict(verdict))
        return {
            "inputs": found.inputs,
            "trained_at": found.trained_at,
            "author": self.author,
            "revision": revision,
            "report": {**figures, **found.examples},
            "guard": guard,
        }

    def _deploy(self, model: Model, record: dict[str, Any]) -> None:
        here = self.installation
        texts = examples.known(ROOT, here.models / model.name)
        if here.host is None:
            records.keep(here.models, model.name, record, texts)
            here.set_offline(model.name)
            say(f"nothing runs here: the next `make run` serves {model.name}")
            return
        with here.deployment(self.author, say) as (deployment, gateway):
            # The gateway calls them published once the model serves everybody, whoever decides so.
            learnt = records.proposals(gateway, texts)
            record["proposals"] = learnt
            if learnt:
                say(f"{len(learnt)} proposals of the review are in it")
            if self.share is None:
                with step("live"):
                    deployment.go_live(model, record)
            else:
                with step("on trial") as told:
                    deployment.try_out(model, self.share, record)
                    told.word = f"{self.share:.0%} of the conversations (policy/canary.yml decides)"


def roll_back(installation: Installation, to: str = "", author: str = "") -> Model:
    """Serve the previous model again, or the one that is named. Raises Refused.

    While a model is on trial, that one goes: the live model before it was never complained of.
    """
    begun = time.monotonic()
    author = author or tree.author(ROOT, installation.layout.settings)
    with _alone(installation.models):
        if installation.host is None:
            before = served.read(installation.models)
            # As where something runs: a trial is what goes first.
            wanted = to or (before.model if before.canary else before.previous)
            name = _earlier(installation.models, wanted)
            installation.set_offline(name)
            say(f"nothing runs here: the next `make run` serves {name}")
            return Model.of(installation.models, name)

        def told(line: str) -> None:
            say(f"{line} [{time.monotonic() - begun:.1f} s]")

        with installation.deployment(author, told) as (deployment, gateway):
            if not to and deployment.on_trial():
                tried = deployment.end_trial(promote=False)
                model = deployment.live()
                told(f"the trial of {tried.name} is over: {model.name} serves everybody")
            else:
                wanted = to or _previous(gateway)
                model = Model.of(installation.models, _earlier(installation.models, wanted))
                deployment.go_live(model)
    say(f"done after {time.monotonic() - begun:.1f} s")
    return model


def end_trial(installation: Installation, *, promote: bool, author: str = "") -> Model:
    """Decide a trial by hand."""
    author = author or tree.author(ROOT, installation.layout.settings)
    with (
        _alone(installation.models),
        installation.deployment(author, say) as (deployment, _),
    ):
        model = deployment.end_trial(promote=promote)
    say(f"{model.name} {'serves everybody' if promote else 'was withdrawn'}")
    return model


@contextlib.contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Have the models to oneself; who has to wait for somebody else is told."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(served.alone(models, wait=False))
        except served.Busy:
            say("waiting: somebody else is changing models")
            held.enter_context(served.alone(models))
        yield


def _previous(gateway: Gateway) -> str | None:
    told = gateway.get("models")
    previous = told["routing"]["previous"]
    states = {model["sha"]: model["state"] for model in told["models"]}
    if previous is not None and states.get(previous) == "withdrawn":
        raise Refused(
            f"the model before ({previous}) was withdrawn itself: name one with TO=…"
            " (/console/models lists them)"
        )
    return str(previous) if previous else None


def _earlier(models: Path, wanted: str | None) -> str:
    """The name of a model's file. Raises Refused."""
    if not wanted:
        raise Refused("there is no previous model to go back to: name one with TO=…")
    try:
        name = served.find(models, wanted)
    except served.Ambiguous as error:
        raise Refused(str(error)) from error
    if name is None:
        raise Refused(f"{wanted} isn't in {models}: copy its file there, or publish it again")
    return name
