"""Supervisor's configuration, and a real supervisord with small processes."""

from __future__ import annotations

import configparser
import os
import re
import signal
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ops import readiness
from ops.process import Process, Stage
from ops.sockets import socket_folder
from ops.supervision import Supervisor, configuration
from ops.watching import Watch
from tests.ops.dummies import PARENT, alive, dummy, until


def _parsed(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def test_there_is_no_network_server_and_the_socket_is_private(tmp_path: Path) -> None:
    parser = _parsed(configuration([dummy("one")], tmp_path, tmp_path / "plan.json"))
    assert not parser.has_section("inet_http_server")
    assert parser.get("unix_http_server", "chmod") == "0700"


def test_no_secret_stands_in_the_configuration_and_the_plan_is_private(tmp_path: Path) -> None:
    secret = "bearer-of-all-things"
    plain = dummy("one")
    process = Process(**{**vars(plain), "environment": {**plain.environment, "ASCOLTO_X": secret}})
    supervisor = Supervisor([process], tmp_path)
    supervisor.begin()
    try:
        assert secret not in (tmp_path / "supervisord.conf").read_text()
        plan = socket_folder(tmp_path) / "plan.json"
        assert secret in plan.read_text()
        assert stat.S_IMODE(plan.stat().st_mode) == 0o600
    finally:
        supervisor.end(10)


def test_stages_stop_front_first(tmp_path: Path) -> None:
    processes = [dummy("store", stage=Stage.STORE), dummy("front", stage=Stage.FRONT)]
    parser = _parsed(configuration(processes, tmp_path, tmp_path / "plan.json"))
    # Supervisor stops groups from the highest priority down.
    assert parser.getint("group:front", "priority") > parser.getint("group:store", "priority")
    assert parser.get("group:front", "programs") == "front"


def test_every_process_is_restarted_rotates_its_log_and_takes_its_children_along(
    tmp_path: Path,
) -> None:
    text = configuration([dummy("one")], tmp_path, tmp_path / "100% plan.json")
    parser = _parsed(text)
    section = dict(parser.items("program:one"))
    assert section["autorestart"] == "true"
    assert section["killasgroup"] == section["stopasgroup"] == "true"
    assert int(section["stdout_logfile_maxbytes"]) > 0
    assert int(section["stdout_logfile_backups"]) > 0
    assert "100%% plan.json" in section["command"]  # a lone % would begin an expansion


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder whose name needs quoting."""
    folder = tmp_path / "a home, 100% odd"
    folder.mkdir()
    return folder


@pytest.fixture
def supervised(home: Path) -> Iterator[tuple[Supervisor, Process]]:
    """A supervisord that runs one small server."""
    process = dummy("one")
    supervisor = Supervisor([process], home)
    supervisor.begin()
    try:
        readiness.wait([process], 60)
        yield supervisor, process
    finally:
        supervisor.end(10)


def _pid(supervisor: Supervisor, name: str = "one") -> int:
    return next((status.pid for status in supervisor.statuses() if status.name == name), 0)


def test_who_dies_is_started_again_and_a_person_is_told(
    supervised: tuple[Supervisor, Process], home: Path
) -> None:
    supervisor, process = supervised
    told: list[str] = []
    watch = Watch(supervisor, home / "logs", told.append)
    watch.look()
    before = _pid(supervisor)
    os.kill(before, signal.SIGKILL)

    def back() -> bool:
        watch.look()
        return _pid(supervisor) not in (0, before)

    until(back, "it was started again")
    readiness.wait([process], 60)
    watch.look()
    assert any(re.search(r"one (died|ended)", line) for line in told)


def test_nothing_is_left_when_supervisord_itself_is_killed(
    supervised: tuple[Supervisor, Process], home: Path
) -> None:
    supervisor, _ = supervised
    pid = _pid(supervisor)
    supervisord = int((socket_folder(home) / "supervisord.pid").read_text())
    os.kill(supervisord, signal.SIGKILL)
    until(lambda: not alive(pid), "its process is gone")
    until(lambda: not supervisor.alive, "we see that it is gone")


def test_failing_starts_are_repeated_with_growing_pauses(tmp_path: Path) -> None:
    supervisor = Supervisor([dummy("broken", "raise SystemExit(1)")], tmp_path)
    supervisor.begin()
    log = tmp_path / "logs" / "supervisord.log"

    def moments(word: str) -> list[datetime]:
        """When supervisor did that, by its own log."""
        lines = log.read_text().splitlines() if log.exists() else []
        told = [line[:23] for line in lines if f"INFO {word}: " in line or f"WARN {word}: " in line]
        return [datetime.strptime(one, "%Y-%m-%d %H:%M:%S,%f").astimezone() for one in told]

    try:
        until(lambda: len(moments("spawned")) >= 4, "four attempts")
    finally:
        supervisor.end(10)
    pairs = zip(moments("exited"), moments("spawned")[1:4], strict=False)
    pauses = [(again - ended).total_seconds() for ended, again in pairs]
    assert [pause >= number - 0.1 for number, pause in enumerate(pauses, start=1)] == [True] * 3


def test_the_end_takes_children_of_processes_along(tmp_path: Path) -> None:
    supervisor = Supervisor([dummy("parent", PARENT)], tmp_path)
    supervisor.begin()
    log = tmp_path / "logs" / "parent.log"
    until(lambda: log.exists() and "child" in log.read_text(), "the child runs")
    child = int(log.read_text().split()[1])
    supervisor.end(10)
    until(lambda: not alive(child), "the child is gone")


def test_a_deep_home_has_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    folder = socket_folder(deep)
    assert len(os.fsencode(folder / "supervisor.sock.4194304")) <= 107
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(deep) == folder
    folder.rmdir()
