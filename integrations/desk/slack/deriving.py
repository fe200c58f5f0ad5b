"""From the transcript to the queue: what Slack doesn't show yet, found by cursor, in order.

Nothing tells Slack's queue of a message when it arrives. Each pass compares: cases without a card,
conversations that went on past their thread's cursor, cards that would look different now,
reactions that show an older state of delivery. So however long Slack, or this job, was away,
everything comes, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from integrations.conversations.ownership import Owner
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import conversations, handoffs, inbound, notes, outbound
from integrations.desk.slack import case as cases
from integrations.desk.slack import changes, queue
from integrations.desk.slack.tables import slack_messages, slack_queue, slack_threads

NEW_CASES = 50
NEW_MESSAGES = 200
# A case that came and went while Slack was away is shown as well, if it is this fresh.
MISSED_S = 86_400.0
# After a case is closed its last words may still be on their way.
LINGER_S = 3600.0
_T, _H, _C = slack_threads.c, handoffs.c, conversations.c


@dataclass(frozen=True)
class Found:
    """What a look found to do; `cards` are handoffs whose card would look different."""

    cases: bool
    messages: bool
    cards: tuple[str, ...]
    marks: bool

    @property
    def anything(self) -> bool:
        """Whether a pass is worth a transaction."""
        return self.cases or self.messages or self.marks or bool(self.cards)


def look(conn: Connection, *, now: float) -> Found:
    """Whether there is anything to do, without writing: most of the time there isn't."""
    return Found(
        cases=bool(conn.execute(_cases_without_card(conn, now).limit(1)).first()),
        messages=bool(conn.execute(_threads_behind(now).limit(1)).first()),
        cards=tuple(changes.stale_cards(conn, now)),
        marks=any(changes.fresh_marks(conn, now)),
    )


def derive(conn: Connection, *, channel: str, cards: tuple[str, ...], now: float) -> bool:
    """One pass; whether there may be more at once."""
    found = _new_cases(conn, channel, now)
    more = _new_messages(conn, now)
    for handoff_id in cards:
        changes.change_card(conn, handoff_id, now)
    for row, state, reason in changes.fresh_marks(conn, now):
        changes.change_mark(conn, row, state, reason, now)
    return found or more


def _cases_without_card(conn: Connection, now: float) -> Any:
    since = conn.execute(select(func.min(_T.created_at))).scalar()
    wanted: Any = _H.state.in_(cases.OPEN)
    if since is not None:
        fresh = _H.requested_at > max(since, now - MISSED_S)
        wanted = or_(wanted, _H.state.in_(cases.CLOSED) & fresh)
    return (
        select(handoffs)
        .outerjoin(slack_threads, _T.handoff_id == _H.id)
        .where(_T.handoff_id.is_(None), wanted)
        .order_by(_H.requested_at, _H.id)
    )


def _new_cases(conn: Connection, channel: str, now: float) -> bool:
    rows = conn.execute(_cases_without_card(conn, now).limit(NEW_CASES)).all()
    for row in rows:
        place = conn.execute(select(conversations).where(_C.id == row.conversation_id)).first()
        if place is None:
            continue
        seq = place.next_seq - 1
        insert_new(
            conn,
            slack_threads,
            {
                "handoff_id": row.id,
                "conversation_id": row.conversation_id,
                "channel": channel,
                "transcript_seq": seq,
                "seq": seq,
                "shown": cases.digest(cases.of(row, place)),
                "created_at": now,
            },
        )
        for kind in (queue.CARD, queue.TRANSCRIPT):
            queue.add(conn, row.id, kind, f"{row.id}:{kind}", {}, now=now)
    return len(rows) == NEW_CASES


def _threads_behind(now: float) -> Any:
    return (
        select(slack_threads, _C.next_seq, _C.owner, _H.state, _H.closed_at)
        .join_from(handoffs, slack_threads, _T.handoff_id == _H.id)
        .join(conversations, _C.id == _T.conversation_id)
        .where(
            changes.live(now),
            _C.handoff_id == _T.handoff_id,
            _C.next_seq - 1 > _T.seq,
            or_(
                _H.state.in_(cases.OPEN),
                _C.owner == Owner.WRAP_UP.value,
                _H.closed_at > now - LINGER_S,
            ),
        )
    )


