"""Training from nothing, a second `make run`, and what everything then holds in memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.measures import Figure
from bench.processes import tree
from bench.stand import Plan
from bench.targets import MEMORY, START, TRAIN
from bench.wire import Http, Unexpected
from ops.environment import compose
from ops.launching import tethered
from ops.processes import ROOT
from ops.steps import tail
from ops.system import free_port

_PATIENCE_S = 300.0
# As `bot.train` trains, but into a folder where there is neither a model nor a cache.
_TRAIN = """
import sys
from pathlib import Path
from bot import logs, train
logs.configure("ERROR")
train.MODELS = Path(sys.argv[1])
train.CURRENT = train.MODELS / "current.json"
train.train(force=True)
"""
_TALK = ("ciao", "dov'è il mio ordine LA-20398?", "grazie mille", "hello", "are you a bot?")


def train(plan: Plan) -> list[Figure]:
    """`rasa train` with an empty cache, from the command to the model's file."""
    folder = plan.scratch / "trained"
    folder.mkdir()
    log = plan.scratch / "train.log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"}
    begun = time.perf_counter()
    with log.open("wb") as output:
        child = psutil.Popen(
            tethered([plan.python, "-c", _TRAIN, str(folder)], signal.SIGKILL),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    cpu = 0.0
    while child.poll() is None:
        cpu = _cpu_seconds(child) or cpu
        time.sleep(0.1)
    seconds = time.perf_counter() - begun
    if child.returncode != 0 or not list(folder.glob("*.tar.gz")):
        raise Unexpected(f"training failed\n{tail(log)}")
    note = f"with the start of Python and Rasa; {cpu:.0f} s of CPU time"
    return [TRAIN.figure(seconds, note=note)]


class _Run:
    """One `make run` in a folder of its own."""

    def __init__(self, home: Path, settings: dict[str, str]) -> None:
        made = ROOT / ".venv" / "platform" / "bin" / "python"
        # Without the environments that `make setup` makes, what `make run` calls is started.
        self.whole = made.exists()
        own = [sys.executable, "-m", "ops.run"]
        command = ["make", "--no-print-directory", "run"] if self.whole else own
        self._log = home / "run.log"
        self._output = self._log.open("wb")
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The starter's process id; everything else descends from it."""
        return self._process.pid

    def wait_ready(self) -> float:
        """Seconds from the command to the ready line."""
        while time.perf_counter() - self.begun < _PATIENCE_S:
            if b"Ascolto is ready" in self._log.read_bytes():
                return time.perf_counter() - self.begun
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise Unexpected(f"`make run` didn't get ready\n{tail(self._log)}")

    def stop(self) -> None:
        """Ctrl-C, as a terminal sends it, and wait for the end."""
        everything = tree(self.pid)
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGINT)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._process.wait()
        for process in everything:
            with contextlib.suppress(psutil.Error):
                process.wait(10)
        self._output.close()


@contextmanager
def _running(home: Path, settings: dict[str, str]) -> Iterator[_Run]:
    run = _Run(home, settings)
    try:
        yield run
    finally:
        run.stop()


def start(plan: Plan) -> list[Figure]:
    """A first start makes databases and secrets; the second is measured, then its memory."""
    home = plan.scratch / "run"
    home.mkdir()
    ports = {
        f"ASCOLTO_{name}_PORT": str(free_port())
        for name in ("GATEWAY", "BRIDGE", "RASA", "ACTIONS")
    }
    cleared = dict.fromkeys(("ASCOLTO_DATABASE_URL", "ASCOLTO_REDIS_URL", "ASCOLTO_SMTP_URL"), "")
    settings = {**compose(ROOT), **cleared, **ports, "ASCOLTO_HOME": str(home)}
    settings |= {"ASCOLTO_DEMO": "1", "ASCOLTO_RASA_PROCESSES": "1", "PYTHONPATH": str(ROOT)}
    with _running(home, settings) as run:
        first = run.wait_ready()
    with _running(home, settings) as run:
        second = run.wait_ready()
        cpu = sum(_cpu_seconds(process) for process in tree(run.pid))
        whole = run.whole
        asyncio.run(_talk(home, ports["ASCOLTO_GATEWAY_PORT"], plan.pick(40, 10)))
        held = _memory(run.pid)
    how = "" if whole else "`python -m ops.run`, which `make run` calls after its set-up; "
    total = sum(held.values()) / 1000
    listed = ", ".join(f"{name} {mb:.0f}" for name, mb in sorted(held.items(), key=_largest))
    return [
        START.figure(
            second,
            note=f"{how}{cpu:.0f} s of CPU time; the first start took {first:.1f} s",
        ),
        MEMORY.figure(
            total,
            note=f"PSS in MB after some conversations: {listed}",
        ),
    ]


def _cpu_seconds(process: psutil.Process) -> float:
    """CPU time of a process and of its children that have ended; 0 when it is gone."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _largest(item: tuple[str, float]) -> float:
    return -item[1]


def _memory(pid: int) -> dict[str, float]:
    """PSS of a start's processes in MB, by what each runs."""
    held: dict[str, float] = {}
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            words = " ".join(process.cmdline())
            names = {
                "bot.serve": "rasa",
                "actions.serve": "actions",
                "crm_bridge.app": "bridge",
                "integrations.gateway": "gateway",
                "valkey": "valkey",
            }
            name = next((name for mark, name in names.items() if mark in words), "starter")
            alone = process.memory_full_info().pss / 1e6
            held[name] = held.get(name, 0.0) + alone
    return held


async def _talk(home: Path, port: str, turns: int) -> None:
    """Some conversations, so that what is loaded on first use is loaded."""
    secrets = dict(
        line.split("=", 1)
        for line in (home / "secrets.env").read_text("utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    key = secrets["ASCOLTO_API_CHANNEL_KEY"].strip("'\"")
    http = Http(f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {key}"})
    for number in range(turns):
        name = f"memory-{number % 8}"
        body: dict[str, Any] = {
            "conversation": name,
            "message_id": str(number),
            "text": _TALK[number // 8 % len(_TALK)],
        }
        await http.post("/channels/api/messages", body, 202)
        path = f"/channels/api/conversations/{name}/messages"
        for _ in range(1000):
            entries = (await http.get(path))["messages"]
            if any(str(number) in (entry.get("in_reply_to") or ()) for entry in entries):
                break
            await asyncio.sleep(0.02)
        else:
            raise Unexpected("no reply after a start")
    http.close()
