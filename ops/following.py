"""`make run`'s upkeep of models: file and processes follow what gateways route to.

A trial that was promoted or withdrawn by its rule or at the console, a publication that was
interrupted, one made while nothing ran: seen here within seconds, and brought to its end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ops import served
from ops.deploying import Deployment
from ops.gateway import Gateway, GatewayProblem
from ops.hosts import UnderSupervisor
from ops.processes import Layout
from ops.rolling import Roll, RollFailed
from ops.supervision import Supervisor

_EVERY_S = 3.0
# After a process could not be brought in line, somebody has to look first.
_AFTER_FAILURE_S = 60.0


class _Stop(Exception):
    """The start ends, or somebody else wants to change models."""


class Following(threading.Thread):
    """Runs beside the main loop until `stopping` is set."""

    def __init__(
        self,
        layout: Layout,
        supervisor: Supervisor,
        stopping: threading.Event,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(name="following", daemon=True)
        self._layout = layout
        self._supervisor = supervisor
        self._stopping = stopping
        self._say = say
        self._said = ""

    def run(self) -> None:
        """Look every few seconds."""
        pause = _EVERY_S
        while not self._stopping.wait(pause):
            pause = self._look()

    def _look(self) -> float:
        """Bring in line what isn't; how many seconds until the next look."""
        models = self._layout.models
        try:
            with (
                served.alone(models, wait=False),
                Gateway.beside(self._layout) as gateway,
            ):
                deployment = self._deployment(gateway)
                deployment.record_unrecorded()
                if not deployment.bring_in_line():
                    self._tell("the live model isn't in models/: this machine keeps what it has")
        except (served.Busy, _Stop):
            pass
        except (GatewayProblem, OSError) as error:
            # The gateway restarts, or supervisor is on its way out.
            self._tell(str(error))
        except RollFailed as error:
            self._tell(str(error))
            return _AFTER_FAILURE_S
        except Exception as error:  # noqa: BLE001 — said, and looked at again: nobody else would
            self._tell(f"{type(error).__name__}: {error}")
            return _AFTER_FAILURE_S
        else:
            self._said = ""
        return _EVERY_S

    def _deployment(self, gateway: Gateway) -> Deployment:
        host = UnderSupervisor(self._supervisor, self._layout.home)
        spare = self._layout.spare()
        assert spare is not None
        roll = Roll(host, self._layout.rasas(), spare, say=self._tell, between=self._between)
        return Deployment(
            self._layout.models,
            roll,
            host,
            gateway,
            author="make run",
            say=self._tell,
        )

    def _between(self) -> None:
        if self._stopping.is_set() or served.wanted(self._layout.models):
            raise _Stop

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(f"  models: {line}")
