"""What an update becomes, and what it takes to read one."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.channels.contract import Envelope
from integrations.channels.telegram.groups import Me


@dataclass(frozen=True)
class Ignored:
    """An update that says nothing to us, and why."""

    update_id: int | None
    reason: str


Converted = Envelope | Ignored


@dataclass(frozen=True)
class Place:
    """Whose updates are read, and when."""

    account: str
    me: Me
    now: float
