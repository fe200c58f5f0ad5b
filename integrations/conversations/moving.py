"""A customer's conversation moves to another address: a group became a supergroup, say.

If somebody wrote from the new address before we heard of the move, there are two conversations:
the older keeps its history, its agent and its bot, and takes in what the newer one holds: for the
customer and the desk, in the bridge, and as far as can be in the bot's memory (docs/decisions/010).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.bridge.records import merged
from integrations.conversations import queues
from integrations.conversations.ids import new_id
from integrations.conversations.inbox import SPOKEN
from integrations.conversations.outbox import VISIBLE
from integrations.conversations.ownership import Owner
from integrations.conversations.sql import select_where
from integrations.conversations.tables import (
    FOLLOWS,
    conversations,
    handoffs,
    inbound,
    metadata,
    notes,
    outbound,
    short_payloads,
    turns,
)
from runtime.clock import iso

_PLACED = (inbound, outbound, notes)
_OF_A_CONVERSATION = (handoffs, short_payloads)
# What stands in the address of a conversation that another has taken in, and in its state.
MOVED, MOVED_INTO = "moved:", "moved_into"
# The bot doesn't need to read more of it.
REMEMBERED = 20
_WITH_PEOPLE = (Owner.QUEUED.value, Owner.AGENT.value)


def move(
    conn: Connection, *, channel: str, account: str, old: str, new: str, now: float
) -> str | None:
    """Let the conversation at `old` live at `new`; its id, None if there is none at `old`."""
    if old == new:
        return None
    older = _lock(conn, channel, account, old)
    if older is None:
        return None
    newer = _lock(conn, channel, account, new)
    values: dict[str, Any] = {"address": new}
    if older.handle == old:
        values["handle"] = new
    if newer is not None:
        values |= _take_in(conn, older, newer, now)
    conn.execute(update(conversations).where(conversations.c.id == older.id).values(**values))
    return str(older.id)


def _lock(conn: Connection, channel: str, account: str, address: str) -> Any | None:
    c = conversations.c
    return conn.execute(
        update(conversations)
        .where(c.channel == channel, c.account == account, c.address == address)
        .values(version=c.version)
        .returning(*c)
    ).first()


def _take_in(conn: Connection, older: Any, newer: Any, now: float) -> dict[str, Any]:
    """Everything of the newer conversation becomes the older's; what changes in that one's row."""
    _stop(conn, newer, older.id, now)
    with_people = older.owner in _WITH_PEOPLE
    pending = outbound.c.state == "pending"
    here = outbound.c.conversation_id == newer.id
    # The bot's words to somebody whom a person is answering stay unsaid.
    kept = {"version": older.version, "updated_at": now}
    refused = {"state": "refused", "error": "a person took over", "updated_at": now}
    of_bot = outbound.c.role == "bot"
    if with_people:
        conn.execute(update(outbound).where(here, pending, of_bot).values(**refused))
    conn.execute(update(outbound).where(here, pending).values(**kept))
    queues.enqueue_sync(conn, older.id, _for_memory(conn, newer), now)
    queues.enqueue_bridge(conn, [merged(newer.id, older.id)], now)
    next_seq = _renumber(conn, older, newer)
    for table in (*_PLACED, *_OF_A_CONVERSATION):
        conn.execute(
            update(table)
            .where(table.c.conversation_id == newer.id)
            .values(conversation_id=older.id)
        )
    moments = [m for m in (older.last_inbound_at, newer.last_inbound_at) if m is not None]
    values: dict[str, Any] = {
        "next_seq": next_seq,
        "due_at": now,
        "last_activity_at": max(older.last_activity_at, newer.last_activity_at),
        "last_inbound_at": max(moments, default=None),
        "unreachable": None,
    }
    if newer.owner in _WITH_PEOPLE and not with_people:
        # They asked for a person there: so they did here.
        version = older.version + 1
        values |= {"owner": newer.owner, "handoff_id": newer.handoff_id}
        values |= {"version": version, "fence": version}
    return values


def _for_memory(conn: Connection, newer: Any) -> list[dict[str, Any]]:
    """The newest of what the customer said there and heard from people, as the bot learns it."""
    i, o = inbound.c, outbound.c
    said = conn.execute(
        select(inbound)
        .where(
            i.conversation_id == newer.id,
            i.kind.in_(SPOKEN),
            i.disposition.is_not(None),
            i.text.is_not(None),
        )
        .order_by(i.seq.desc())
        .limit(REMEMBERED)
    ).all()
    told = conn.execute(
        select(outbound)
        .where(o.conversation_id == newer.id, o.role == "agent", o.state.in_(VISIBLE))
        .order_by(o.seq.desc())
        .limit(REMEMBERED)
    ).all()
    events = [(row.seq, _event(row, "customer_message", row.received_at)) for row in said]
    events += [(row.seq, _event(row, "agent_message", row.created_at)) for row in told]
    return [event for _, event in sorted(events, key=lambda each: int(each[0]))]


def _event(row: Any, kind: str, at: float) -> dict[str, Any]:
    return {"id": row.id, "type": kind, "text": row.text, "at": iso(at)}


def _stop(conn: Connection, newer: Any, into: str, now: float) -> None:
    """Nothing is done in the newer conversation any more, and it leaves its address."""
    turn = select_where(conn, turns, {"conversation_id": newer.id, "status": "frozen"}).first()
    if turn is not None:
        voided = {"status": "voided", "finished_at": now}
        conn.execute(update(turns).where(turns.c.id == turn.id).values(**voided))
        # Its messages are asked again, where they belong now.
        conn.execute(
            update(inbound)
            .where(inbound.c.turn_id == turn.id, inbound.c.disposition.is_(None))
            .values(turn_id=None)
        )
        void = {"id": new_id("e"), "type": "void", "turn_id": turn.id}
        queues.enqueue_sync(conn, newer.id, [void], now)
    conn.execute(
        update(conversations)
        .where(conversations.c.id == newer.id)
        .values(
            address=f"{MOVED}{newer.id}",
            owner=Owner.CLOSED.value,
            version=newer.version + 1,
            fence=newer.version + 1,
            handoff_id=None,
            due_at=now,
            state={**newer.state, MOVED_INTO: into},
        )
    )


def _renumber(conn: Connection, older: Any, newer: Any) -> int:
    """Give the newer conversation's entries places after the older's; the next free one."""
    entries = [
        (row.seq, table, row.id)
        for table in _PLACED
        for row in conn.execute(
            select(table.c.id, table.c.seq).where(
                table.c.conversation_id == newer.id, table.c.seq.is_not(None)
            )
        )
    ]
    entries.sort(key=lambda entry: int(entry[0]))
    _follow(conn, older, newer, [int(entry[0]) for entry in entries])
    # All in one go, and from the last: no two entries may ever have one place.
    for place, (_, table, name) in reversed(list(enumerate(entries, start=older.next_seq))):
        conn.execute(
            update(table).where(table.c.id == name).values(seq=place, conversation_id=older.id)
        )
    return int(older.next_seq) + len(entries)


def _follow(conn: Connection, older: Any, newer: Any, places: list[int]) -> None:
    """Whoever follows the newer conversation follows the older, from the same entry on.

    Tables say in their `info` that they do, and which of their columns are places (`FOLLOWS`).
    """

    def place(seq: int) -> int:
        return int(older.next_seq) - 1 + bisect_right(places, seq)

    for table in metadata.tables.values():
        columns = table.info.get(FOLLOWS)
        if callable(columns):
            columns(conn, older.id, newer.id, place)
        if columns is None or callable(columns):
            continue
        key = next(iter(table.primary_key))
        for row in conn.execute(select(table).where(table.c.conversation_id == newer.id)).all():
            moved = {name: place(row._mapping[name]) for name in columns}
            conn.execute(
                update(table)
                .where(key == row._mapping[key.name])
                .values(conversation_id=older.id, **moved)
            )


def lives_in(conn: Connection, conversation_id: str) -> str | None:
    """The conversation that took this one in, if one did."""
    c = conversations.c
    state = conn.execute(select(c.state).where(c.id == conversation_id)).scalar()
    into = (state or {}).get(MOVED_INTO)
    return str(into) if into else None
