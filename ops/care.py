"""What a Rasa process is asked while models change: its state, and to drain."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from ops.process import Process

_ANSWER_S = 10.0
# Loopback only: a proxy from the environment has no business there.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class State:
    """What a process says of itself."""

    model: str
    draining: bool
    in_flight: int


def state(process: Process, *, tried: bool = False) -> State | None:
    """Its state; None when it doesn't answer, or can't answer customers.

    `tried`: it parses a sentence and looks at its database before it answers.
    """
    return _ask(process, "GET", "ready" if tried else "state")


def drain(process: Process) -> State | None:
    """Let nobody in any more; None when it doesn't answer."""
    return _ask(process, "POST", "drain")


def resume(process: Process) -> State | None:
    """Let everybody in again."""
    return _ask(process, "POST", "resume")


def post(process: Process, call: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and answer of another call. Raises OSError when nobody answers."""
    request = _request(process, "POST", call, json.dumps(body).encode())
    try:
        with _OPENER.open(request, timeout=2 * _ANSWER_S) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _object(error.read(10_000))


def _ask(process: Process, method: str, call: str) -> State | None:
    try:
        with _OPENER.open(
            _request(process, method, call, None if method == "GET" else b"{}"), timeout=_ANSWER_S
        ) as answer:
            body = _object(answer.read())
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return None
    return State(
        model=str(body.get("model_sha") or ""),
        draining=bool(body.get("draining")),
        in_flight=int(body.get("in_flight") or 0),
    )


def _request(
    process: Process, method: str, call: str, content: bytes | None
) -> urllib.request.Request:
    url = process.probe.url.removesuffix("ready") + call
    headers = {**process.probe.headers, "Content-Type": "application/json"}
    return urllib.request.Request(url, content, headers, method=method)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
