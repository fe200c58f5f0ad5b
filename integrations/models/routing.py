"""Which model answers a conversation: the live one, or the canary for a steady share of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_WHOLE = 2**64


@dataclass(frozen=True)
class Canary:
    """A model on trial with a share (0 to 1) of the conversations, since so many epoch seconds."""

    model: str
    share: float
    since: float


@dataclass(frozen=True)
class Routing:
    """Who is served by which model; `version` counts the changes."""

    live: str
    previous: str | None = None
    canary: Canary | None = None
    version: int = 0
    since: float = 0.0

    def wanted(self, conversation: str) -> str:
        """The model for a conversation: the same one as long as the canary lasts."""
        if self.canary is not None and place(self.canary.model, conversation) < self.canary.share:
            return self.canary.model
        return self.live


def place(model: str, conversation: str) -> float:
    """Where a conversation stands between 0 and 1 for a canary; evenly spread, always the same.

    The model is part of it: it isn't always the same customers on whom things are tried.
    """
    digest = hashlib.blake2b(f"{model}|{conversation}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _WHOLE
