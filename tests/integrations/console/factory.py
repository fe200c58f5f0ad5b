"""Conversations as they stand in the gateway's database, written straight into it."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import Connection, insert, select, update

from integrations.conversations.ids import new_id
from integrations.conversations.tables import (
    agents,
    conversations,
    handoffs,
    inbound,
    notes,
    outbound,
)

REASON = {
    "code": "asked-for-a-person",
    "it": "Ha chiesto di parlare con una persona",
    "en": "Asked to speak with a person",
}
_NUMBERS = itertools.count(1)


def conversation(conn: Connection, *, at: float, **values: Any) -> str:
    """A conversation of the api channel; its id."""
    number = next(_NUMBERS)
    row = {
        "id": new_id("c"),
        "channel": "api",
        "account": "default",
        "address": f"customer-{number}",
        "handle": f"customer-{number}",
        "sender_name": None,
        "language": "it",
        "state": {},
        "created_at": at,
        "last_inbound_at": at,
        "last_activity_at": at,
        **values,
    }
    conn.execute(insert(conversations).values(row))
    return str(row["id"])


def said(
    conn: Connection, conversation_id: str, text: str | None, *, at: float, **values: Any
) -> str:
    """Something the customer did; its id."""
    inbound_id = new_id("m")
    row = {
        "id": inbound_id,
        "conversation_id": conversation_id,
        "seq": _next_seq(conn, conversation_id, last_inbound_at=at, last_activity_at=at),
        "channel": "api",
        "account": "default",
        "dedup_key": inbound_id,
        "external_id": inbound_id,
        "kind": "message",
        "text": text,
        "public": False,
        "received_at": at,
        "disposition": "answered",
        "handled_at": at,
        **values,
    }
    conn.execute(insert(inbound).values(row))
    return inbound_id


def told(conn: Connection, conversation_id: str, text: str, *, at: float, **values: Any) -> str:
    """A message of ours; its id. Without a place (seq) unless it was sent."""
    state = values.get("state", "sent")
    placed = state not in ("pending", "refused", "expired")
    row = {
        "id": new_id("o"),
        "conversation_id": conversation_id,
        "seq": _next_seq(conn, conversation_id) if placed else None,
        "role": "bot",
        "text": text,
        "in_reply_to": [],
        "version": 1,
        "state": state,
        "created_at": at,
        "sent_at": at if placed else None,
        "updated_at": at,
        **values,
    }
    conn.execute(insert(outbound).values(row))
    return str(row["id"])


def noted(
    conn: Connection, conversation_id: str, text: str, *, at: float, author: str = "Marta"
) -> str:
    """A note of the team's; its id."""
    note_id = new_id("n")
    conn.execute(
        insert(notes).values(
            id=note_id,
            conversation_id=conversation_id,
            seq=_next_seq(conn, conversation_id),
            author=author,
            text=text,
            created_at=at,
        )
    )
    return note_id


def handoff(conn: Connection, conversation_id: str, *, at: float, **values: Any) -> str:
    """A hand-over, which becomes the conversation's; its id. `owner` follows its state."""
    handoff_id = new_id("h")
    row = {
        "id": handoff_id,
        "conversation_id": conversation_id,
        "state": "queued",
        "priority": "normal",
        "rules": ["asked-for-a-person"],
        "reasons": [REASON],
        "signals": [],
        "collected": {},
        "effects": [],
        "requested_at": at,
        "first_answer_due_at": at + 1200,
        **values,
    }
    conn.execute(insert(handoffs).values(row))
    owners = {"queued": "queued", "claimed": "agent"}
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            handoff_id=handoff_id,
            owner=owners.get(row["state"], "bot"),
            version=conversations.c.version + 1,
            last_activity_at=at,
        )
    )
    return handoff_id


def row_of(conn: Connection, conversation_id: str) -> Any:
    """A conversation's row."""
    return conn.execute(select(conversations).where(conversations.c.id == conversation_id)).one()


def present_agents(conn: Connection) -> list[str]:
    """Names of the agents that were seen."""
    return list(conn.execute(select(agents.c.name)).scalars())


def _next_seq(conn: Connection, conversation_id: str, **values: float) -> int:
    following: int = conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(next_seq=conversations.c.next_seq + 1, **values)
        .returning(conversations.c.next_seq)
    ).scalar_one()
    return following - 1
