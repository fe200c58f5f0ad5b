"""A case as the card shows it, read from the gateway's tables in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from integrations.conversations.tables import conversations, handoffs

OPEN = ("queued", "claimed", "message")
CLOSED = ("resolved", "returned", "abandoned")
# Keys to doors that somebody may have told the bot.
_NEVER_SHOWN = frozenset({"code", "password", "token"})


@dataclass(frozen=True)
class Case:
    """Everything a card says. Times are epoch seconds, reasons and effects in both languages."""

    handoff_id: str
    conversation_id: str
    state: str
    owner: str
    version: int
    current: bool
    name: str | None
    handle: str
    channel: str
    language: str | None
    level: str
    tier: str | None
    priority: str
    reasons: list[Mapping[str, Any]]
    collected: Mapping[str, str]
    effects: list[Mapping[str, Any]]
    brief: Mapping[str, Any] | None
    case_reference: str | None
    requested_at: float
    due_at: float | None
    answered_at: float | None
    claimed_by: str | None
    closing_word: str | None
    rating: int | None
    unreachable: bool

    @property
    def open(self) -> bool:
        """Whether somebody may still act on this card."""
        return self.current and self.state in OPEN


def read(conn: Connection, handoff_id: str) -> Case | None:
    """The case of a handoff."""
    row = conn.execute(select(handoffs).where(handoffs.c.id == handoff_id)).first()
    if row is None:
        return None
    place = conn.execute(
        select(conversations).where(conversations.c.id == row.conversation_id)
    ).first()
    return None if place is None else of(row, place)


def of(row: Any, place: Any) -> Case:
    """The case from a handoff's and its conversation's row."""
    memory = (place.state or {}).get("memory") or {}
    brief = row.brief
    person = (brief or {}).get("person") or {}
    known = " ".join(filter(None, (person.get("first_name"), person.get("last_name"))))
    return Case(
        handoff_id=row.id,
        conversation_id=place.id,
        state=row.state,
        owner=place.owner,
        version=place.version,
        current=place.handoff_id == row.id,
        name=known or memory.get("first_name") or place.sender_name,
        handle=place.handle,
        channel=place.channel,
        language=place.language or (brief or {}).get("language"),
        level=(brief or {}).get("level") or memory.get("level") or "unknown",
        tier=(brief or {}).get("tier") or memory.get("tier"),
        priority=row.priority,
        reasons=list(row.reasons or ()),
        collected=_plain(row.collected),
        effects=list(row.effects or ()),
        brief=brief,
        case_reference=row.case_reference,
        requested_at=row.requested_at,
        due_at=row.first_answer_due_at,
        answered_at=row.answered_at,
        claimed_by=row.claimed_by,
        closing_word=row.closing_word,
        rating=row.rating,
        unreachable=bool(getattr(place, "unreachable", None)),
    )


def digest(case: Case) -> str:
    """Changes whenever the card would look different."""
    looks = replace(case, version=0)
    return hashlib.sha256(repr(looks).encode()).hexdigest()[:40]


def _plain(collected: Mapping[str, Any] | None) -> dict[str, str]:
    return {
        str(key): str(value)
        for key, value in (collected or {}).items()
        if value not in (None, "", [], {}) and key not in _NEVER_SHOWN
    }
