"""Runs what happens once at a start (training, migrations, seed), with its output in a log."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from pathlib import Path

from ops.launching import tethered
from ops.process import Step
from ops.processes import ROOT

_TAIL_LINES = 15
_SAY_AGAIN_SECONDS = 15.0


class StepFailed(Exception):
    """A step ended badly; the message names it, shows its last lines and where the rest is."""


class Interrupted(Exception):
    """Somebody asked to stop while a step was running."""


def tail(file: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log, indented; empty when there is none."""
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - 20_000))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    return "".join(f"    {line}\n" for line in text.splitlines()[-lines:])


def run_step(
    step: Step,
    log_folder: Path,
    *,
    stopping: threading.Event | None = None,
    announce: str | None = None,
    announce_after: float = 0.0,
) -> float:
    """Run a step to its end and return its seconds; raises StepFailed or Interrupted.

    `announce` is printed once it has taken `announce_after` seconds, and now and then how long it
    has been at it.
    """
    log_folder.mkdir(parents=True, exist_ok=True)
    log = log_folder / f"{step.name}.log"
    begun = time.monotonic()
    say_at = begun + announce_after if announce else float("inf")
    with log.open("wb") as output:
        process = subprocess.Popen(
            tethered(step.argv, signal.SIGKILL),
            cwd=ROOT,
            env=dict(step.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while True:
                try:
                    process.wait(0.1)
                    break
                except subprocess.TimeoutExpired:
                    if stopping is not None and stopping.is_set():
                        raise Interrupted(step.name) from None
                if (now := time.monotonic()) > say_at:
                    say_at = now + _SAY_AGAIN_SECONDS
                    print(announce or f"  {step.name}: {now - begun:.0f} s so far", flush=True)
                    announce = None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode:
        raise StepFailed(
            f"{step.name} failed (exit {process.returncode}). Its last lines:\n{tail(log)}"
            f"The whole output is in {log}"
        )
    return time.monotonic() - begun
