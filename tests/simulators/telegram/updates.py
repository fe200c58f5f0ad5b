"""The queue of updates: numbered, kept until confirmed, and delivered as badly as a test likes."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

Update = dict[str, Any]

FIRST_ID = 700_000_001
KEPT = 100_000


class Updates:
    """What the bot hasn't confirmed. Ids are given in the order of delivery, as Telegram does.

    `hold` keeps what happens back until `release`, which can turn the order round; `duplicate`
    makes an update that was confirmed already come once more under its old id.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.RLock()
        self._next_id = FIRST_ID
        self._pending: list[Update] = []
        self._again: list[Update] = []
        self._held: list[Update] | None = None
        self._repeat_next = 0
        self.history: list[Update] = []
        self.allowed: frozenset[str] | None = None

    def add(self, content: Update) -> int | None:
        """Queue what happened; its update_id, or None while held back or not asked for."""
        with self._lock:
            if self.allowed is not None and not self.allowed & content.keys():
                return None
            if self._held is not None:
                # As it was when it happened, whatever becomes of the message meanwhile.
                self._held.append(copy.deepcopy(content))
                return None
            update = {"update_id": self._next_id, **copy.deepcopy(content)}
            self._next_id += 1
            self._pending.append(update)
            self.history = [*self.history, update][-KEPT:]
            if self._repeat_next:
                self._repeat_next -= 1
                self._again.append(update)
        self._changed()
        return int(update["update_id"])

    def add_raw(self, update: Update) -> None:
        """Queue an update as it stands, however strange."""
        with self._lock:
            self._pending.append(update)
            if isinstance(update.get("update_id"), int):
                self._next_id = max(self._next_id, update["update_id"] + 1)
        self._changed()

    def skip_to(self, number: int) -> None:
        """Update ids go on from here: a gateway that outlives us remembers the earlier ones."""
        with self._lock:
            self._next_id = number

    def hold(self) -> None:
        """From now on nothing is delivered."""
        with self._lock:
            if self._held is None:
                self._held = []

    def release(self, *, reverse: bool = False) -> list[int]:
        """Deliver what was held back, newest first with `reverse`; the ids."""
        with self._lock:
            held, self._held = self._held or [], None
        if reverse:
            held.reverse()
        return [i for content in held if (i := self.add(content)) is not None]

    def duplicate(self, times: int = 1) -> None:
        """The next updates come twice, the second time although they were confirmed."""
        with self._lock:
            self._repeat_next += times

    def repeat(self, update_id: int) -> None:
        """Deliver an old update once more."""
        with self._lock:
            self._again += [u for u in self.history if u["update_id"] == update_id]
        self._changed()

    def fetch(self, offset: int, limit: int) -> list[Update]:
        """Confirm what lies below `offset` and return what is left, oldest first."""
        with self._lock:
            if offset < 0:
                self._pending = self._pending[offset:]
            elif offset > 0:
                self._pending = [u for u in self._pending if _id(u) >= offset]
            known = {_id(u) for u in self._pending}
            repeated = [u for u in self._again if _id(u) not in known]
            self._again = [u for u in self._again if _id(u) in known]
            return copy.deepcopy([*repeated, *self._pending][:limit])

    def first(self) -> Update | None:
        """What a webhook gets next."""
        with self._lock:
            waiting = [*self._pending, *self._again]
            return copy.deepcopy(waiting[0]) if waiting else None

    def confirm(self, update: Update) -> None:
        """A webhook took it."""
        with self._lock:
            for queue in (self._pending, self._again):
                for waiting in queue:
                    if waiting["update_id"] == update["update_id"]:
                        queue.remove(waiting)
                        return

    def clear(self) -> None:
        """drop_pending_updates."""
        with self._lock:
            self._pending.clear()
            self._again.clear()

    def count(self) -> int:
        with self._lock:
            return len(self._pending) + len(self._again)


def _id(update: Update) -> int:
    found = update.get("update_id")
    return found if isinstance(found, int) else 0
