"""Changes which model customers are served with: the file, the routing and the processes together.

Each way is made of the same steps in the same order: the spare process loads the model, the
gateways route to it, the others follow one by one, the spare goes. Whatever fails before the
routing changed leaves no trace; whatever fails after it is taken back.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ops import care, records, served
from ops.gateway import GatewayProblem
from ops.rolling import Host, Roll, RollFailed


class Gateways(Protocol):
    """/designer/v1 of a running gateway; `ops.gateway.Gateway` is one."""

    def get(self, path: str, **parameters: Any) -> dict[str, Any]: ...
    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...
    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Model:
    """A model's file in the models' folder, and its hash."""

    name: str
    sha: str

    @classmethod
    def of(cls, models: Path, name: str) -> Model:
        """The model in a file; raises FileNotFoundError."""
        return cls(name, served.sha(models / name))


class NothingLive(Exception):
    """There is no model to begin from; the message says what to do."""


class Overtaken(Exception):
    """Somebody else changed the routing meanwhile, and theirs stands."""


class Deployment:
    """The models of one folder, on one machine's processes, behind one installation's gateways."""

    def __init__(
        self,
        models: Path,
        roll: Roll,
        host: Host,
        gateway: Gateways,
        *,
        author: str = "",
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._models = models
        self._roll = roll
        self._host = host
        self._gateway = gateway
        self._author = author
        self._say = say
        # The routing's, as this publication knows it; None: whatever it is.
        self._version: int | None = None

    def go_live(self, model: Model, record: Mapping[str, Any] | None = None) -> None:
        """Serve everybody with this model. Raises whatever went wrong, having taken it back."""
        before, routing = self._begin()
        routing = self._introduce(model, record, routing)
        if routing["live"] != model.sha:
            self._load_in_spare(model, before, routing["live"])
            try:
                served.write(self._models, _live(before, model))
                self._put(live=model.sha, previous=routing["live"])
            except Overtaken:
                self._withdraw_from_spare(before)
                raise
            except BaseException:
                # Nobody was sent to it yet, or is sent back before anything else is done.
                self._take_back(before, routing, unanswered=model)
                raise
            self._say(f"every customer is served by {model.name} from now on")
        else:
            served.write(self._models, _live(before, model))
        try:
            self._follow(model)
        except KeyboardInterrupt:
            # Customers have the new model; the processes are the upkeep's to finish.
            raise
        except Exception:
            if routing["live"] != model.sha:
                self._say("that failed: going back to the model before")
                self._take_back(before, routing)
            raise
        self._tidy()

    def try_out(self, model: Model, share: float, record: Mapping[str, Any] | None = None) -> None:
        """Serve a share of the conversations with this model."""
        before, routing = self._begin()
        if routing["live"] == model.sha:
            raise NothingLive(f"{model.name} is live already: there is nothing to try")
        routing = self._introduce(model, record, routing)
        self._load_in_spare(model, before, routing["live"])
        try:
            self._put(live=routing["live"], canary={"model": model.sha, "share": share})
        except BaseException:
            self._withdraw_from_spare(before)
            raise

    def live(self) -> Model:
        """What everybody else is served with. Raises NothingLive."""
        if (sha := self._gateway.get("routing")["live"]) is None:
            raise NothingLive("nothing was published yet")
        return self._named(sha)

    def on_trial(self) -> Model | None:
        """What a share of the conversations is served with."""
        trial = self._gateway.get("routing")["canary"]
        return self._named(trial["model"]) if trial else None

    def end_trial(self, *, promote: bool) -> Model:
        """Give the model on trial to everybody, or to nobody any more; which one it was."""
        routing = self._look()
        if routing["canary"] is None:
            raise NothingLive("no model is on trial")
        model = self._named(routing["canary"]["model"])
        self._put(live=model.sha if promote else routing["live"])
        self.bring_in_line()
        return model

    def bring_in_line(self) -> bool:
        """Have file and processes follow the routing; False if its model isn't in our folder.

        What runs already as it should isn't touched.
        """
        routing = self._gateway.get("routing")
        if routing["live"] is None:
            return True
        live, now = served.find(self._models, routing["live"]), served.read(self._models)
        if live is None:
            return False
        trial = routing["canary"] and served.find(self._models, routing["canary"]["model"])
        previous = routing["previous"] and served.find(self._models, routing["previous"])
        wanted = now.serving(live, previous=previous, canary=trial or None, unrecorded=False)
        if self._strays(routing["live"]):
            served.write(self._models, replace(wanted, canary=live))
            self._roll.serve(self._roll.spare, routing["live"])
            self._roll.all(routing["live"])
        if served.read(self._models) != wanted:
            served.write(self._models, wanted)
        missing = self._missing()
        if trial:
            self._roll.serve(self._roll.spare, routing["canary"]["model"])
        elif not missing and self._host.pid(self._roll.spare.name):
            self._roll.retire(self._roll.spare)
        return True

    def record_unrecorded(self) -> None:
        """Tell the gateway what was changed while it was away."""
        now = served.read(self._models)
        if not now.unrecorded or now.model is None:
            return
        model = Model.of(self._models, now.model)
        record = records.kept(self._models, model.name, self._gateway)
        self._gateway.post("models", {**record, "sha": model.sha, "name": model.name})
        previous = None
        if now.previous and (self._models / now.previous).is_file():
            previous = Model.of(self._models, now.previous)
            self._gateway.post("models", {"sha": previous.sha, "name": previous.name})
        before = previous.sha if previous else None
        self._put(live=model.sha, previous=before, author=record.get("author"))
        served.write(self._models, replace(now, unrecorded=False))
        records.forget(self._models, model.name)

    # -- parts -------------------------------------------------------------------------------

    def _begin(self) -> tuple[served.Served, dict[str, Any]]:
        """What is served before; the gateway knows which model is live after it."""
        self._version = None
        self.record_unrecorded()
        before = served.read(self._models)
        routing = self._look()
        if routing["live"] is None:
            name = self._serving() or before.model
            if name is None:
                raise NothingLive("nothing is served yet: `make train`, then `make run`")
            first, before = Model.of(self._models, name), replace(before, model=name)
            self._gateway.post("models", {"sha": first.sha, "name": first.name})
            routing = self._put(live=first.sha)
        return replace(before, canary=None, published=True), routing

    def _serving(self) -> str | None:
        """The model that a regular process says it serves. A later training made another one
        current, as long as nothing was published, without anybody being served by it."""
        found = [care.state(process) for process in self._roll.regular]
        names = (served.find(self._models, state.model) for state in found if state)
        return next((name for name in names if name), None)

    def _introduce(
        self, model: Model, record: Mapping[str, Any] | None, routing: dict[str, Any]
    ) -> dict[str, Any]:
        """The gateway knows the model, and no other one is on trial; the routing after it."""
        given = {**(record or {}), "sha": model.sha, "name": model.name}
        self._gateway.post("models", given)
        if routing["canary"] and routing["canary"]["model"] != model.sha:
            # One trial at a time: who publishes something else ends it.
            routing = self._put(live=routing["live"])
        return routing

    def _named(self, sha: str) -> Model:
        """A routed model, whose file needn't be here."""
        return Model(served.find(self._models, sha) or sha, sha)

    def _load_in_spare(self, model: Model, before: served.Served, live: str) -> None:
        begun = time.monotonic()
        if self._spare_is_all():
            with contextlib.suppress(RollFailed):
                # Should it not come back, the way out is the other model all the more.
                self._roll.serve(self._roll.regular[0], live)
        try:
            served.write(self._models, replace(before, canary=model.name))
            self._roll.serve(self._roll.spare, model.sha)
        except BaseException:
            self._withdraw_from_spare(before)
            raise
        seconds = time.monotonic() - begun
        self._say(f"{self._roll.spare.name} serves {model.name} ({seconds:.1f} s)")

    def _withdraw_from_spare(self, before: served.Served) -> None:
        served.write(self._models, before)
        self._host.stop(self._roll.spare.name)

    def _take_back(
        self,
        before: served.Served,
        routing: Mapping[str, Any],
        *,
        unanswered: Model | None = None,
    ) -> None:
        """As it was before. `unanswered`: the gateway may have it live without having said so."""
        served.write(self._models, before)
        if unanswered is not None:
            self._recognise(unanswered)
        try:
            self._put(live=routing["live"], previous=routing["previous"])
        except Overtaken:
            # Whoever it was has decided since; here it is followed.
            self.bring_in_line()
            return
        self._roll.all(routing["live"])
        self._roll.retire(self._roll.spare)

    def _follow(self, model: Model) -> None:
        """The other processes take the routed model."""
        if self._roll.others(model.sha):
            # It may have been on its way already, with the spare gone since.
            self._roll.serve(self._roll.spare, model.sha)
            self._roll.all(model.sha)

    def _tidy(self) -> None:
        """The spare goes. Everybody has the model: what fails here is the upkeep's to finish."""
        if self._host.pid(self._roll.spare.name):
            self._roll.retire(self._roll.spare)
        served.write(self._models, replace(served.read(self._models), canary=None))

    def _strays(self, live: str) -> bool:
        """Whether a process that answers serves another model, or refuses to serve."""
        found = [care.state(process) for process in self._roll.regular]
        return any(state and (state.model != live or state.draining) for state in found)

    def _spare_is_all(self) -> bool:
        """Whether customers have the spare alone, as after an interruption."""
        found = [care.state(process) for process in self._roll.regular]
        open_ones = [state for state in found if state and not state.draining]
        return not open_ones and care.state(self._roll.spare) is not None

    def _missing(self) -> bool:
        """Whether a regular process doesn't answer. One that was left stopped is started: the spare
        serves until it answers."""
        silent = [process for process in self._roll.regular if care.state(process) is None]
        for process in silent:
            if not self._host.pid(process.name):
                self._host.start(process.name)
        return bool(silent)

    def _look(self) -> dict[str, Any]:
        """The routing that is to be changed."""
        routing = self._gateway.get("routing")
        self._version = routing["version"]
        return routing

    def _recognise(self, model: Model) -> None:
        """A change of ours whose answer never came."""
        routing = self._gateway.get("routing")
        if routing["live"] == model.sha and routing["version"] - 1 == self._version:
            self._version = routing["version"]

    def _put(self, **routing: Any) -> dict[str, Any]:
        """Change the routing; as it is now. Raises Overtaken."""
        given = {**routing, "version": self._version}
        given = {key: value for key, value in given.items() if value is not None}
        try:
            now = self._gateway.put("routing", {"author": self._author, **given})
        except GatewayProblem as error:
            if error.code != "stale":
                raise
            raise Overtaken(
                "somebody else changed what is served meanwhile (/console/models): run it again"
            ) from error
        self._version = now["version"]
        return now


def _live(before: served.Served, model: Model) -> served.Served:
    """The file while the processes change: the spare keeps the model that it has, too."""
    previous = before.previous if before.model == model.name else before.model
    return before.serving(model.name, previous=previous, canary=model.name)
