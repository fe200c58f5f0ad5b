"""What people at the desk do, as transactions: claim, answer, note, give back, resolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from integrations.bridge.records import customer_said
from integrations.conversations import corrections, outbox, queues
from integrations.conversations.ids import new_id
from integrations.conversations.ownership import FENCING, Change, Owner, after
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import (
    conversations,
    desk_actions,
    handoffs,
    inbound,
    notes,
    outbound,
    turns,
)
from integrations.desk import checks
from integrations.insights import repository as insights
from runtime.clock import iso
from runtime.errors import Conflict, NotFound


def lock(conn: Connection, conversation_id: str) -> Any:
    """The conversation's row, ours until the transaction ends. Raises NotFound."""
    row = conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(version=conversations.c.version)
        .returning(*conversations.c)
    ).first()
    if row is None:
        raise NotFound("there is no such conversation")
    return row


def change_owner(conn: Connection, row: Any, change: Change, *, now: float, **values: Any) -> Any:
    """Move ownership along the table; the changed row. Raises Conflict."""
    owner = after(Owner(row.owner), change)
    values |= {"owner": owner.value, "version": row.version + 1, "last_activity_at": now}
    if change in FENCING:
        values["fence"] = row.version + 1
    return conn.execute(
        update(conversations)
        .where(conversations.c.id == row.id)
        .values(**values)
        .returning(*conversations.c)
    ).one()


def void_open_turn(conn: Connection, conversation_id: str, *, now: float) -> str | None:
    """A person takes over in the middle of a bot's turn: its messages are theirs now."""
    turn = conn.execute(
        update(turns)
        .where(turns.c.conversation_id == conversation_id, turns.c.status == "frozen")
        .values(status="voided", finished_at=now)
        .returning(turns.c.id)
    ).first()
    if turn is None:
        return None
    conn.execute(
        update(inbound)
        .where(inbound.c.turn_id == turn.id, inbound.c.disposition.is_(None))
        .values(disposition="relayed", reason="a person took over", handled_at=now)
    )
    void = {"id": new_id("e"), "type": "void", "turn_id": turn.id}
    queues.enqueue_sync(conn, conversation_id, [void], now)
    return str(turn.id)


def relay_waiting(conn: Connection, row: Any, *, now: float) -> None:
    """What the customer wrote to the agent and nobody picked up yet was still for the agent."""
    i = inbound.c
    waiting = conn.execute(
        update(inbound)
        .where(i.conversation_id == row.id, i.disposition.is_(None), i.turn_id.is_(None))
        .values(disposition="relayed", handled_at=now)
        .returning(*i)
    ).all()
    waiting = sorted(waiting, key=lambda message: int(message.seq))
    queues.enqueue_sync(conn, row.id, [customer_message(message) for message in waiting], now)
    queues.enqueue_bridge(
        conn,
        [customer_said(row, message, language=row.language, reading=None) for message in waiting],
        now,
    )


def customer_message(message: Any) -> dict[str, Any]:
    """What the bot's tracker learns of a message that a person answered."""
    return {
        "id": message.id,
        "type": "customer_message",
        "text": message.text or "",
        "at": iso(message.received_at),
    }


def just_sent(conn: Connection, conversation_id: str) -> list[str]:
    """The bot's texts that are on their way to their platform now, and can't be stopped any more.

    With the conversation's row locked that is exact: what had arrived stands in the transcript,
    and what hadn't left never will.
    """
    o = outbound.c
    return list(
        conn.execute(
            select(o.text)
            .where(o.conversation_id == conversation_id, o.role == "bot", o.state == "sending")
            .order_by(o.n)
        ).scalars()
    )


def open_handoff(conn: Connection, row: Any) -> Any | None:
    """The handoff this conversation stands in, if any."""
    if row.handoff_id is None:
        return None
    return conn.execute(select(handoffs).where(handoffs.c.id == row.handoff_id)).first()


def new_takeover(conn: Connection, row: Any, reason: dict[str, str], *, now: float) -> str:
    """A handoff for a conversation that a person took without being asked."""
    handoff_id = new_id("h")
    conn.execute(
        insert(handoffs).values(
            id=handoff_id,
            conversation_id=row.id,
            state="claimed",
            priority="normal",
            rules=[],
            reasons=[reason],
            signals=[],
            collected={},
            effects=[],
            requested_at=now,
        )
    )
    conn.execute(
        update(conversations).where(conversations.c.id == row.id).values(handoff_id=handoff_id)
    )
    return handoff_id