def _new_messages(conn: Connection, now: float) -> bool:
    threads = conn.execute(_threads_behind(now)).all()
    more = False
    for thread in threads:
        over = thread.state not in cases.OPEN and thread.owner != Owner.WRAP_UP.value
        until = thread.closed_at if over else None
        seq, full = _follow(conn, thread, until, now)
        more = more or full
        if seq > thread.seq:
            conn.execute(
                update(slack_threads).where(_T.handoff_id == thread.handoff_id).values(seq=seq)
            )
    return more


def _follow(conn: Connection, thread: Any, until: float | None, now: float) -> tuple[int, bool]:
    entries: list[tuple[int, float, str, Any]] = []
    for table, written in (
        (inbound, inbound.c.received_at),
        (outbound, outbound.c.created_at),
        (notes, notes.c.created_at),
    ):
        rows = conn.execute(
            select(table, written.label("at_"))
            .where(
                table.c.conversation_id == thread.conversation_id,
                table.c.seq > thread.seq,
                table.c.seq < thread.next_seq,
            )
            .order_by(table.c.seq)
            .limit(NEW_MESSAGES)
        ).all()
        entries += [(row.seq, row.at_, table.name, row) for row in rows]
    entries.sort(key=lambda entry: entry[0])
    full = len(entries) > NEW_MESSAGES
    seq = int(thread.seq)
    for place, at, table_name, row in entries[:NEW_MESSAGES]:
        if until is not None and at > until:
            # The case is over; if it is reopened the thread goes on from here.
            return seq, False
        _ENQUEUE[table_name](conn, thread, row, now)
        seq = place
    if until is None and not full:
        seq = int(thread.next_seq) - 1
    return seq, full


def _said(conn: Connection, thread: Any, row: Any, now: float) -> None:
    handoff_id = thread.handoff_id
    if row.kind == "receipt":
        return
    key = f"{handoff_id}:i:{row.id}"
    queue.add(conn, handoff_id, queue.SAID, key, {"inbound": row.id}, now=now)
    for place in range(len(row.attachments or ())):
        body = {"inbound": row.id, "place": place}
        queue.add(conn, handoff_id, queue.FILE, f"{handoff_id}:f:{row.id}:{place}", body, now=now)
    if row.kind == "delete":
        _blank(conn, row, now)


def _blank(conn: Connection, row: Any, now: float) -> None:
    """What the customer deleted goes in Slack too, wherever it stands there."""
    originals = conn.execute(
        select(inbound.c.id, inbound.c.seq).where(
            inbound.c.conversation_id == row.conversation_id,
            inbound.c.external_id == row.external_id,
            inbound.c.id != row.id,
        )
    ).all()
    ids = [original.id for original in originals]
    if not ids:
        return
    shown = conn.execute(
        select(slack_queue.c.key, slack_queue.c.handoff_id).where(
            slack_queue.c.key.in_(
                [
                    f"{h}:i:{i}"
                    for h in conn.execute(
                        select(_T.handoff_id).where(_T.conversation_id == row.conversation_id)
                    ).scalars()
                    for i in ids
                ]
            )
        )
    ).all()
    for place in shown:
        body = {"of": place.key}
        queue.add(conn, place.handoff_id, queue.BLANK, f"{place.key}:blank", body, now=now)
    first = min(original.seq for original in originals)
    for other in conn.execute(
        select(_T.handoff_id, _T.transcript_seq).where(
            _T.conversation_id == row.conversation_id, _T.transcript_seq >= first
        )
    ).all():
        key = f"{other.handoff_id}:transcript:{row.id}"
        queue.add(conn, other.handoff_id, queue.TRANSCRIPT_AGAIN, key, {}, now=now)


def _told(conn: Connection, thread: Any, row: Any, now: float) -> None:
    if row.corrects is not None:
        # Its author's own message shows it, and how far it got.
        return
    if row.role == "agent":
        later = row.part_of not in (None, row.id)
        if later or _known(conn, slack_messages.c.outbound_id == row.id):
            return
    body = {"outbound": row.id, "marked": row.role == "agent"}
    key = f"{thread.handoff_id}:o:{row.id}"
    queue.add(conn, thread.handoff_id, queue.TOLD, key, body, now=now)


def _noted(conn: Connection, thread: Any, row: Any, now: float) -> None:
    if not _known(conn, slack_messages.c.note_id == row.id):
        key = f"{thread.handoff_id}:n:{row.id}"
        queue.add(conn, thread.handoff_id, queue.NOTED, key, {"note": row.id}, now=now)


def _known(conn: Connection, where: Any) -> bool:
    return conn.execute(select(slack_messages.c.ts).where(where).limit(1)).first() is not None


_ENQUEUE = {"inbound": _said, "outbound": _told, "notes": _noted}
