"""Failures that a test asks for, used up one by one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "429",  # refused, with retry_after of `seconds`
    "500",  # Telegram's own failure; nothing was done
    "502",  # a gateway's page instead of JSON; it was done all the same
    "timeout_before",  # no answer, nothing was done
    "timeout_after",  # done, but no answer
    "drop_before",  # the connection is cut, nothing was done
    "drop_after",  # done, then the connection is cut
    "slow",  # done after `seconds`
]


@dataclass
class Fault:
    """One way to fail, for the next `times` calls of `method` (any without) to `chat_id`."""

    kind: Kind
    method: str | None = None
    chat_id: int | None = None
    seconds: float = 0.0
    times: int = 1

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is one of those meant."""
        wanted = self.method.lower() if self.method else None
        # Long polls and the page's own calls aren't meant unless they are named.
        if wanted is None:
            return method not in ("getupdates", "getme") and self.chat_id in (None, chat_id)
        return wanted == method and self.chat_id in (None, chat_id)


class Faults:
    """A queue that tests fill and calls empty."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._queue.append(fault)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The first fault that fits this call, counted as used."""
        with self._lock:
            for fault in self._queue:
                if fault.fits(method, chat_id):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._queue.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def waiting(self) -> int:
        """How many faults nobody has met yet."""
        with self._lock:
            return len(self._queue)
