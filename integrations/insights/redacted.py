"""Words for designers: whoever reads the page learns what was said, not who said it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from integrations.conversations.tables import conversations, handoffs
from understanding.personal_data import redact

EXCERPT_CHARS = 240
# What the CRM knows of a person that must not be read in what others wrote of them.
_OF_PERSON = ("first_name", "last_name", "email", "phone", "city")
_BRIEFS = 5


@dataclass(frozen=True)
class Writer:
    """What is known of a conversation's customer, so that it is found in any words."""

    language: str | None
    known: tuple[str, ...]

    def shown(self, text: str | None, longest: int | None = None) -> dict[str, Any] | None:
        """`{text, spans: [{start, end, kind}]}` with stand-ins for what is personal; None of None.

        Cut to `longest` characters after that: half a number would be no number to find.
        """
        if text is None:
            return None
        found = redact(text, language=self.language, known=self.known)
        shown, spans = found.text, found.spans
        if longest is not None and len(shown) > longest:
            shown = shown[: longest - 1] + "…"
            spans = [span for span in spans if span.end < longest]
        return {
            "text": shown,
            "spans": [{"start": s.start, "end": s.end, "kind": s.kind} for s in spans],
        }


def writers(conn: Connection, ids: Sequence[str]) -> dict[str, Writer]:
    """By conversation: who writes there."""
    if not ids:
        return {}
    rows = conn.execute(select(conversations).where(conversations.c.id.in_(ids))).all()
    of_crm = _of_crm(conn, ids)
    return {
        row.id: Writer(
            row.language,
            _given(
                row.sender_name,
                row.sender_email,
                row.handle,
                row.address,
                ((row.state or {}).get("memory") or {}).get("first_name"),
                *of_crm.get(row.id, ()),
            ),
        )
        for row in rows
    }


def _of_crm(conn: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    h = handoffs.c
    rows = conn.execute(
        select(h.conversation_id, h.brief)
        .where(h.conversation_id.in_(ids), h.brief.is_not(None))
        .order_by(h.requested_at.desc())
        .limit(_BRIEFS * len(ids))
    )
    found: dict[str, list[str]] = {}
    for conversation_id, brief in rows:
        person = brief.get("person") or {}
        found.setdefault(conversation_id, []).extend(
            str(person[name]) for name in _OF_PERSON if person.get(name)
        )
    return found


def _given(*values: object) -> tuple[str, ...]:
    texts = [str(value).strip() for value in values if value]
    return tuple(dict.fromkeys(text for text in texts if text))
