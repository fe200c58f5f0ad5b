"""Small processes to start, kill and watch in place of the real ones."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ops.process import Probe, Process, Stage
from ops.system import free_port

SERVER = """
import http.server, os, signal, sys
print("serving as", os.getpid(), flush=True)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('here', flush=True); time.sleep(600)"
)

# Starts a child of its own, as servers with workers do.
PARENT = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('child', child.pid, flush=True); time.sleep(600)"
)


def dummy(
    name: str, code: str = SERVER, *, stage: Stage = Stage.CORE, stop_seconds: int = 8
) -> Process:
    """A process that runs `code` with a free port as its argument."""
    port = free_port()
    return Process(
        name=name,
        argv=(sys.executable, "-c", code, str(port)),
        environment=dict(os.environ),
        stage=stage,
        probe=Probe(f"http://127.0.0.1:{port}/"),
        port=port,
        port_setting=f"ASCOLTO_{name.upper()}_PORT",
        stop_seconds=stop_seconds,
    )


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for a condition of another process."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process lives (a zombie doesn't)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
