"""Claiming a conversation and finishing what was claimed, in one transaction each.

A claim freezes what waits into a turn before anybody is asked to answer it; the end of a turn
counts only if the claim and the conversation's version still hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, or_, select, update

from integrations.conversations import outbox, queues
from integrations.conversations.ids import new_id
from integrations.conversations.outcome import Outcome, Work
from integrations.conversations.ownership import BOT_ANSWERS, FENCING, Change, Owner, after
from integrations.conversations.sql import select_where, update_where
from integrations.conversations.tables import (
    bot_sync,
    conversations,
    handoffs,
    inbound,
    turns,
)
from integrations.insights import repository as insights

MAX_TURN_MESSAGES = 20
MAX_SYNC_EVENTS = 100


_CLAIM = (
    update(conversations)
    .where(
        conversations.c.id == bindparam("b_id"),
        or_(
            conversations.c.lease_until < bindparam("b_now"),
            conversations.c.lease_token == bindparam("b_token"),
        ),
    )
    .values(lease_token=bindparam("b_token"), lease_until=bindparam("b_until"))
    .returning(*conversations.c)
)
_ANYTHING_WAITS = select(
    or_(
        exists().where(
            inbound.c.conversation_id == bindparam("b_id"), inbound.c.disposition.is_(None)
        ),
        exists().where(bot_sync.c.conversation_id == bindparam("b_id")),
    )
)
_HAND_OVER = insert(handoffs)
_FREEZE = insert(turns).returning(*turns.c)


class Fenced(Exception):
    """Somebody else holds the conversation now, or its version moved on."""


def due(conn: Connection, *, now: float, limit: int) -> list[str]:
    """Conversations with work that nobody holds, longest waiting first."""
    c = conversations.c
    return list(
        conn.execute(
            select(c.id)
            .where(c.due_at.is_not(None), c.due_at <= now, c.lease_until < now)
            .order_by(c.due_at)
            .limit(limit)
        ).scalars()
    )


def begin(
    conn: Connection, conversation_id: str, *, token: str, now: float, lease_s: float
) -> Work | None:
    """Claim a conversation, freeze what waits into a turn; None if held or nothing to do."""
    row = conn.execute(
        _CLAIM,
        {"b_id": conversation_id, "b_now": now, "b_token": token, "b_until": now + lease_s},
    ).first()
    return None if row is None else take_up(conn, row, token=token, now=now)


def take_up(conn: Connection, row: Any, *, token: str, now: float) -> Work | None:
    """What waits in a conversation that `token` has just claimed; released if nothing does."""
    conversation_id = row.id
    here = {"conversation_id": conversation_id}
    sync = select_where(conn, bot_sync, here, order="n", limit=MAX_SYNC_EVENTS).all()
    messages = select_where(
        conn, inbound, here, nulls=("disposition",), order="seq", limit=MAX_TURN_MESSAGES
    ).all()
    turn = None
    if any(message.turn_id is not None for message in messages):
        # Frozen by somebody who didn't come to its end: the same turn again, and no other.
        turn = select_where(conn, turns, {**here, "status": "frozen"}).first()
        if turn is not None:
            messages = [message for message in messages if message.turn_id == turn.id]
    if not messages and not sync:
        release(conn, conversation_id, token)
        return None
    if messages and row.owner == Owner.CLOSED:
        row = _reopen(conn, row)
    if messages and turn is None and Owner(row.owner) in BOT_ANSWERS:
        turn = _freeze(conn, row, messages, now)
    handoff = None
    if row.handoff_id is not None:
        handoff = select_where(conn, handoffs, {"id": row.handoff_id}).first()
    return Work(row, messages, turn, sync, handoff)


def _reopen(conn: Connection, row: Any) -> Any:
    return conn.execute(
        update(conversations)
        .where(conversations.c.id == row.id)
        .values(
            owner=after(Owner.CLOSED, Change.NEW_MESSAGE).value,
            version=conversations.c.version + 1,
        )
        .returning(*conversations.c)
    ).one()


def _freeze(conn: Connection, row: Any, messages: Sequence[Any], now: float) -> Any:
    turn_id = new_id("t")
    ids = [message.id for message in messages]
    for message_id in ids:
        update_where(conn, inbound, {"id": message_id}, {"turn_id": turn_id})
    return conn.execute(
        _FREEZE,
        {
            "id": turn_id,
            "conversation_id": row.id,
            "version": row.version,
            "status": "frozen",
            "inbound_ids": ids,
            "created_at": now,
        },
    ).one()


def commit(
    conn: Connection,
    work: Work,
    outcome: Outcome,
    *,
    token: str,
    now: float,
    lease_s: float,
    pulls: bool,
) -> Work | None:
    """Write an outcome if the lease and the version still hold; the next work, if any waits.

    `pulls`: the channel's customers fetch their messages, so the commit is the delivery.
    Raises Fenced, having changed nothing.
    """
    row = work.conversation
    version = row.version + (1 if outcome.change is not None else 0)
    first_seq = _hold(
        conn,
        row,
        _conversation_values(row, outcome, now),
        token=token,
        drafts=len(outcome.drafts) if pulls else None,
    )
    turn_id = work.turn.id if work.turn is not None else None
    outbox.add(
        conn, row.id, outcome.drafts, version=version, turn_id=turn_id, now=now, first_seq=first_seq
    )
    _write_handled(conn, outcome, now)
    if work.turn is not None:
        done = {"status": "done", "finished_at": now, **outcome.turn_values}
        update_where(conn, turns, {"id": turn_id}, done)
    if outcome.handoff is not None:
        conn.execute(_HAND_OVER, outcome.handoff)
    if outcome.handoff_updates and row.handoff_id is not None:
        update_where(conn, handoffs, {"id": row.handoff_id}, outcome.handoff_updates)
        if work.handoff is not None:
            insights.touch(conn, work.handoff.requested_at, now=now)
    queues.enqueue_sync(conn, row.id, outcome.sync, now)
    queues.enqueue_bridge(conn, outcome.bridge, now)
    if conn.execute(_ANYTHING_WAITS, {"b_id": row.id}).scalar():
        return begin(conn, row.id, token=token, now=now, lease_s=lease_s)
    release(conn, row.id, token)
    return None


def _hold(
    conn: Connection, row: Any, values: dict[str, Any], *, token: str, drafts: int | None
) -> int | None:
    """Change a conversation that is still ours, unchanged; the first place given to `drafts`."""
    held = update_where(
        conn,
        conversations,
        {"id": row.id, "version": row.version, "lease_token": token},
        {"last_activity_at": row.last_activity_at, **values},
        plus={"next_seq": drafts or 0},
        returning=("next_seq",),
    ).first()
    if held is None:
        raise Fenced
    return None if drafts is None else int(held.next_seq) - drafts


def _conversation_values(row: Any, outcome: Outcome, now: float) -> dict[str, Any]:
    values: dict[str, Any] = {"last_activity_at": now}
    if outcome.change is not None:
        values["version"] = row.version + 1
        values["owner"] = after(Owner(row.owner), outcome.change).value
        if outcome.change in FENCING:
            values["fence"] = row.version + 1
    if outcome.handoff is not None:
        values["handoff_id"] = outcome.handoff["id"]
    if outcome.language:
        values["language"] = outcome.language
    if outcome.state is not None:
        values["state"] = outcome.state
    return values


def _write_handled(conn: Connection, outcome: Outcome, now: float) -> None:
    for handled in outcome.handled:
        values: dict[str, Any] = {
            "disposition": handled.disposition,
            "reason": handled.reason,
            "reading": handled.reading,
            "handled_at": now,
        }
        if handled.language:
            values["language"] = handled.language
        update_where(conn, inbound, {"id": handled.inbound_id}, values)


def tell_meanwhile(
    conn: Connection, work: Work, word: Outcome, *, token: str, now: float, pulls: bool
) -> None:
    """Say something while the turn's answer is still awaited. Raises Fenced."""
    _say_word(conn, work, word, {}, token=token, now=now, pulls=pulls)


