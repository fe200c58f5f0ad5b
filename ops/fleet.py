"""Runs processes as children of this one, each to be killed and started again by name.

This is what tests and benchmarks use: nothing restarts by itself, so that a test decides when a
process is away and when it comes back. `make run` uses supervisor instead (`ops/supervision.py`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops import readiness
from ops.launching import launch_command, write_plan
from ops.process import Process, Stage
from ops.sockets import socket_folder
from ops.steps import tail


class Fleet:
    """A set of processes by name. Not for use by several threads at once, `kill` excepted."""

    def __init__(self, processes: Sequence[Process], home: Path) -> None:
        self._processes = {process.name: process for process in processes}
        self._logs = home / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._plan = socket_folder(home) / "plan.json"
        write_plan(tuple(processes), self._plan)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        # The kernel's signal at a parent's death comes when the *thread* that started the child
        # ends, so one thread that lives as long as the fleet starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fleet")

    @property
    def names(self) -> tuple[str, ...]:
        """All processes, started or not."""
        return tuple(self._processes)

    def process(self, name: str) -> Process:
        """The definition of a process."""
        return self._processes[name]

    def pid(self, name: str) -> int:
        """The process id; raises ProcessLookupError when it isn't running."""
        child = self._children.get(name)
        if child is None or child.poll() is not None:
            raise ProcessLookupError(f"{name} isn't running")
        return child.pid

    def is_running(self, name: str) -> bool:
        """Whether the process was started and has not ended."""
        child = self._children.get(name)
        return child is not None and child.poll() is None

    def log_file(self, name: str) -> Path:
        """Where the process writes; a restart appends."""
        return self._logs / f"{name}.log"

    def start(self, *names: str) -> None:
        """Start processes that aren't running, when none is named all but those that run on demand;
        doesn't wait for them."""
        usual = [name for name, process in self._processes.items() if not process.on_demand]
        for name in names or usual:
            if not self.is_running(name):
                self._children[name] = self._starter.submit(self._spawn, name).result()

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        with self.log_file(name).open("ab") as output:
            return subprocess.Popen(
                launch_command(self._plan, name, signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, name: str, number: int) -> None:
        """Send a signal to the process and its children."""
        os.killpg(self.pid(name), number)

    def kill(self, name: str) -> None:
        """SIGKILL: the process and its children are gone when this returns."""
        with contextlib.suppress(ProcessLookupError):
            self.signal(name, signal.SIGKILL)
        if child := self._children.get(name):
            child.wait()

    def stop(self, *names: str, seconds: float | None = None) -> None:
        """SIGTERM to all of these at once, SIGKILL to those that linger.

        `seconds` is how long they have, instead of each process's own time.
        """
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                self.signal(name, signal.SIGTERM)
        begun = time.monotonic()
        for name in names:
            if child := self._children.get(name):
                patience = self._processes[name].stop_seconds if seconds is None else seconds
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.0, begun + patience - time.monotonic()))
                # Its children too, even when it ended by itself and left some.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def wait_ready(self, names: Iterable[str] = (), seconds: float = 120.0) -> None:
        """Return when these (all that run, by default) are ready.

        Raises NotReady, with the end of the log of each that isn't, as soon as one has died.
        """
        chosen = [self._processes[name] for name in names or filter(self.is_running, self.names)]

        def give_up_when_dead(reasons: dict[str, str]) -> None:
            if dead := [name for name in reasons if not self.is_running(name)]:
                raise readiness.NotReady(
                    {name: f"ended\n{tail(self.log_file(name))}" for name in dead}
                )

        try:
            readiness.wait(chosen, seconds, keep_waiting=give_up_when_dead)
        except readiness.NotReady as error:
            told = {
                name: reason if "\n" in reason else f"{reason}\n{tail(self.log_file(name))}"
                for name, reason in error.reasons.items()
            }
            raise readiness.NotReady(told) from None

    def close(self) -> None:
        """Stop everything, the front first; nothing is left running."""
        for stage in reversed(Stage):
            self.stop(
                *(name for name, process in self._processes.items() if process.stage is stage)
            )
        self._starter.shutdown()
        self._plan.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody's socket is still in it
            self._plan.parent.rmdir()
