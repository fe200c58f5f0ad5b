"""What has to be shown in Slack: written with what caused it, worked off in order, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from integrations.conversations.sql import insert_new
from integrations.desk.slack.tables import slack_queue

# Kinds, each with what its body holds besides.
CARD = "card"  # the case's card, in the channel
UPDATE = "update"  # the card again, as things stand now
TRANSCRIPT = "transcript"  # the conversation until the hand-over
TRANSCRIPT_AGAIN = "transcript2"  # the same after the customer deleted something of it
SAID = "said"  # inbound: what the customer did
TOLD = "told"  # outbound: what they were told
NOTED = "noted"  # note: what the team wrote in the console
FILE = "file"  # inbound, place: a file of the customer's
BLANK = "blank"  # of: key of the message that is emptied
FATE = "fate"  # outbound, state: not delivered, or nobody knows
MARK = "mark"  # channel, ts, add, remove: a reaction
ASK = "ask"  # user, note, corrects, files: send this to the customer?
NOTICE = "notice"  # user, text

# These stand in the channel or thread in their order; what may be late goes its own way.
POSTS = frozenset({CARD, TRANSCRIPT, SAID, TOLD, NOTED, FATE})
_OWN_WAY = {MARK: "mark", FILE: "file", ASK: "ask", NOTICE: "ask"}

SENDING_S = 30.0
WINDOW = 400


def lane(row: Any) -> str:
    """Rows of one lane go one after another; new cases stand in the channel in their order."""
    if row.kind == CARD:
        return "cards"
    return f"{_OWN_WAY.get(row.kind, 'thread')}:{row.handoff_id}"


def add(
    conn: Connection,
    handoff_id: str,
    kind: str,
    key: str,
    body: dict[str, Any],
    *,
    now: float,
    lifetime_s: float | None = None,
) -> bool:
    """Put something in the queue unless it was there before; whether it is new."""
    return insert_new(
        conn,
        slack_queue,
        {
            "key": key,
            "handoff_id": handoff_id,
            "kind": kind,
            "body": body,
            "created_at": now,
            "expires_at": None if lifetime_s is None else now + lifetime_s,
        },
    )


def heads(conn: Connection, *, now: float) -> list[Any]:
    """The first unfinished row of each lane that may be worked on now, new cases before others."""
    q = slack_queue.c
    rows = conn.execute(
        select(slack_queue).where(q.done_at.is_(None)).order_by(q.n).limit(WINDOW)
    ).all()
    # Whatever belongs under a card waits for it.
    without_card = {row.handoff_id for row in rows if row.kind == CARD}
    first: dict[str, Any] = {}
    for row in rows:
        if row.kind == CARD or row.handoff_id not in without_card:
            first.setdefault(lane(row), row)
    due = [
        row
        for row in first.values()
        if row.next_attempt_at <= now
        and (row.state != "sending" or (row.sending_until or 0.0) < now)
    ]
    return sorted(due, key=lambda row: (row.kind != CARD, row.n))


def start(conn: Connection, row: Any, *, now: float) -> bool:
    """Take a pending row in hand; what a stopped process had in hand becomes unknown instead."""
    to = "sending" if row.state == "pending" else "unknown"
    moved = conn.execute(
        update(slack_queue)
        .where(
            slack_queue.c.n == row.n,
            slack_queue.c.state == row.state,
            or_(slack_queue.c.state != "sending", slack_queue.c.sending_until < now),
        )
        .values(state=to, sending_until=now + SENDING_S, attempts=slack_queue.c.attempts + 1)
    )
    return moved.rowcount == 1 and to == "sending"


def done(conn: Connection, n: int, *, ts: str | None, now: float, state: str = "done") -> None:
    """It stands in Slack, or never will (`state` then says why: dropped, lost, failed)."""
    conn.execute(
        update(slack_queue)
        .where(slack_queue.c.n == n)
        .values(state=state, ts=ts, done_at=now, error=None if state == "done" else state)
    )


def later(
    conn: Connection, n: int, *, state: str, at: float, error: str, counts: bool = True
) -> None:
    """Try again at `at`, or look again whether it arrived (`unknown`)."""
    values: dict[str, Any] = {"state": state, "next_attempt_at": at, "error": error[:200]}
    if not counts:
        values["attempts"] = slack_queue.c.attempts - 1
    conn.execute(update(slack_queue).where(slack_queue.c.n == n).values(**values))


def simplify(conn: Connection, row: Any) -> None:
    """Slack refuses its looks: try once more in the plainest form."""
    conn.execute(
        update(slack_queue)
        .where(slack_queue.c.n == row.n)
        .values(state="pending", body={**row.body, "plain": True})
    )


def waiting(conn: Connection, handoff_id: str, kind: str) -> bool:
    """Whether such a row is still to come."""
    q = slack_queue.c
    return (
        conn.execute(
            select(q.n).where(
                q.handoff_id == handoff_id,
                q.kind == kind,
                q.state == "pending",
                q.done_at.is_(None),
            )
        ).first()
        is not None
    )


def asking(handoff_id: str, note_id: str) -> str:
    """The queue's key of the question about a note."""
    return f"{handoff_id}:ask:{note_id}"


def by_key(conn: Connection, key: str) -> Any | None:
    """A row by its key."""
    return conn.execute(select(slack_queue).where(slack_queue.c.key == key)).first()


def forget(conn: Connection, *, before: float) -> int:
    """Remove what was done long ago."""
    q = slack_queue.c
    return conn.execute(
        delete(slack_queue).where(q.done_at.is_not(None), q.done_at < before)
    ).rowcount
