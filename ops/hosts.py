"""Who runs processes, as rolling sees them: supervisor under `make run`, a fleet in tests."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ops.fleet import Fleet
from ops.steps import tail
from ops.supervision import Supervisor

_LINES = 8


class UnderSupervisor:
    """Processes of a running `make run`."""

    def __init__(self, supervisor: Supervisor, home: Path) -> None:
        self._supervisor = supervisor
        self._logs = home / "logs"

    def start(self, name: str) -> None:
        """Start a process that isn't running. Raises OSError when supervisor is away."""
        self._supervisor.start(name)

    def stop(self, name: str) -> None:
        """Stop it and wait until it has gone."""
        self._supervisor.stop(name)

    def pid(self, name: str) -> int:
        """Its process id; 0 when it isn't running."""
        return next((each.pid for each in self._supervisor.statuses() if each.name == name), 0)

    def why(self, name: str) -> str:
        """The last lines of its log."""
        return tail(self._logs / f"{name}.log", _LINES)


class InFleet:
    """Processes of a fleet, in tests and benchmarks."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def start(self, name: str) -> None:
        """Start a process that isn't running."""
        self._fleet.start(name)

    def stop(self, name: str) -> None:
        """Stop it and wait until it has gone."""
        self._fleet.stop(name)

    def pid(self, name: str) -> int:
        """Its process id; 0 when it isn't running."""
        with contextlib.suppress(ProcessLookupError):
            return self._fleet.pid(name)
        return 0

    def why(self, name: str) -> str:
        """The last lines of its log."""
        return tail(self._fleet.log_file(name), _LINES)
