"""Reading a conversation for its thread: entries by id, or up to a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from integrations.conversations import outbox
from integrations.conversations.outbox import VISIBLE
from integrations.conversations.tables import inbound, notes, outbound
from integrations.desk.slack.messages import Entry

NEWEST = 120
RECENT = 6
_LOST = frozenset({"failed", "unknown", "refused", "expired"})
_UNSEEN_KINDS = ("receipt",)


def inbound_entry(conn: Connection, inbound_id: str) -> Entry | None:
    """Something the customer did."""
    row = conn.execute(select(inbound).where(inbound.c.id == inbound_id)).first()
    return None if row is None else _said(conn, row)


def outbound_entry(conn: Connection, outbound_id: str) -> Entry | None:
    """Something the customer was told; an agent's message whole, in however many parts it went."""
    row = conn.execute(select(outbound).where(outbound.c.id == outbound_id)).first()
    if row is None:
        return None
    if row.role != "agent":
        return _told(row, row.text)
    parts = outbox.parts(conn, row)
    whole = _told(row, "\n".join(part.text for part in parts if part.text))
    return replace(whole, attachments=tuple(a for part in parts for a in part.attachments or ()))


def note_entry(conn: Connection, note_id: str) -> Entry | None:
    """What the team wrote inside."""
    row = conn.execute(select(notes).where(notes.c.id == note_id)).first()
    return None if row is None else _noted(row)


def not_arrived(conn: Connection, outbound_id: str) -> tuple[str, list[str]]:
    """What of an agent's message didn't reach the customer, or perhaps didn't: words, file ids."""
    row = conn.execute(select(outbound).where(outbound.c.id == outbound_id)).first()
    parts = outbox.parts(conn, row) if row is not None else []
    lost = [part for part in parts if part.state in _LOST]
    files = [file for part in lost for file in part.attachments or ()]
    return (
        "\n".join(part.text for part in lost if part.text),
        [str(file["file_id"]) for file in files if file.get("file_id")],
    )


def up_to(conn: Connection, conversation_id: str, seq: int) -> tuple[list[Entry], int]:
    """The newest entries up to a place, oldest first, and how many older ones there are."""
    rows: list[tuple[int, Entry]] = []
    earlier = 0
    for table, shape in ((inbound, _said), (outbound, _told_alone), (notes, _noted_alone)):
        here = [table.c.conversation_id == conversation_id, table.c.seq <= seq]
        if table is outbound:
            here += [outbound.c.state.in_(VISIBLE), outbound.c.corrects.is_(None)]
        if table is inbound:
            here.append(inbound.c.kind.not_in(_UNSEEN_KINDS))
        found = conn.execute(
            select(table).where(*here).order_by(table.c.seq.desc()).limit(NEWEST)
        ).all()
        rows += [(row.seq, shape(conn, row)) for row in found]
        if len(found) == NEWEST:
            total = conn.execute(select(func.count()).select_from(table).where(*here))
            earlier += int(total.scalar_one()) - NEWEST
    rows.sort(key=lambda pair: pair[0])
    return [entry for _, entry in rows], earlier


def recent(conn: Connection, conversation_id: str) -> list[Entry]:
    """The last few entries, for somebody about to answer."""
    entries, _ = up_to(conn, conversation_id, 1 << 30)
    return [entry for entry in entries if entry.role != "system"][-RECENT:]


def _said(_conn: Connection, row: Any) -> Entry:
    return Entry(
        id=row.id,
        role="customer",
        kind="replaced" if row.disposition == "superseded" else row.kind,
        text=row.text,
        at=row.received_at,
        attachments=tuple(row.attachments or ()),
        deleted=row.deleted_at is not None,
    )


def _told(row: Any, text: str) -> Entry:
    return Entry(
        id=row.id,
        role=row.role,
        kind="message",
        text=text,
        at=row.sent_at or row.created_at,
        author=row.author,
        attachments=tuple(row.attachments or ()),
        corrects=row.corrects is not None,
    )


def _told_alone(_conn: Connection, row: Any) -> Entry:
    return _told(row, row.text if row.corrected_text is None else row.corrected_text)


def _noted(row: Any) -> Entry:
    return Entry(
        id=row.id,
        role="note",
        kind="note",
        text=row.text,
        at=row.created_at,
        author=row.author,
    )


def _noted_alone(_conn: Connection, row: Any) -> Entry:
    return _noted(row)
