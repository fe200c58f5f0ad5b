"""Who asks for updates: Telegram hears one at a time, and the newcomer ends the one before."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol


class Address(Protocol):
    """The other end of a connection."""

    @property
    def port(self) -> int: ...


@dataclass
class Poll:
    """One `getUpdates` that is being answered."""

    port: int
    ended_by_other: bool = False


class Polls:
    """At most one is current; `overlaps` counts how often another came on top of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Poll | None = None
        self.overlaps = 0
        self.begun = 0

    @property
    def current_port(self) -> int | None:
        """The caller's port, by which tests find the process that polls."""
        with self._lock:
            return self._current.port if self._current else None

    def begin(self, caller: Address | None) -> Poll:
        """Somebody asks; who asked before is told to go."""
        with self._lock:
            if self._current is not None:
                self._current.ended_by_other = True
                self.overlaps += 1
            self.begun += 1
            self._current = Poll(caller.port if caller else 0)
            return self._current

    def end(self, poll: Poll) -> None:
        """It is answered, or the caller hung up."""
        with self._lock:
            if self._current is poll:
                self._current = None