def _say_word(
    conn: Connection,
    work: Work,
    word: Outcome,
    values: dict[str, Any],
    *,
    token: str,
    now: float,
    pulls: bool,
) -> None:
    row = work.conversation
    if word.drafts:
        values["last_activity_at"] = now
    if word.state is not None:
        values["state"] = word.state
    first_seq = _hold(conn, row, values, token=token, drafts=len(word.drafts) if pulls else None)
    outbox.add(
        conn, row.id, word.drafts, version=row.version, turn_id=None, now=now, first_seq=first_seq
    )
    queues.enqueue_bridge(conn, word.bridge, now)


def defer(
    conn: Connection,
    work: Work,
    *,
    token: str,
    now: float,
    retry_at: float,
    word: Outcome,
    pulls: bool,
) -> None:
    """Let go of a conversation whose turn could not be answered yet, until `retry_at`.

    `word` holds what the customer is told meanwhile, if anything. Raises Fenced.
    """
    let_go = {"due_at": retry_at, "lease_token": None, "lease_until": 0.0}
    _say_word(conn, work, word, let_go, token=token, now=now, pulls=pulls)
    if work.turn is not None:
        conn.execute(
            update(turns)
            .where(turns.c.id == work.turn.id)
            .values(
                attempts=turns.c.attempts + 1,
                first_failed_at=func.coalesce(turns.c.first_failed_at, now),
            )
        )


def release(conn: Connection, conversation_id: str, token: str) -> None:
    """Let go of a conversation that has nothing waiting."""
    update_where(
        conn,
        conversations,
        {"id": conversation_id, "lease_token": token},
        {"lease_token": None, "lease_until": 0.0, "due_at": None},
    )


def extend(conn: Connection, leases: Mapping[str, str], until: float) -> None:
    """Keep what is being worked on: conversation to lease token."""
    for conversation_id, token in leases.items():
        conn.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.lease_token == token)
            .values(lease_until=until)
        )
