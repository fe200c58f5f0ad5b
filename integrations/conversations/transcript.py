"""Reading conversations: what the customer may see, and why the bot did what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, or_, select

from integrations.conversations.outbox import VISIBLE
from integrations.conversations.sql import select_where
from integrations.conversations.tables import (
    conversations,
    handoffs,
    inbound,
    outbound,
    turns,
)
from runtime.clock import iso

# How far back a message may still change its state; following a long conversation stays cheap.
STILL_CHANGING = 200

_SAID_AFTER = (
    select(inbound)
    .where(
        inbound.c.conversation_id == bindparam("b_conversation"),
        inbound.c.seq > bindparam("b_after"),
    )
    .order_by(inbound.c.seq)
    .limit(bindparam("b_limit", type_=Integer))
)
_TOLD_AFTER = (
    select(outbound)
    .where(
        outbound.c.conversation_id == bindparam("b_conversation"),
        outbound.c.seq > bindparam("b_after"),
        outbound.c.state.in_(VISIBLE),
        outbound.c.corrects.is_(None),
    )
    .order_by(outbound.c.seq)
    .limit(bindparam("b_limit", type_=Integer))
)
_SAID_NEWS = (
    select(inbound)
    .where(
        inbound.c.conversation_id == bindparam("b_conversation"),
        inbound.c.seq > bindparam("b_from"),
        or_(
            inbound.c.seq > bindparam("b_after"),
            inbound.c.handled_at > bindparam("b_since"),
        ),
    )
    .order_by(inbound.c.seq)
    .limit(bindparam("b_limit", type_=Integer))
)
_TOLD_NEWS = (
    select(outbound)
    .where(
        outbound.c.conversation_id == bindparam("b_conversation"),
        outbound.c.seq > bindparam("b_from"),
        or_(
            outbound.c.seq > bindparam("b_after"),
            outbound.c.updated_at > bindparam("b_since"),
        ),
        outbound.c.state.in_(VISIBLE),
        outbound.c.corrects.is_(None),
    )
    .order_by(outbound.c.seq)
    .limit(bindparam("b_limit", type_=Integer))
)


def find(conn: Connection, channel: str, account: str, address: str) -> Any | None:
    """A conversation's row by its place on a channel."""
    place = {"channel": channel, "account": account, "address": address}
    return select_where(conn, conversations, place).first()


def get(conn: Connection, conversation_id: str) -> Any | None:
    """A conversation's row by our own id."""
    return conn.execute(select(conversations).where(conversations.c.id == conversation_id)).first()


def customer_messages(
    conn: Connection, conversation_id: str, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """What the customer said and was told after `after`, oldest first."""
    here = {"b_conversation": conversation_id, "b_after": after, "b_limit": limit}
    said = conn.execute(_SAID_AFTER, here).all()
    told = conn.execute(_TOLD_AFTER, here).all()
    entries = [_said(row) for row in said] + [_told(row) for row in told]
    entries.sort(key=lambda entry: int(entry["seq"]))
    return entries[:limit]


def news(
    conn: Connection, conversation_id: str, *, after: int, since: float, limit: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What follows place `after`, and what stood before it but changed since; oldest first."""
    here = {
        "b_conversation": conversation_id,
        "b_after": after,
        "b_from": after - STILL_CHANGING,
        "b_since": since,
        # What changed comes on top of a page.
        "b_limit": limit + STILL_CHANGING,
    }
    entries = [_said(row) for row in conn.execute(_SAID_NEWS, here)]
    entries += [_told(row) for row in conn.execute(_TOLD_NEWS, here)]
    entries.sort(key=lambda entry: int(entry["seq"]))
    fresh = [entry for entry in entries if entry["seq"] > after]
    return fresh[:limit], [entry for entry in entries if entry["seq"] <= after]


def explanations(
    conn: Connection, conversation_id: str, message_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Why the bot did what it did, by inbound id: reading, signals, rules, reasons."""
    if not message_ids:
        return {}
    rows = conn.execute(
        select(
            inbound.c.id,
            inbound.c.reading,
            inbound.c.turn_id,
            turns.c.signals,
            turns.c.rules,
            turns.c.model_sha,
            turns.c.status,
        )
        .join_from(inbound, turns, turns.c.id == inbound.c.turn_id, isouter=True)
        .where(inbound.c.conversation_id == conversation_id, inbound.c.id.in_(message_ids))
    ).all()
    reasons = conn.execute(
        select(handoffs.c.reasons, handoffs.c.requested_at)
        .where(handoffs.c.conversation_id == conversation_id)
        .order_by(handoffs.c.requested_at.desc())
        .limit(1)
    ).first()
    explained = {}
    for row in rows:
        reading = row.reading or {}
        explained[row.id] = {
            "intent": reading.get("intent"),
            "confidence": reading.get("confidence"),
            "ranking": reading.get("ranking"),
            "entities": reading.get("entities"),
            "tone": reading.get("tone"),
            "signals": [s["name"] for s in row.signals or ()],
            "rules": row.rules or [],
            "reasons": (reasons.reasons if reasons and row.rules else []),
            "model": row.model_sha,
            "turn": row.status,
        }
    return explained


def _said(row: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": row.id,
        "seq": row.seq,
        "role": "customer",
        "kind": row.kind,
        "message_id": row.external_id,
        "text": row.text,
        "at": iso(row.received_at),
        "state": "deleted" if row.deleted_at else "handled" if row.disposition else "received",
        "disposition": row.disposition,
    }
    if row.reason:
        entry["reason"] = row.reason
    if row.attachments:
        entry["attachments"] = row.attachments
    return entry


def _told(row: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": row.id,
        "seq": row.seq,
        "role": row.role,
        "text": row.text if row.corrected_text is None else row.corrected_text,
        "at": iso(row.sent_at or row.created_at),
        "state": row.state,
        "in_reply_to": row.in_reply_to or [],
    }
    if row.role == "agent" and row.author:
        # The name that agents chose for customers to read.
        entry["author"] = row.author
    if row.corrected_at is not None:
        entry["corrected_at"] = iso(row.corrected_at)
    if row.buttons:
        entry["buttons"] = row.buttons
    if row.attachments:
        entry["attachments"] = row.attachments
    return entry
