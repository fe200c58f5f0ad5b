"""What of a conversation is looked at: what the bot read lately, its turns, its cases. Queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.conversations.tables import (
    conversations,
    handoffs,
    inbound,
    outbound,
    turns,
)
from integrations.review.reasons import Case, Said, Turn
from integrations.review.tables import cursor, messages, watched

# Entries of one look; a longer conversation is looked at again at once.
MOST = 200
# A label concerns one of the last things said before its case.
BEFORE_A_CASE = 12
CASES = 10
NAME = "conversations"
# What Rasa calls the actions by which a form hears and asks.
_OF_A_FORM = ("validate_", "action_ask_")


@dataclass(frozen=True)
class Window:
    """A conversation's part that may still change, oldest first; `rows` are inbound's by id.

    `led`: what stood before each case that an agent has labelled, which may be long settled.
    `known`: the review messages it has already, by inbound id. `more`: there is more after it.
    """

    conversation: Any
    said: Sequence[Said] = ()
    rows: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    led: dict[str, Sequence[Said]] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    erased_seq: int = 0
    more: bool = False
    gone: Sequence[str] = ()


def followed_to(conn: Connection) -> float:
    """Up to which activity the conversations were followed; 0 at first."""
    found = conn.execute(select(cursor.c.at).where(cursor.c.name == NAME)).scalar()
    return float(found or 0.0)


def active(conn: Connection, *, since: float, until: float, limit: int) -> list[tuple[str, float]]:
    """Conversations in which something happened, longest ago first, with when."""
    c = conversations.c
    rows = conn.execute(
        select(c.id, c.last_activity_at)
        .where(c.last_activity_at > since, c.last_activity_at <= until)
        .order_by(c.last_activity_at)
        .limit(limit)
    )
    return [(str(row.id), float(row.last_activity_at)) for row in rows]


def due(conn: Connection, *, now: float, limit: int) -> list[str]:
    """Conversations to look at again though nothing happened."""
    w = watched.c
    query = select(w.conversation_id).where(w.due_at <= now).order_by(w.due_at).limit(limit)
    return [str(name) for name in conn.execute(query).scalars()]


def look_again(conn: Connection, conversation_id: str, *, now: float) -> None:
    """Something other than words has changed in a conversation: a label of its case."""
    here = watched.c.conversation_id == conversation_id
    conn.execute(update(watched).where(here).values(due_at=now))


def load(conn: Connection, ids: Sequence[str]) -> list[Window]:
    """The windows of conversations; of those that are gone, too, with what is left of them."""
    c, w = conversations.c, watched.c
    rows = conn.execute(select(conversations).where(c.id.in_(ids))).all()
    places = {
        row.conversation_id: row
        for row in conn.execute(select(watched).where(w.conversation_id.in_(ids)))
    }
    return [_window(conn, row, places.get(row.id)) for row in rows]


def _window(conn: Connection, conversation: Any, place: Any | None) -> Window:
    cases = _cases(conn, conversation.id)
    known = {
        row.inbound_id: row
        for row in conn.execute(
            select(messages).where(messages.c.conversation_id == conversation.id)
        )
    }
    i = inbound.c
    gone: list[str] = []
    if known:
        deleted = select(i.id).where(i.id.in_(known), i.deleted_at.is_not(None))
        gone = [known[name].id for name in conn.execute(deleted).scalars()]
    erased = int(place.erased_seq) if place is not None else 0
    start = int(place.settled_seq) if place is not None else 0
    read = select(inbound).where(
        i.conversation_id == conversation.id,
        i.reading.is_not(None),
        i.text.is_not(None),
        i.seq > erased,
    )
    found = conn.execute(read.where(i.seq > start).order_by(i.seq).limit(MOST)).all()
    rows = {row.id: row for row in found}
    # What was said just before tells whether a form was waiting for an answer.
    earlier = read.where(i.seq <= start).order_by(i.seq.desc()).limit(1)
    previous = conn.execute(earlier).first() if found else None
    led: dict[str, Sequence[Said]] = {}
    for case in cases.values():
        if case.wanted or case.wanted_words:
            before = read.where(i.received_at <= case.requested_at)
            newest = conn.execute(before.order_by(i.seq.desc()).limit(BEFORE_A_CASE)).all()
            led[case.id] = _said(conn, conversation.id, newest[::-1], cases)
            rows |= {row.id: row for row in newest}
    return Window(
        conversation,
        said=_said(conn, conversation.id, found, cases, previous),
        rows=rows,
        cases=cases,
        led=led,
        known=known,
        erased_seq=erased,
        more=len(found) == MOST,
        gone=gone,
    )


def _cases(conn: Connection, conversation_id: str) -> dict[str, Case]:
    h = handoffs.c
    rows = conn.execute(
        select(handoffs)
        .where(h.conversation_id == conversation_id)
        .order_by(h.requested_at.desc())
        .limit(CASES)
    )
    return {
        row.id: Case(
            row.id, row.requested_at, row.closed_at, row.rating, row.wanted, row.wanted_words
        )
        for row in rows
    }


def _said(
    conn: Connection,
    conversation_id: str,
    rows: Sequence[Any],
    cases: dict[str, Case],
    previous: Any | None = None,
) -> list[Said]:
    before = [previous.turn_id if previous is not None else None, *(row.turn_id for row in rows)]
    names = {name for name in before if name}
    taken = {row.id: row for row in conn.execute(select(turns).where(turns.c.id.in_(names)))}
    asking: set[str] = set()
    if any((row.reading or {}).get("intent") == "deny" for row in rows):
        asking = _asking(conn, conversation_id, rows[0].seq)
    made = {name: _turn(row, cases, name in asking) for name, row in taken.items()}
    asking_then = {name: turn.asks for name, turn in made.items()}
    return [
        Said(
            id=row.id,
            seq=row.seq,
            at=row.received_at,
            text=row.text,
            reading=row.reading,
            tapped=str(row.payload.get("intent")) if row.payload else None,
            turn=made.get(row.turn_id),
            answers=asking_then.get(earlier),
        )
        for row, earlier in zip(rows, before, strict=False)
    ]


def _asking(conn: Connection, conversation_id: str, since: int) -> set[str]:
    """Turns that ended with a question: «no» is an answer to them."""
    o = outbound.c
    rows = conn.execute(
        select(o.turn_id, o.text, o.buttons)
        .where(o.conversation_id == conversation_id, o.seq > since, o.turn_id.is_not(None))
        .order_by(o.seq)
        .limit(2 * MOST)
    )
    return {row.turn_id for row in rows if row.buttons or row.text.rstrip().endswith("?")}


def _turn(row: Any, cases: dict[str, Case], asked: bool) -> Turn:
    finished = row.finished_at if row.finished_at is not None else row.created_at
    opened = (
        case.id
        for case in cases.values()
        if row.rules and row.created_at <= case.requested_at <= finished
    )
    return Turn(
        row.id,
        row.created_at,
        finished,
        row.model_sha,
        row.signals or (),
        acted=any(action.get("ok") for action in row.actions or ()),
        asked=asked,
        handoff=next(opened, None),
        asks=(row.form, row.asked) if row.form else None,
        aside=any(not str(each.get("name")).startswith(_OF_A_FORM) for each in row.actions or ()),
    )
