"""Who may still come in: a process that is about to be stopped finishes what it has in hand.

While it drains, whatever would change a conversation is refused before anything of it is done, so
that another process can take it; what was let in before goes on to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Draining(Exception):
    """Nothing was done: ask another process."""


class Door:
    """Counts what is in hand, and is closed by draining."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.draining = False

    @contextmanager
    def entered(self) -> Iterator[None]:
        """In hand as long as inside; raises Draining when the door is closed."""
        if self.draining:
            raise Draining
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
