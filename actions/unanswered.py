"""Changing calls whose answer never came: asked for again, they are sent under their first key.

Nobody knows whether such a call acted. Under a new key, "try again" could open a second case.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

# Older ones are new calls; the bridge itself keeps keys for longer.
KEPT_S = 24 * 3600.0
# So many calls of one conversation are kept, the newest.
_MOST = 5

Kept = list[dict[str, Any]]


class Unanswered:
    """The unanswered calls of one conversation, oldest first.

    Each is `{call, key, at}`: a hash of what was sent, the key it was sent under, and the time in
    seconds since 1970.
    """

    def __init__(self, kept: Kept | None = None, now: float | None = None) -> None:
        self._now = time.time() if now is None else now
        self._before: Kept = list(kept or ())
        self._calls = {str(c["call"]): c for c in self._before if c["at"] > self._now - KEPT_S}

    @property
    def changed(self) -> bool:
        """Whether there is something to record."""
        return self.kept != self._before

    @property
    def kept(self) -> Kept:
        """What the tracker keeps."""
        return list(self._calls.values())[-_MOST:]

    def key(self, call: str, key: str, within_s: float) -> str:
        """What to send a call under: its first try's key, if `within_s` seconds have not passed."""
        first = self._calls.get(call)
        return str(first["key"]) if first and first["at"] > self._now - within_s else key

    def age_s(self, call: str) -> float:
        """Seconds since the first try of a call; 0 for one that isn't here."""
        first = self._calls.get(call)
        return self._now - float(first["at"]) if first else 0.0

    def lost(self, call: str, key: str) -> None:
        """No answer came; the time of the first try stays."""
        first = self._calls.get(call)
        if first is None or first["key"] != key:
            self._calls.pop(call, None)
            self._calls[call] = {"call": call, "key": key, "at": self._now}

    def answered(self, call: str) -> None:
        """An answer came, whatever it says."""
        self._calls.pop(call, None)


def call_hash(method: str, path: str, body: Any) -> str:
    """What tells one call from another, without its words."""
    said = json.dumps([method, path, body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
