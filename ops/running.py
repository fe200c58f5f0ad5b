"""Knows whether Ascolto runs from a folder: a lock that ends with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops.environment import SettingsMistake, compose
from ops.processes import ROOT

_STOP_SECONDS = 30.0


class AlreadyRunning(Exception):
    """Another start holds the lock; `pid` is its process."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"Ascolto is already running (process {pid}). `make stop` ends it.")
        self.pid = pid


def _file(home: Path) -> Path:
    return home / "ascolto.lock"


def running_pid(home: Path) -> int | None:
    """The process that runs Ascolto from this folder, if any."""
    try:
        with _file(home).open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip() or 0)
    except (FileNotFoundError, ValueError):
        return None
    return None


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the folder while inside; raises AlreadyRunning.

    The kernel drops the lock when this process ends, however it ends: nothing stale is left.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(_file(home), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(running_pid(home) or 0) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def stop(home: Path, seconds: float = _STOP_SECONDS) -> bool:
    """End what runs from this folder and wait until it has; False if nothing did."""
    pid = running_pid(home)
    if not pid:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + seconds
    while running_pid(home) is not None:
        if time.monotonic() > end:
            raise TimeoutError(f"process {pid} didn't end within {seconds:.0f} s")
        time.sleep(0.1)
    return True


def main() -> int:
    """Command line of `make stop`."""
    try:
        home = Path(compose(ROOT)["ASCOLTO_HOME"])
        print("Stopped." if stop(home) else "Ascolto isn't running.")
    except (SettingsMistake, TimeoutError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
