"""The action server as a process: loopback, healthy, discreet."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.responses import ROOT

SECRET = "giulia.ferraris@example.com wrote something private"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and log of a running server."""
    port, log = free_port(), tmp_path_factory.mktemp("actions") / "log"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ASCOLTO_ACTIONS_PORT": str(port),
        "ASCOLTO_BRIDGE_URL": "http://127.0.0.1:9",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "actions.serve"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/health", timeout=10).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield url, log
        process.terminate()
        process.wait(60)
    assert "Unclosed" not in log.read_text()


def call(url: str, action: str) -> dict[str, object]:
    body = {
        "next_action": action,
        "version": "3.6.21",
        "tracker": {
            "sender_id": "c1",
            "slots": {"language": "en"},
            "latest_message": {"text": SECRET, "intent": {"name": "return_refund"}},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
    }
    request = urllib.request.Request(
        f"{url}/webhook",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def test_it_answers_without_the_domain(server: tuple[str, Path]) -> None:
    answer = call(server[0], "action_greet")
    assert answer["responses"][0]["response"] == "utter_greet"  # type: ignore[index]


def test_it_apologises_when_the_bridge_is_away_and_quotes_nobody(server: tuple[str, Path]) -> None:
    answer = call(server[0], "action_answer_question")
    assert answer["responses"][0]["response"] == "utter_trouble_knowledge"  # type: ignore[index]
    log = server[1].read_text()
    assert "action_answer_question: bridge answered" in log
    assert "private" not in log
    assert "Warning:" not in log
    assert "@" not in log


def test_it_listens_on_loopback_only(server: tuple[str, Path]) -> None:
    port = int(server[0].rsplit(":", 1)[1])
    for family in ("/proc/net/tcp", "/proc/net/tcp6"):
        table = Path(family)
        if not table.exists():
            pytest.skip("needs /proc")
        for line in table.read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and int(address.rsplit(":", 1)[1], 16) == port:
                assert address.startswith("0100007F:")
