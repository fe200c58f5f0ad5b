"""Writing what the collector found. One statement or few for each message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select, update

from integrations.conversations.sql import insert_new
from integrations.review import forgetting
from integrations.review.tables import OPEN, cursor, groups, messages, texts, watched
from integrations.review.windows import NAME

if TYPE_CHECKING:
    from integrations.review.collecting import Finding


def apply(conn: Connection, finding: Finding, *, now: float) -> None:
    """Write one conversation's findings; doing it again changes nothing."""
    if finding.gone:
        forgetting.forget(conn, finding.gone, now=now, erase=True)
    touched = set()
    # Somebody may have been erased since their words were read.
    w = watched.c
    here = select(w.erased_seq).where(w.conversation_id == finding.conversation_id)
    erased = int(conn.execute(here.with_for_update()).scalar() or 0)
    for row in finding.new:
        if finding.places[row["inbound_id"]] > erased:
            touched.add(add(conn, row))
    for name, values in finding.changed.items():
        touched.add(
            conn.execute(
                update(messages)
                .where(messages.c.id == name)
                .values(**values)
                .returning(messages.c.group_id)
            ).scalar()
        )
    mark(conn, touched)
    _watch(conn, finding)


def add(conn: Connection, row: Mapping[str, Any]) -> str | None:
    """Add one message unless it is there; its group, which is known if its text is."""
    text = {"digest": row["digest"], "text": row["text"], "group_id": None, "encoder": None}
    known = None
    if not insert_new(conn, texts, text):
        # Locked: who gives the text its group now must find this message afterwards.
        same = select(texts).where(texts.c.digest == row["digest"]).with_for_update()
        known = conn.execute(same).one()
    state = known.settled if known is not None and known.settled else OPEN
    group = known.group_id if known is not None else None
    if not insert_new(conn, messages, {**row, "state": state, "group_id": group}):
        return None
    return group


def mark(conn: Connection, ids: Collection[str | None]) -> None:
    """Have the figures of groups counted again."""
    wanted = sorted(each for each in set(ids) if each is not None)
    if wanted:
        conn.execute(update(groups).where(groups.c.id.in_(wanted)).values(dirty=True))


def follow_to(conn: Connection, at: float) -> None:
    """Keep how far the conversations were followed."""
    if not insert_new(conn, cursor, {"name": NAME, "at": at}):
        conn.execute(update(cursor).where(cursor.c.name == NAME, cursor.c.at < at).values(at=at))


def unwatch(conn: Connection, ids: Collection[str]) -> None:
    """Conversations that are gone need no second look."""
    if ids:
        conn.execute(delete(watched).where(watched.c.conversation_id.in_(ids)))


def _watch(conn: Connection, finding: Finding) -> None:
    values = {
        "conversation_id": finding.conversation_id,
        "settled_seq": finding.settled_seq,
        "erased_seq": 0,
        "due_at": finding.due_at,
    }
    if insert_new(conn, watched, values):
        return
    w = watched.c
    here = w.conversation_id == finding.conversation_id
    conn.execute(update(watched).where(here).values(due_at=finding.due_at))
    # A label may have led further back than what was settled before.
    conn.execute(
        update(watched)
        .where(here, w.settled_seq < finding.settled_seq)
        .values(settled_seq=finding.settled_seq)
    )
