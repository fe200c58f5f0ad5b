"""One start a folder: refused while one runs, ended from elsewhere, never stale."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.processes import ROOT
from ops.running import AlreadyRunning, only_one, running_pid, stop


@contextmanager
def _holder(home: Path) -> Iterator[int]:
    """Another process that runs from this folder until it is told to stop."""
    code = textwrap.dedent(
        f"""
        import signal, sys, threading
        from pathlib import Path
        from ops.running import only_one
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        with only_one(Path({str(home)!r})):
            print("holding", flush=True)
            stopping.wait()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        try:
            yield process.pid
        finally:
            process.kill()


def test_a_second_start_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    with _holder(tmp_path) as pid:
        assert running_pid(tmp_path) == pid
        with pytest.raises(AlreadyRunning, match=rf"{pid}.*make stop"), only_one(tmp_path):
            pass


def test_it_is_stopped_from_elsewhere(tmp_path: Path) -> None:
    with _holder(tmp_path):
        assert stop(tmp_path, seconds=60)
        assert running_pid(tmp_path) is None


def test_nothing_stale_is_left_by_a_start_that_was_killed(tmp_path: Path) -> None:
    with _holder(tmp_path) as pid:
        os.kill(pid, signal.SIGKILL)
    assert running_pid(tmp_path) is None
    with only_one(tmp_path):
        pass


def test_stopping_what_does_not_run_says_so(tmp_path: Path) -> None:
    assert not stop(tmp_path)
    assert not stop(tmp_path / "never made")