def update_handoff(conn: Connection, handoff_id: str, **values: Any) -> None:
    """Change a handoff's fields."""
    conn.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**values))


def close(
    conn: Connection,
    row: Any,
    handoff: Any | None,
    state: str,
    word: str,
    now: float,
    *,
    label: Mapping[str, str | None],
) -> None:
    """End a handoff; the bot learns what it is to remember of it, which the label is not."""
    word = word.strip()[: checks.MAX_TEXT]
    if handoff is not None:
        closed = {"state": state, "closed_at": now, "closing_word": word or None}
        update_handoff(conn, handoff.id, **closed, **label)
        insights.touch(conn, handoff.requested_at, now=now)
    events: list[dict[str, Any]] = [{"id": new_id("e"), "type": "form_ended", "at": iso(now)}]
    slots: dict[str, Any] = {}
    if state == "returned":
        # The bot may quote it. What is written at a resolution is the team's own.
        slots["agent_promise"] = word or None
    if handoff is not None and handoff.reasons:
        slots["agent_topic"] = handoff.reasons[0]["code"]
    if slots:
        events.append({"id": new_id("e"), "type": "slots", "slots": slots, "at": iso(now)})
    queues.enqueue_sync(conn, row.id, events, now)


def say(conn: Connection, row: Any, draft: outbox.Draft, *, now: float, pulls: bool) -> str:
    """Put one message to the customer in the outbox; its id. The row must be locked."""
    first_seq = None
    if pulls:
        first_seq = conn.execute(
            update(conversations)
            .where(conversations.c.id == row.id)
            .values(next_seq=conversations.c.next_seq + 1)
            .returning(conversations.c.next_seq)
        ).scalar_one()
        first_seq -= 1
    [message_id] = outbox.add(
        conn, row.id, [draft], version=row.version, turn_id=None, now=now, first_seq=first_seq
    )
    return message_id


def add_note(conn: Connection, row: Any, author: str, text: str, *, now: float) -> str:
    """Write a note that only the desk can read; its id."""
    seq = conn.execute(
        update(conversations)
        .where(conversations.c.id == row.id)
        .values(next_seq=conversations.c.next_seq + 1)
        .returning(conversations.c.next_seq)
    ).scalar_one()
    note_id = new_id("n")
    conn.execute(
        insert(notes).values(
            id=note_id,
            conversation_id=row.id,
            handoff_id=row.handoff_id,
            seq=seq - 1,
            author=author,
            text=text,
            created_at=now,
        )
    )
    return note_id


def closed_handoff(conn: Connection, row: Any, handoff_id: str) -> Any:
    """A case of this conversation that is over. Raises NotFound, Conflict (`still_open`)."""
    found = conn.execute(select(handoffs).where(handoffs.c.id == handoff_id)).first()
    if found is None or found.conversation_id != row.id:
        raise NotFound("there is no such case")
    if found.closed_at is None:
        raise Conflict("this case is still open", code="still_open")
    return found


def own_message(conn: Connection, row: Any, message_id: str, agent: str) -> Any:
    """What an agent said here first, given it or a correction of it. Raises NotFound, Conflict."""
    found = corrections.original(conn, message_id)
    if found is None or found.conversation_id != row.id or found.role != "agent":
        raise NotFound("there is no such message")
    if found.author != agent:
        raise Conflict("somebody else wrote this", code="own_only")
    return found


def must_hold(row: Any, handoff: Any | None, agent: str) -> None:
    """Only who claimed a conversation speaks in it. Raises Conflict."""
    if row.owner != Owner.AGENT:
        raise Conflict("claim the conversation first", code="not_claimed")
    if handoff is not None and handoff.claimed_by and handoff.claimed_by != agent:
        raise Conflict(f"{handoff.claimed_by} has claimed this conversation", code="claimed")


def once(conn: Connection, key: str | None, *, now: float) -> dict[str, Any] | None:
    """The result of an action that was already done under this key; else reserves the key."""
    if key is None:
        return None
    if insert_new(conn, desk_actions, {"key": key, "result": {}, "created_at": now}):
        return None
    result: dict[str, Any] = conn.execute(
        select(desk_actions.c.result).where(desk_actions.c.key == key)
    ).scalar_one()
    return result


def remember(conn: Connection, key: str | None, result: dict[str, Any]) -> None:
    """Keep the result for the next time the same action arrives."""
    if key is not None:
        conn.execute(update(desk_actions).where(desk_actions.c.key == key).values(result=result))
