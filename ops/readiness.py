"""Asks processes whether they are ready, and waits until they are."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from ops.process import Probe, Process

_ANSWER_SECONDS = 5.0
# Loopback only: a proxy from the environment has no business there.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotReady(Exception):
    """Some processes did not become ready; `reasons` says why, by name."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in reasons.items()))
        self.reasons = reasons


def why_not_ready(probe: Probe) -> str:
    """Empty when ready, else a short reason."""
    try:
        if probe.url.startswith("unix://"):
            return _ping(probe.url.removeprefix("unix://"))
        request = urllib.request.Request(probe.url, headers=dict(probe.headers))
        with _OPENER.open(request, timeout=_ANSWER_SECONDS) as answer:
            return "" if answer.status == 200 else f"answered {answer.status}"
    except urllib.error.HTTPError as error:
        return _reason(error)
    except (urllib.error.URLError, OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ConnectionRefusedError | FileNotFoundError):
            return "not listening yet"
        return str(reason) or type(error).__name__


def _ping(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_ANSWER_SECONDS)
        client.connect(path)
        client.sendall(b"PING\r\n")
        answer = client.recv(64)
    return "" if answer.startswith(b"+PONG") else f"answered {answer!r}"


def _reason(error: urllib.error.HTTPError) -> str:
    """What a 503 says about itself, shortened."""
    try:
        body = json.loads(error.read(10_000))
    except (ValueError, OSError):
        return f"answered {error.code}"
    if isinstance(body, dict):
        body = next((body[key] for key in ("problems", "checks", "error") if body.get(key)), body)
    return f"answered {error.code}: {json.dumps(body, ensure_ascii=False)[:300]}"


def wait(
    processes: Iterable[Process],
    seconds: float,
    *,
    on_ready: Callable[[Process], None] = lambda _process: None,
    keep_waiting: Callable[[dict[str, str]], None] = lambda _reasons: None,
) -> None:
    """Return when all are ready; raise NotReady after `seconds`.

    `on_ready` is told of each process once; `keep_waiting` is given the reasons of those that are
    not ready after every round, and ends the wait by raising.
    """
    waiting = list(processes)
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(max_workers=max(1, len(waiting))) as threads:
        while waiting:
            found = dict(
                zip(
                    [process.name for process in waiting],
                    threads.map(lambda process: why_not_ready(process.probe), waiting),
                    strict=True,
                )
            )
            for process in [process for process in waiting if not found[process.name]]:
                on_ready(process)
            waiting = [process for process in waiting if found[process.name]]
            reasons = {name: reason for name, reason in found.items() if reason}
            if not waiting:
                return
            if time.monotonic() > end:
                raise NotReady(reasons)
            keep_waiting(reasons)
            time.sleep(0.1)
