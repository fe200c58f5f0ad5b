"""The stage: all of Ascolto in a folder of its own, with the demo company and the tree's model.

What happens there (codes, cases, cancelled orders) happens to nobody.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.chat_client import Entry, Gateway
from ops.processes import ROOT
from ops.system import System
from studio.rehearsal.recording import Exchange, Message, Outcome, reading
from studio.rehearsal.stand_ins import Performer

_ANSWER_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_SETTLE_SECONDS = 0.3
_TRAIN_SECONDS = 120.0
_WANTED = "from bot.train import wanted_model; print(wanted_model())"

Say = Callable[[str], None]


class StageProblem(Exception):
    """The stage can't be used; the message says why and what to do."""


class Stage:
    """Plays conversations from their beginning. Use it as a context manager."""

    def __init__(self, say: Say = lambda _: None) -> None:
        self._say = say
        self._system: System | None = None
        self._open = contextlib.ExitStack()
        self._names = itertools.count(1)
        self._performer: Performer | None = None
        self.model = ""
        """The model that plays: its file's name without endings."""

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def renew(self) -> None:
        """Begin anew with the tree as it is now: trains if need be. Raises what training raises."""
        self._open.close()
        self._set_up()

    def play(self, messages: Sequence[Message]) -> list[Exchange]:
        """All messages in a new conversation. Raises StageProblem when no answer comes."""
        self._begin()
        return [self.add(message) for message in messages]

    def add(self, message: Message) -> Exchange:
        """One more message in the conversation that `play` began."""
        if self._performer is None:
            self._begin()
        performer = self._performer
        assert performer is not None
        text, payload = performer.prepared(message)
        gateway = performer.gateway
        message_id = gateway.say(text, payload)
        asked, answers = self._answered(gateway, message_id)
        performer.heard(answers)
        explain = asked.explain
        outcome = Outcome(
            replies=tuple(answer.text for answer in answers),
            reading=reading(explain),
            ended=asked.disposition,
            model=explain.get("model") or self.model,
            buttons=tuple(button["title"] for answer in answers for button in answer.buttons),
        )
        return Exchange(message, outcome)

    def _set_up(self) -> None:
        home = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="rehearsal-")))
        model = self._wanted(home)
        if not model.exists():
            self._say("The data has changed: training the model first (up to a minute).")
        self._say(f"Setting the stage with {_plain_name(model)}.")
        # Whatever is published: here the working tree's own model plays.
        settings = {"ASCOLTO_MODEL": str(model)}
        self._system = self._open.enter_context(System(home, settings))
        self.model = _plain_name(model)
        self._performer = None

    def _wanted(self, home: Path) -> Path:
        """Where the model of the tree is, or will be."""
        layout = System(home).layout
        command = (layout.bot_python, "-c", _WANTED)
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=layout.environment("rasa"),
            capture_output=True,
            text=True,
            timeout=_TRAIN_SECONDS,
            check=False,
        )
        if done.returncode or not done.stdout.strip():
            raise StageProblem(f"The model's inputs can't be read:\n{done.stderr[-2000:]}")
        return ROOT / done.stdout.strip().splitlines()[-1]

    def _begin(self) -> None:
        if self._system is None:
            raise StageProblem("the stage is set inside `with` only")
        if self._performer is not None:
            self._performer.gateway.__exit__(None, None, None)
        name = f"rehearsal-{next(self._names)}"
        key = self._system.secret("API_CHANNEL_KEY")
        self._performer = Performer(Gateway(self._system.gateway_url, key, name))

    def _answered(self, gateway: Gateway, message_id: str) -> tuple[Entry, list[Entry]]:
        """The message as it ended, and all that was said in reply."""
        deadline = time.monotonic() + _ANSWER_SECONDS
        seen, quiet_since = -1, time.monotonic()
        while time.monotonic() < deadline:
            entries = _all(gateway)
            place = next((i for i, e in enumerate(entries) if e.message_id == message_id), None)
            if place is not None and entries[place].disposition:
                asked, answers = (
                    entries[place],
                    [e for e in entries[place + 1 :] if e.role != "customer"],
                )
                if len(answers) != seen:
                    seen, quiet_since = len(answers), time.monotonic()
                expected = asked.disposition == "answered" and not answers
                if not expected and time.monotonic() - quiet_since >= _SETTLE_SECONDS:
                    return asked, answers
            time.sleep(_LOOK_SECONDS)
        raise StageProblem(f"No answer on the stage within {_ANSWER_SECONDS:.0f} s.")


def _all(gateway: Gateway) -> list[Entry]:
    entries: list[Entry] = []
    while page := gateway.entries(entries[-1].seq if entries else 0):
        entries += page
    return entries


def _plain_name(model: Path) -> str:
    return model.name.removesuffix(".tar.gz")
