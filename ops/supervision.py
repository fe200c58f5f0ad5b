"""Runs the processes under supervisor: its configuration, and the few calls made to it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from ops.launching import launch_command, tethered, write_plan
from ops.process import Process, Stage
from ops.processes import ROOT
from ops.sockets import socket_folder

# Supervisor waits 1, 2, 3 … seconds between failing starts. After this many it gives up, and
# `Supervisor.revive` begins again: so the longest pause stays near half a minute.
_STARTS_IN_A_ROW = 30
_STEADY_SECONDS = 5
_LOG_BYTES = 10_000_000
_LOGS_KEPT = 3
_PAUSE_SECONDS = 0.1


def _quoted(part: str) -> str:
    """One word of a command, in a file where `%` begins an expansion."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def configuration(processes: Sequence[Process], home: Path, plan: Path) -> str:
    """Supervisor's configuration: no network server, a socket that only its owner can use.

    A stage is a group: groups stop one after the other, the processes of a group together. Paths
    are relative to `home`, where supervisord runs: it expands `%` in them an odd number of times.
    """
    sockets = socket_folder(home)
    if sockets.is_relative_to(home):
        sockets = sockets.relative_to(home)
    lines = [
        "; Written by every start: changes are lost. What runs is said in ops/processes.py.",
        "[supervisord]",
        "nodaemon = true",
        "silent = true",
        "logfile = logs/supervisord.log",
        f"logfile_maxbytes = {_LOG_BYTES}",
        f"logfile_backups = {_LOGS_KEPT}",
        f"pidfile = {sockets}/supervisord.pid",
        "childlogdir = logs",
        "",
        "[unix_http_server]",
        f"file = {sockets}/supervisor.sock",
        "chmod = 0700",
        "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
        "",
        "[supervisorctl]",
        f"serverurl = unix://{sockets}/supervisor.sock",
    ]
    for process in processes:
        command = launch_command(plan, process.name, signal.SIGTERM)
        lines += [
            "",
            f"[program:{process.name}]",
            f"command = {' '.join(_quoted(part) for part in command)}",
            f"autostart = {_at_once(process)}",
            "autorestart = true",
            f"startsecs = {_STEADY_SECONDS}",
            f"startretries = {_STARTS_IN_A_ROW}",
            "stopsignal = TERM",
            f"stopwaitsecs = {process.stop_seconds}",
            # A process may have children of its own: they stop with it.
            "stopasgroup = true",
            "killasgroup = true",
            "redirect_stderr = true",
            f"stdout_logfile = logs/{process.name}.log",
            f"stdout_logfile_maxbytes = {_LOG_BYTES}",
            f"stdout_logfile_backups = {_LOGS_KEPT}",
        ]
    for stage in Stage:
        if names := [process.name for process in processes if process.stage is stage]:
            lines += [
                "",
                f"[group:{stage.name.lower()}]",
                f"programs = {','.join(names)}",
                f"priority = {stage.value}",
            ]
    return "\n".join(lines) + "\n"


def _at_once(process: Process) -> str:
    return "false" if process.after_preparation or process.on_demand else "true"


@dataclass(frozen=True)
class Status:
    """What supervisor says of one process; `state` is one of its state names (RUNNING, …)."""

    name: str
    state: str
    pid: int


class Supervisor:
    """A supervisord of our own, a child of this process that ends with it.

    Without `begin`, that of another process of ours (`make run`), to ask and to order.
    """

    def __init__(self, processes: Sequence[Process], home: Path) -> None:
        self._processes = {process.name: process for process in processes}
        self._home = home
        self._sockets = socket_folder(home)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def processes(self) -> tuple[Process, ...]:
        """What it runs."""
        return tuple(self._processes.values())

    def begin(self) -> None:
        """Start supervisord; it starts all processes that need no preparation at once."""
        (self._home / "logs").mkdir(parents=True, exist_ok=True)
        plan, file = self._sockets / "plan.json", self._home / "supervisord.conf"
        write_plan(self.processes, plan)
        file.write_text(configuration(self.processes, self._home, plan))
        command = (sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(file))
        with (self._home / "logs" / "supervisord.out").open("wb") as output:
            self._child = subprocess.Popen(
                tethered(command, signal.SIGTERM),
                cwd=self._home,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for us alone: we stop the processes in their order.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether supervisord runs."""
        return self._child is not None and self._child.poll() is None

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(
            None, None, serverurl=f"unix://{self._sockets / 'supervisor.sock'}"
        )
        with contextlib.closing(transport):
            server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(server.supervisor, method)(*arguments)

    def _full_name(self, name: str) -> str:
        return f"{self._processes[name].stage.name.lower()}:{name}"

    def start(self, name: str) -> None:
        """Start a process that waited for its preparation, or that was given up.

        Waits until supervisord takes calls, if it has only just begun.
        """
        while True:
            try:
                self._call("startProcess", self._full_name(name), False)
            except xmlrpc.client.Fault:
                return  # it was started meanwhile
            except OSError:
                if not self.alive:
                    if self._child is None:
                        raise
                    return  # whoever watches says so
                time.sleep(_PAUSE_SECONDS)
            else:
                return

    def stop(self, name: str) -> None:
        """Stop a process; it is gone when this returns, and stays away until started."""
        with contextlib.suppress(xmlrpc.client.Fault):  # it wasn't running
            self._call("stopProcess", self._full_name(name), True)

    def statuses(self) -> list[Status]:
        """The state of every process; [] while supervisord doesn't answer."""
        try:
            answer = self._call("getAllProcessInfo")
        except (OSError, xmlrpc.client.Error):
            return []
        return [Status(info["name"], info["statename"], info["pid"]) for info in answer]

    def revive(self) -> None:
        """Start again what supervisor gave up."""
        for status in self.statuses():
            if status.state == "FATAL":
                self.start(status.name)

    def end(self, seconds: float, waiting: Callable[[], bool] = lambda: True) -> None:
        """Stop all processes, the front first; whoever lingers is killed after `seconds`.

        `waiting` is asked meanwhile whether to go on waiting.
        """
        if self._child is None:
            return
        pids = [status.pid for status in self.statuses() if status.pid]
        self._child.terminate()
        end = time.monotonic() + seconds
        while self.alive and waiting() and time.monotonic() < end:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(_PAUSE_SECONDS)
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        (self._sockets / "plan.json").unlink(missing_ok=True)
        for pid in pids:
            # Each process leads a group of its own; in the ordinary case it is long gone.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
