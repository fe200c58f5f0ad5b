"""Processes as children: started, killed and started again by name, and none left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ops.fleet import Fleet
from ops.process import Stage
from ops.processes import ROOT
from ops.readiness import NotReady
from tests.ops.dummies import PARENT, STUBBORN, alive, dummy, until


def test_started_processes_become_ready_and_end_with_the_fleet(tmp_path: Path) -> None:
    fleet = Fleet([dummy("one"), dummy("two", stage=Stage.FRONT)], tmp_path)
    try:
        fleet.start()
        fleet.wait_ready(seconds=60)
        pids = [fleet.pid("one"), fleet.pid("two")]
        assert all(alive(pid) for pid in pids)
    finally:
        fleet.close()
    assert not any(alive(pid) for pid in pids)


def test_a_killed_process_stays_away_until_started_and_comes_back_on_its_port(
    tmp_path: Path,
) -> None:
    fleet = Fleet([dummy("one")], tmp_path)
    try:
        fleet.start()
        fleet.wait_ready(seconds=60)
        before = fleet.pid("one")
        fleet.kill("one")
        assert not alive(before)
        assert not fleet.is_running("one")
        with pytest.raises(ProcessLookupError):
            fleet.pid("one")

        fleet.start("one")
        fleet.wait_ready(["one"], seconds=60)

        assert fleet.pid("one") != before
        log = fleet.log_file("one").read_text()
        assert re.findall(r"serving as (\d+)", log) == [str(before), str(fleet.pid("one"))]
    finally:
        fleet.close()


def test_who_ignores_the_request_to_stop_is_killed_in_the_end(tmp_path: Path) -> None:
    fleet = Fleet([dummy("stubborn", STUBBORN)], tmp_path)
    fleet.start()
    until(lambda: "here" in fleet.log_file("stubborn").read_text(), "it runs")
    pid = fleet.pid("stubborn")
    fleet.stop("stubborn", seconds=0.3)
    assert not alive(pid)
    fleet.close()


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_children_of_a_process_end_with_it(tmp_path: Path, end: str) -> None:
    fleet = Fleet([dummy("parent", PARENT)], tmp_path)
    fleet.start()
    log = fleet.log_file("parent")
    until(lambda: "child" in log.read_text(), "the child runs")
    child = int(log.read_text().split()[1])
    if end == "kill":
        fleet.kill("parent")
    else:
        fleet.stop("parent")
    until(lambda: not alive(child), "the child is gone")
    fleet.close()


def test_waiting_names_who_died_and_shows_its_last_words(tmp_path: Path) -> None:
    fleet = Fleet([dummy("broken", "print('no such policy'); raise SystemExit(3)")], tmp_path)
    fleet.start()
    with pytest.raises(NotReady, match=r"broken: ended\n\s+no such policy"):
        fleet.wait_ready(["broken"], seconds=60)
    fleet.close()


def test_a_hanging_process_goes_on_after_resuming(tmp_path: Path) -> None:
    fleet = Fleet([dummy("one")], tmp_path)
    fleet.start()
    fleet.wait_ready(seconds=60)
    fleet.signal("one", signal.SIGSTOP)
    stat = Path(f"/proc/{fleet.pid('one')}/stat")
    until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "it hangs")
    fleet.signal("one", signal.SIGCONT)
    fleet.wait_ready(seconds=60)
    fleet.close()


def test_a_starter_killed_with_sigkill_leaves_no_orphans(tmp_path: Path) -> None:
    starter = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from ops.fleet import Fleet
        from tests.ops.dummies import dummy
        fleet = Fleet([dummy("one")], Path({str(tmp_path)!r}))
        fleet.start()
        fleet.wait_ready(seconds=60)
        print(fleet.pid("one"), flush=True)
        time.sleep(600)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert alive(pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    until(lambda: not alive(pid), "the process started by the fleet is gone")
