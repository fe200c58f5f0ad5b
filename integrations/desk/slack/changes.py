"""What Slack shows differently from how things stand: cards, and marks of delivery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from integrations.conversations import outbox
from integrations.conversations.tables import conversations, handoffs, outbound
from integrations.desk.slack import case as cases
from integrations.desk.slack import queue
from integrations.desk.slack.tables import slack_messages, slack_queue, slack_threads

CARD_LINGER_S = 2 * 86_400.0
MARKED_S = 2 * 86_400.0
LIVE_S = 14 * 86_400.0
_FINAL = ("failed", "read", "refused", "expired")
_T, _H, _C = slack_threads.c, handoffs.c, conversations.c


def live(now: float) -> Any:
    """Cases that somebody may still look at; by the states' index, however many were closed."""
    return or_(
        _H.state.in_(cases.OPEN),
        _H.state.in_(cases.CLOSED) & (_H.requested_at > now - LIVE_S),
    )


def stale_cards(conn: Connection, now: float) -> Iterator[str]:
    """Handoffs whose card would look different now."""
    rows = conn.execute(
        select(handoffs)
        .join_from(handoffs, slack_threads, _T.handoff_id == _H.id)
        .where(
            live(now),
            or_(_H.closed_at.is_(None), _H.closed_at > now - CARD_LINGER_S),
        )
    ).all()
    if not rows:
        return
    ids = {row.conversation_id for row in rows}
    found = conn.execute(select(conversations).where(_C.id.in_(ids))).all()
    shown = conn.execute(
        select(_T.handoff_id, _T.shown).where(_T.handoff_id.in_([row.id for row in rows]))
    ).all()
    by_id, digests = {row.id: row for row in found}, {row[0]: row[1] for row in shown}
    for row in rows:
        place = by_id.get(row.conversation_id)
        if place is not None and cases.digest(cases.of(row, place)) != digests.get(row.id):
            yield row.id


def change_card(conn: Connection, handoff_id: str, now: float) -> None:
    """Have a card shown as things stand."""
    case = cases.read(conn, handoff_id)
    if case is None:
        return
    here = _T.handoff_id == handoff_id
    conn.execute(update(slack_threads).where(here).values(shown=cases.digest(case)))
    # A row that waits shows everything up to the moment it goes.
    if any(queue.waiting(conn, handoff_id, kind) for kind in (queue.UPDATE, queue.CARD)):
        return
    q = slack_queue.c
    count = conn.execute(
        select(func.count())
        .select_from(slack_queue)
        .where(q.handoff_id == handoff_id, q.kind == queue.UPDATE)
    ).scalar_one()
    queue.add(conn, handoff_id, queue.UPDATE, f"{handoff_id}:update:{count}", {}, now=now)


def fresh_marks(conn: Connection, now: float) -> Iterator[tuple[Any, str, str]]:
    """Messages whose reaction shows an older state of delivery: (message, state, reason)."""
    m = slack_messages.c
    rows = conn.execute(
        select(slack_messages)
        .where(
            m.created_at > now - MARKED_S,
            m.outbound_id.is_not(None),
            or_(m.mark.is_(None), m.mark.not_in(_FINAL)),
        )
        .order_by(m.created_at)
    ).all()
    for row in rows:
        message = conn.execute(select(outbound).where(outbound.c.id == row.outbound_id)).first()
        if message is None:
            continue
        state, reason = fate_of(outbox.parts(conn, message))
        if state != row.mark:
            yield row, state, reason


def change_mark(conn: Connection, row: Any, state: str, reason: str, now: float) -> None:
    """Have a message show its state of delivery, and say so in the thread if it failed."""
    m = slack_messages.c
    here = (m.channel == row.channel) & (m.ts == row.ts)
    conn.execute(update(slack_messages).where(here).values(mark=state))
    body = {"channel": row.channel, "ts": row.ts, "add": state, "remove": row.mark}
    # A message may go more than once: as it was, and corrected.
    key = f"{row.channel}:{row.ts}:{row.outbound_id}:{row.mark}:{state}"
    queue.add(conn, row.handoff_id, queue.MARK, key, body, now=now)
    if state in ("failed", "unknown"):
        body = {"outbound": row.outbound_id, "state": state, "reason": reason}
        key = f"{row.handoff_id}:fate:{row.outbound_id}:{state}"
        queue.add(conn, row.handoff_id, queue.FATE, key, body, now=now)


_WORST = ("failed", "unknown", "refused", "expired", "pending", "sending", "sent", "delivered")


def fate_of(parts: list[Any]) -> tuple[str, str]:
    """The state of a message in parts, the worst of theirs, and the reason if it failed."""
    for state in _WORST:
        for part in parts:
            if part.state == state:
                return state, part.error or ""
    return "read", ""
