"""What can go wrong between an action and the bridge.

BridgeError
├── BridgeAway      not reached, too slow or broken (no answer, time-out, 5xx)
├── GrantRequired   403: this conversation has not been verified for what was asked
├── NotFound        404 or 410: the thing is not there, or no longer
├── Conflict        409: no longer possible; its `code` says why (`too_late`, `already_returned` …)
├── TooMany         429: ask again after `retry_after` seconds
└── Refused         any other 4xx: our own mistake (token, scope, body)
"""

from __future__ import annotations

from typing import Any


class BridgeError(Exception):
    """Base of all; carries a code for the logs, never what a customer wrote."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BridgeAway(BridgeError):
    """The bridge gave no usable answer; whether it acted is not known."""


class GrantRequired(BridgeError):
    """Personal data was asked for without a live grant."""


class NotFound(BridgeError):
    """There is no such thing."""


class Conflict(BridgeError):
    """The thing is no longer in the state the call expected; `code` says why."""


class TooMany(BridgeError):
    """A limit was reached; `retry_after` is in seconds."""

    def __init__(self, code: str, retry_after: float) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class Refused(BridgeError):
    """The call itself was wrong."""


def error_for(status: int, body: Any, retry_after: str | None) -> BridgeError:
    """The error that an answer with this status stands for (`status` is 400 or more)."""
    error = body.get("error") if isinstance(body, dict) else None
    code = str(error.get("code")) if isinstance(error, dict) else f"http_{status}"
    if status >= 500:
        return BridgeAway(code)
    if status == 403 and code == "grant_required":
        return GrantRequired(code)
    if status in (404, 410):
        return NotFound(code)
    if status == 409:
        return Conflict(code)
    if status == 429:
        try:
            seconds = float(retry_after or 60)
        except ValueError:
            seconds = 60.0
        return TooMany(code, seconds)
    return Refused(code)
