"""Tells a person what happens to the processes while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

from ops import served
from ops.steps import StepFailed, tail
from ops.supervision import Supervisor

_FAILING_STARTS = 3
_REVIVE_SECONDS = 20.0


class Watch:
    """Looks at the processes' states now and then, and says what changed."""

    def __init__(
        self,
        supervisor: Supervisor,
        logs: Path,
        say: Callable[[str], None],
        models: Path | None = None,
    ) -> None:
        self._supervisor = supervisor
        self._models = models
        self._logs = logs
        self._say = say
        self._pids: dict[str, int] = {}
        self._states: dict[str, str] = {}
        self._failed_starts: dict[str, int] = {}
        self._next_revival = time.monotonic() + _REVIVE_SECONDS

    def look(self) -> None:
        """Say which processes died or came back since the last look.

        Raises StepFailed when supervisord itself is gone: nobody would restart anything any more.
        """
        if not self._supervisor.alive:
            raise StepFailed(
                "supervisord ended unexpectedly. Its last lines:\n"
                + tail(self._logs / "supervisord.out")
                + tail(self._logs / "supervisord.log")
            )
        for status in self._supervisor.statuses():
            before, known = self._states.get(status.name, ""), self._pids.get(status.name, 0)
            log = self._logs / f"{status.name}.log"
            if status.state in ("BACKOFF", "FATAL") and before not in ("BACKOFF", "FATAL"):
                failed = self._failed_starts.get(status.name, 0) + 1
                self._failed_starts[status.name] = failed
                words = f":\n{tail(log, 6).rstrip()}" if failed == 1 else f" again ({failed} times)"
                self._say(f"  {status.name} ended while starting{words}")
            elif (
                before in ("STARTING", "RUNNING")
                and status.pid not in (0, known)
                and not self._changes_model(status.name)
            ):
                self._say(f"  {status.name} died and was started again; see {log}")
            self._states[status.name] = status.state
            if status.pid:
                self._pids[status.name] = status.pid
        if time.monotonic() > self._next_revival:
            self._next_revival = time.monotonic() + _REVIVE_SECONDS
            self._supervisor.revive()

    def _changes_model(self, name: str) -> bool:
        """Whether a Rasa was stopped and started on purpose."""
        return (
            name.startswith("rasa") and self._models is not None and served.changing(self._models)
        )

    def refuse_failing_starts(self, needed: Collection[str]) -> None:
        """Raise StepFailed when one of these has ended several times before it was ever ready."""
        for name, failed in self._failed_starts.items():
            if name in needed and failed >= _FAILING_STARTS:
                log = self._logs / f"{name}.log"
                raise StepFailed(
                    f"{name} can't be started: it ended {failed} times. Its last lines:\n"
                    f"{tail(log)}"
                    f"The whole output is in {log}"
                )
