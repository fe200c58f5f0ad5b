"""A conversation's card: who this is, why a person is needed, what happened before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from integrations.console import listing, queries, transcripts
from integrations.conversations.buttons import Buttons
from integrations.conversations.tables import conversations, handoffs
from runtime.clock import iso
from runtime.errors import NotFound

EARLIER = 10
# The bridge allow-lists what it says; this list keeps a new field of it off the page by itself.
_BRIEF = (
    "person",
    "level",
    "identities",
    "tier",
    "lifetime_value",
    "orders",
    "cases",
    "timeline",
    "consents",
    "preferred_channel",
    "language",
)
_OPEN = ("queued", "claimed", "message")
_NEVER_SHOWN = frozenset({"code", "password", "token"})


def conversation(
    conn: Connection, conversation_id: str, buttons: Buttons, *, before: int | None = None
) -> dict[str, Any]:
    """Everything a conversation's page shows. Raises NotFound.

    `{"conversation", "card", "messages", "before"}`; with `before` only older messages.
    """
    row = queries.one(conn, conversation_id)
    if row is None:
        raise NotFound("there is no such conversation")

    def seal(meaning: dict[str, Any]) -> str:
        intent, entities = str(meaning.get("intent", "")), meaning.get("entities")
        return buttons.seal(row.address, "", intent, entities)["payload"]

    messages, following = transcripts.page(conn, conversation_id, seal=seal, before=before)
    answer: dict[str, Any] = {"messages": messages, "before": following}
    if before is None:
        answer |= {"conversation": listing.item(row), "card": _card(conn, row)}
    return answer


def _card(conn: Connection, row: Any) -> dict[str, Any]:
    state, unreachable = conn.execute(
        select(conversations.c.state, conversations.c.unreachable).where(
            conversations.c.id == row.id
        )
    ).one()
    memory = state.get("memory") or {}
    rows = conn.execute(
        select(handoffs)
        .where(handoffs.c.conversation_id == row.id)
        .order_by(handoffs.c.requested_at.desc())
        .limit(EARLIER + 1)
    ).all()
    current = next((handoff for handoff in rows if handoff.id == row.handoff_id), None)
    brief = _brief(current.brief) if current is not None else None
    return {
        "level": (brief or {}).get("level") or memory.get("level") or "unknown",
        "unreachable": unreachable,
        "first_name": memory.get("first_name"),
        "tier": (brief or {}).get("tier") or memory.get("tier"),
        "handoff": _handoff(current),
        "brief": brief,
        "brief_at": iso(current.brief_at) if current and current.brief_at else None,
        "earlier": [
            _earlier(handoff)
            for handoff in rows
            if handoff.id != row.handoff_id or handoff.state not in _OPEN
        ],
    }


def _handoff(handoff: Any | None) -> dict[str, Any] | None:
    if handoff is None:
        return None
    return {
        **_earlier(handoff),
        "priority": handoff.priority,
        "first_answer_due_at": _time(handoff.first_answer_due_at),
        "claimed_at": _time(handoff.claimed_at),
        "answered_at": _time(handoff.answered_at),
        "rules": list(handoff.rules or ()),
        "collected": _plain(handoff.collected),
        "effects": [
            {"it": effect.get("it"), "en": effect.get("en")} for effect in handoff.effects or ()
        ],
        "case_reference": handoff.case_reference,
    }


def _earlier(handoff: Any) -> dict[str, Any]:
    return {
        "id": handoff.id,
        "state": handoff.state,
        "reasons": list(handoff.reasons or ()),
        "requested_at": _time(handoff.requested_at),
        "claimed_by": handoff.claimed_by,
        "closed_at": _time(handoff.closed_at),
        "word": handoff.closing_word,
        "wanted": handoff.wanted,
        "wanted_words": handoff.wanted_words,
        "rating": handoff.rating,
    }


def _brief(brief: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if brief is None:
        return None
    return {key: brief.get(key) for key in _BRIEF}


def _plain(collected: Mapping[str, Any] | None) -> dict[str, str]:
    """What the bot had asked for, as text; keys to doors are left out."""
    return {
        str(key): str(value)
        for key, value in (collected or {}).items()
        if value not in (None, "", [], {}) and key not in _NEVER_SHOWN
    }


def _time(at: float | None) -> str | None:
    return None if at is None else iso(at)
