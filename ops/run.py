"""`make run`: trains if need be, starts everything, says when it is ready, stops on Ctrl-C."""

from __future__ import annotations

import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from ops import generated_secrets, readiness, training
from ops.environment import SettingsMistake, compose, has_web_chat, is_demo
from ops.following import Following
from ops.launch import die_with_parent
from ops.process import Process
from ops.processes import ROOT, Layout
from ops.running import AlreadyRunning, only_one
from ops.steps import Interrupted, StepFailed, run_step, tail
from ops.supervision import Supervisor
from ops.watching import Watch

_SAY_AGAIN_SECONDS = 10.0
_STOP_SECONDS = 20.0


class CannotStart(Exception):
    """Something in the way of a start; the message says what to do about it."""


def say(message: str) -> None:
    """One line of progress."""
    print(message, flush=True)


def refuse_taken_ports(processes: Sequence[Process], gateway_host: str) -> None:
    """Raise CannotStart, naming each port that somebody else listens on and its setting."""
    taken = []
    for process in processes:
        if process.port is None:
            continue
        host = gateway_host if process.name.startswith("gateway") else "127.0.0.1"
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, process.port))
            except OSError as error:
                taken.append(
                    f"Port {process.port} for the {process.name} can't be used ({error.strerror})."
                    f" Free it, or set {process.port_setting} to another one in .env."
                )
    if taken:
        raise CannotStart("\n".join(taken))


class Run:
    """One start, from the checks to the end."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.home = layout.home
        self.stopping = threading.Event()
        self.hurry = False
        self.begun = time.monotonic()

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """The first signal stops in order; a second one doesn't wait any longer."""
        self.hurry = self.stopping.is_set()
        self.stopping.set()

    def whole(self) -> int:
        """Do everything; the exit status."""
        logs = self.home / "logs"
        processes = self.layout.processes()
        refuse_taken_ports(processes, self.layout.gateway_host)
        self._train(logs)
        begun = [process for process in processes if not process.on_demand]
        say(f"Starting {', '.join(process.name for process in begun)} (logs in {logs})")
        self.begun = time.monotonic()
        supervisor = Supervisor(processes, self.home)
        watch = Watch(supervisor, logs, say, self.layout.models)
        try:
            supervisor.begin()
            self._prepare(supervisor, logs)
            self._wait(begun, watch)
            say(self.ready_line())
            if self.layout.spare() is not None:
                Following(self.layout, supervisor, self.stopping, say).start()
            while not self.stopping.wait(1.0):
                watch.look()
        finally:
            say("Stopping …")
            supervisor.end(_STOP_SECONDS, waiting=lambda: not self.hurry)
            say("Stopped.")
        return 0

    def _train(self, logs: Path) -> None:
        training.ensure(self.layout, logs, stopping=self.stopping, published_is_enough=True)
        # A published model is served although the working tree's would be another one.
        if "make publish" in (last := tail(logs / "train.log", 1)):
            say(last.strip())

    def _prepare(self, supervisor: Supervisor, logs: Path) -> None:
        """Migrations side by side, while Rasa loads; then what needs them, and the seed first."""
        steps = self.layout.preparations()
        with ThreadPoolExecutor() as threads:
            seconds = list(
                threads.map(lambda step: run_step(step, logs, stopping=self.stopping), steps)
            )
        say(f"  databases are up to date ({max(seconds):.0f} s)")
        if seed := self.layout.seed():
            run_step(seed, logs, stopping=self.stopping)
            say("  the demo company is in place")
        for process in self.layout.processes():
            if process.after_preparation:
                supervisor.start(process.name)

    def _wait(self, processes: Sequence[Process], watch: Watch) -> None:
        said = time.monotonic()
        needed = [process for process in processes if not process.optional]

        def on_ready(process: Process) -> None:
            say(f"  {process.name} is ready ({time.monotonic() - self.begun:.0f} s)")

        def keep_waiting(reasons: dict[str, str]) -> None:
            nonlocal said
            if self.stopping.is_set():
                raise Interrupted("the start")
            watch.look()
            watch.refuse_failing_starts({process.name for process in needed})
            if time.monotonic() - said > _SAY_AGAIN_SECONDS:
                said = time.monotonic()
                waiting = "; ".join(f"{name} ({reason})" for name, reason in reasons.items())
                say(f"  {said - self.begun:.0f} s: waiting for {waiting}")

        # No limit: whoever isn't ready says why every ten seconds, and what works keeps working.
        readiness.wait(needed, float("inf"), on_ready=on_ready, keep_waiting=keep_waiting)

    def ready_line(self) -> str:
        """What a newcomer needs next, on one line."""
        url = self.layout.gateway_urls[0]
        seconds = time.monotonic() - self.begun
        example = "Ciao, dov'è il mio ordine LA-20398?" if is_demo(self.layout.settings) else "Ciao"
        kept = generated_secrets.read(self.home)
        name = "ASCOLTO_OPERATOR_PASSWORD"
        generated = self.layout.settings.get(name) == kept.get(name)
        where = f"in {self.home / generated_secrets.FILE}" if generated else "as you set it"
        chat = f" Chat: {url}/chat." if has_web_chat(self.layout.settings) else ""
        return (
            f"Ascolto is ready after {seconds:.0f} s."
            f"{chat}"
            f" Console: {url}/console ({name}, {where})."
            f" API: {url}/docs."
            f"{self._chat(example)}"
            " Stop: Ctrl-C."
        )

    def _chat(self, example: str) -> str:
        """How `make chat` in a fresh terminal reaches this system; nothing if it can't."""
        try:
            there = compose(ROOT, {})
            usual = Layout.of(there)
        except SettingsMistake:
            return ""
        key = "ASCOLTO_API_CHANNEL_KEY"
        if there.get(key) not in (None, self.layout.settings.get(key)):
            return ""
        needed = {
            "ASCOLTO_HOME": str(self.home),
            "ASCOLTO_GATEWAY_HOST": self.layout.gateway_host,
            "ASCOLTO_GATEWAY_PORT": str(self.layout.gateway_ports[0]),
        }
        given = (there["ASCOLTO_HOME"], usual.gateway_host, str(usual.gateway_ports[0]))
        missing = [
            f"{name}={shlex.quote(value)} "
            for (name, value), known in zip(needed.items(), given, strict=True)
            if value != known
        ]
        return f' Say something: {"".join(missing)}make chat SAY="{example}".'


def start(settings: dict[str, str]) -> int:
    """Run everything with these settings until a signal ends it; the exit status."""
    try:
        run = Run(Layout.of(generated_secrets.complete(settings)))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a hang-up stays ignored.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, run.on_signal)
        with only_one(run.home):
            return run.whole()
    except Interrupted as step:
        say(f"Interrupted during {step}.")
        return 0
    except (AlreadyRunning, CannotStart, SettingsMistake, StepFailed, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1


def main() -> int:
    """Command line of `make run`."""
    if "--tethered" in sys.argv:
        # Even a `make` killed with SIGKILL takes everything down with it.
        die_with_parent(signal.SIGTERM)
    try:
        settings = compose(ROOT)
    except SettingsMistake as error:
        print(error, file=sys.stderr)
        return 1
    return start(settings)


if __name__ == "__main__":
    sys.exit(main())
