"""One conversation's messages as the desk sees them: everything, in one order.

Also what never reached the customer (failed, refused, expired) and what the team wrote inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from integrations.channels.contract import Kind
from integrations.conversations.tables import inbound, notes, outbound
from runtime.clock import iso

PAGE = 100
# Messages without a place are few: what waits now, and what was refused or came too late.
UNPLACED = 200
_I, _O = inbound.c, outbound.c
# From a button's meaning to the payload that was made for it in this conversation.
Seal = Callable[[dict[str, Any]], str]


def page(
    conn: Connection,
    conversation_id: str,
    *,
    seal: Seal,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], int | None]:
    """The newest `limit` entries before a seq, oldest first, and the seq to go on before.

    The second is None at the conversation's beginning. Costs the same at any length.
    """
    placed = _placed(conn, conversation_id, before, limit + 1)
    more = len(placed) > limit
    placed = placed[-limit:]
    since = placed[0][1]["_at"] if more else None
    until = _written_at(conn, conversation_id, before) if before is not None else None
    entries = _in_order(placed, _unplaced(conn, conversation_id, since, until))
    _mark_corrections(conn, conversation_id, entries)
    _name_taps(entries, seal)
    for entry in entries:
        for private in ("_at", "_payload", "_buttons"):
            entry.pop(private, None)
    return entries, placed[0][0] if more else None


def _placed(
    conn: Connection, conversation_id: str, before: int | None, limit: int
) -> list[tuple[int, dict[str, Any]]]:
    entries: list[tuple[int, dict[str, Any]]] = []
    for table, shape in ((inbound, _said), (outbound, _told), (notes, _noted)):
        query = select(table).where(
            table.c.conversation_id == conversation_id, table.c.seq.is_not(None)
        )
        if before is not None:
            query = query.where(table.c.seq < before)
        rows = conn.execute(query.order_by(table.c.seq.desc()).limit(limit)).all()
        entries += [(row.seq, shape(row)) for row in rows]
    entries.sort(key=lambda entry: entry[0])
    return entries[-limit:]


def _written_at(conn: Connection, conversation_id: str, seq: int) -> float | None:
    for table, moment in (
        (inbound, _I.received_at),
        (outbound, _O.created_at),
        (notes, notes.c.created_at),
    ):
        found = conn.execute(
            select(moment).where(table.c.conversation_id == conversation_id, table.c.seq == seq)
        ).scalar()
        if found is not None:
            return float(found)
    return None


def _unplaced(
    conn: Connection, conversation_id: str, since: float | None, until: float | None
) -> list[dict[str, Any]]:
    query = select(outbound).where(_O.conversation_id == conversation_id, _O.seq.is_(None))
    if since is not None:
        query = query.where(_O.created_at >= since)
    if until is not None:
        query = query.where(_O.created_at < until)
    rows = conn.execute(query.order_by(_O.n.desc()).limit(UNPLACED)).all()
    return [_told(row) for row in reversed(rows)]


def _in_order(
    placed: Sequence[tuple[int, dict[str, Any]]], unplaced: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What was sent keeps its order; what wasn't stands where it was written."""
    waiting = [entry for entry in unplaced if entry["state"] == "pending"]
    never_sent = [entry for entry in unplaced if entry["state"] != "pending"]
    entries: list[dict[str, Any]] = []
    for _, entry in placed:
        while never_sent and never_sent[0]["_at"] < entry["_at"]:
            entries.append(never_sent.pop(0))
        entries.append(entry)
    return [*entries, *never_sent, *waiting]


def _mark_corrections(
    conn: Connection, conversation_id: str, entries: Sequence[dict[str, Any]]
) -> None:
    """Say on each message of the customer's that a later one corrected it."""
    ids = {entry["external_id"] for entry in entries if entry["role"] == "customer"}
    if not ids:
        return
    edits = conn.execute(
        select(_I.external_id, _I.seq, _I.received_at)
        .where(
            _I.conversation_id == conversation_id,
            _I.external_id.in_(ids),
            _I.kind == Kind.EDIT.value,
        )
        .order_by(_I.seq)
    ).all()
    for entry in entries:
        if entry["role"] != "customer" or entry["kind"] in ("delete", "reaction"):
            continue
        for edit in edits:
            if edit.external_id == entry["external_id"] and edit.seq > entry["seq"]:
                entry["corrected_at"] = iso(edit.received_at)


def _name_taps(entries: Sequence[dict[str, Any]], seal: Seal) -> None:
    """Give a tapped button the words that stood on it; None if nobody knows them any more."""
    titles = {
        button["payload"]: button["title"]
        for entry in entries
        for button in entry.get("_buttons") or ()
    }
    for entry in entries:
        payload = entry.get("_payload")
        if entry.get("kind") == Kind.POSTBACK.value:
            # Taps of before were stored without the words.
            entry["tapped"] = entry["text"] or (titles.get(seal(payload)) if payload else None)


def _said(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "seq": row.seq,
        "role": "customer",
        "kind": row.kind,
        "text": row.text,
        "external_id": row.external_id,
        "tapped": None,
        "attachments": row.attachments or [],
        "context": row.context,
        "public": row.public,
        "disposition": row.disposition,
        "reason": row.reason,
        "reading": _reading(row.reading),
        "deleted_at": iso(row.deleted_at) if row.deleted_at else None,
        "at": iso(row.received_at),
        "_at": row.received_at,
        "_payload": row.payload,
    }


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "seq": row.seq,
        "role": row.role,
        "author": row.author,
        "text": row.text,
        "buttons": [button["title"] for button in row.buttons or ()],
        "attachments": row.attachments or [],
        "corrects": row.corrects,
        "corrected_at": iso(row.corrected_at) if row.corrected_at else None,
        "state": row.state,
        "error": row.error,
        "attempts": row.attempts,
        "at": iso(row.sent_at or row.created_at),
        "_at": row.created_at,
        "_buttons": row.buttons,
    }


def _noted(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "seq": row.seq,
        "role": "note",
        "author": row.author,
        "text": row.text,
        "at": iso(row.created_at),
        "_at": row.created_at,
    }


def _tone(tone: Any) -> list[str]:
    """What is worth a word of a message's tone."""
    return [mark for mark in ("angry", "urgent") if (tone or {}).get(mark)]


def _reading(reading: Any) -> dict[str, Any] | None:
    """How the bot understood it: intent, confidence, what else came near, what it found."""
    if not reading:
        return None
    return {
        "intent": reading.get("intent"),
        "confidence": reading.get("confidence"),
        "rejected": bool(reading.get("rejected")),
        "tone": _tone(reading.get("tone")),
        "ranking": [
            {"intent": other.get("intent"), "confidence": other.get("confidence")}
            for other in reading.get("ranking") or ()
        ][:3],
        "entities": [
            {"entity": found.get("entity"), "value": found.get("value")}
            for found in reading.get("entities") or ()
            # A code is a key; whoever reads along must not see it.
            if found.get("entity") not in ("code", "language")
        ],
    }
