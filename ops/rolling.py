"""Has running Rasa processes serve another model, one by one, while customers write.

Nobody is ever without a process: the spare one serves while each of the others is drained, stopped
and started. A process is known to serve a model when it says so itself, after it has parsed a
sentence with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from ops import care
from ops.process import Process

_PAUSE_S = 0.1
# How long turns in hand may take before their process is stopped all the same: the gateway asks
# for them again, and gets the same answer.
_EMPTY_S = 30.0
# Gateways ask once a second who drains. Until then a turn may still be on its way to the door.
_SETTLE_S = 1.2
_READY_S = 180.0
# A process that ends while it loads is tried again: somebody may have killed it.
_STARTS = 3


class RollFailed(Exception):
    """A process can't be brought to serve a model; the message says which and why."""


class Host(Protocol):
    """Whoever runs the processes."""

    def start(self, name: str) -> None:
        """Start a process that isn't running; harmless when it is."""

    def stop(self, name: str) -> None:
        """Stop it; it is gone when this returns, and stays away until started."""

    def pid(self, name: str) -> int:
        """Its process id; 0 when it isn't running."""

    def why(self, name: str) -> str:
        """The last lines that it wrote."""


class Roll:
    """Moves processes from model to model on one machine.

    `between` is called while something is awaited, and ends the roll by raising.
    """

    def __init__(
        self,
        host: Host,
        regular: Sequence[Process],
        spare: Process,
        *,
        say: Callable[[str], None] = lambda _line: None,
        between: Callable[[], None] = lambda: None,
        ready_s: float = _READY_S,
    ) -> None:
        self._host = host
        self.regular = tuple(regular)
        self.spare = spare
        self._say = say
        self._between = between
        self._ready_s = ready_s

    def others(self, model: str) -> list[Process]:
        """The regular processes that don't serve this model now."""
        found = [(process, care.state(process)) for process in self.regular]
        return [
            process
            for process, state in found
            if state is None or state.model != model or state.draining
        ]

    def all(self, model: str) -> None:
        """Every regular process serves it, one after the other. Raises RollFailed."""
        for process in self.regular:
            begun = time.monotonic()
            if self.serve(process, model):
                self._say(f"{process.name} serves it ({time.monotonic() - begun:.1f} s)")

    def serve(self, process: Process, model: str) -> bool:
        """Have a process serve the model that its slot names by now; whether it had to change.

        Raises RollFailed.
        """
        state = care.state(process)
        if state is not None and state.model == model:
            if state.draining:
                care.resume(process)
            return False
        self.retire(process)
        self._start(process, model)
        return True

    def retire(self, process: Process) -> None:
        """Let a process finish what it has in hand, and stop it."""
        begun = time.monotonic()
        state = care.drain(process)
        while state is not None:
            passed = time.monotonic() - begun
            if (state.in_flight == 0 and passed > _SETTLE_S) or passed > _EMPTY_S:
                break
            self._pause()
            state = care.state(process)
        self._host.stop(process.name)

    def _start(self, process: Process, model: str) -> None:
        begun = time.monotonic()
        pids: set[int] = set()
        self._host.start(process.name)
        while time.monotonic() - begun < self._ready_s:
            if pid := self._host.pid(process.name):
                pids.add(pid)
            elif len(pids) >= _STARTS:
                break
            else:
                self._host.start(process.name)
            if len(pids) > _STARTS:
                break
            state = care.state(process, tried=True)
            if state is not None and state.model == model:
                return
            if state is not None:
                raise RollFailed(f"{process.name} serves {state.model} instead of {model}")
            self._pause()
        why = self._host.why(process.name).rstrip()
        raise RollFailed(f"{process.name} can't serve {model}. Its last lines:\n{why}")

    def _pause(self) -> None:
        self._between()
        time.sleep(_PAUSE_S)
