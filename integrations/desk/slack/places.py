"""From a place in Slack to the case that it belongs to, and what stands for what there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.conversations.ownership import Owner
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import desk_actions, notes
from integrations.desk.slack import case as cases
from integrations.desk.slack import queue
from integrations.desk.slack.case import Case
from integrations.desk.slack.tables import slack_messages, slack_queue, slack_threads


@dataclass(frozen=True)
class Place:
    """A case's thread."""

    handoff_id: str
    conversation_id: str
    channel: str
    ts: str | None
    case: Case

    def why_not(self, agent: str) -> tuple[str, str] | None:
        """Why an agent may not speak to the customer here: (code, who does), or None."""
        if not self.case.current:
            return ("newer", "")
        if self.case.state == "claimed" and self.case.owner == Owner.AGENT:
            holder = self.case.claimed_by or ""
            return None if holder == agent else ("not_yours", holder)
        return ("claim_first", "") if self.case.open else ("over", "")


def of_thread(conn: Connection, channel: str, ts: str) -> Place | None:
    """The case whose card is the message `ts`."""
    t = slack_threads.c
    row = conn.execute(select(slack_threads).where(t.channel == channel, t.ts == ts)).first()
    return _place(conn, row)


def of_handoff(conn: Connection, handoff_id: str) -> Place | None:
    """The case of a handoff that has a card."""
    row = conn.execute(
        select(slack_threads).where(slack_threads.c.handoff_id == handoff_id)
    ).first()
    return _place(conn, row)


def _place(conn: Connection, row: Any) -> Place | None:
    if row is None:
        return None
    case = cases.read(conn, row.handoff_id)
    if case is None:
        return None
    return Place(row.handoff_id, row.conversation_id, row.channel, row.ts, case)


def being_posted(conn: Connection) -> bool:
    """Whether a card is on its way whose name in Slack we don't know yet."""
    q = slack_queue.c
    found = select(q.n).where(
        q.kind == queue.CARD, q.done_at.is_(None), q.state.in_(("sending", "unknown"))
    )
    return conn.execute(found.limit(1)).first() is not None


def message(conn: Connection, channel: str, ts: str) -> Any | None:
    """What a message in a thread stands for."""
    m = slack_messages.c
    return conn.execute(select(slack_messages).where(m.channel == channel, m.ts == ts)).first()


def of_note(conn: Connection, note_id: str) -> tuple[Any, Any] | None:
    """The message that is a note, and the note."""
    found = conn.execute(select(slack_messages).where(slack_messages.c.note_id == note_id)).first()
    note = conn.execute(select(notes).where(notes.c.id == note_id)).first()
    return None if found is None or note is None else (found, note)


def files_asked_about(conn: Connection, place: Place, note_id: str) -> list[dict[str, str]]:
    """Where the files are that a note's author was asked about with it."""
    asked = queue.by_key(conn, queue.asking(place.handoff_id, note_id))
    return list(asked.body.get("files") or ()) if asked is not None else []


def of_outbound(conn: Connection, outbound_id: str) -> Any | None:
    """The message that went to the customer as this."""
    m = slack_messages.c
    return conn.execute(select(slack_messages).where(m.outbound_id == outbound_id)).first()


def remember(
    conn: Connection,
    place: Place,
    ts: str,
    *,
    now: float,
    note_id: str | None = None,
    outbound_id: str | None = None,
) -> None:
    """A message in a thread is a note, or went to the customer, or first one and then the other."""
    row = {
        "channel": place.channel,
        "ts": ts,
        "handoff_id": place.handoff_id,
        "note_id": note_id,
        "outbound_id": outbound_id,
        "created_at": now,
    }
    if insert_new(conn, slack_messages, row):
        return
    m = slack_messages.c
    known = {k: v for k, v in (("note_id", note_id), ("outbound_id", outbound_id)) if v}
    if known:
        conn.execute(
            update(slack_messages)
            .where(m.channel == place.channel, m.ts == ts)
            .values(created_at=now, **known)
        )


def corrected(conn: Connection, message: Any, outbound_id: str, *, now: float) -> None:
    """A message's correction is on its way to the customer: from now on its mark is that one's."""
    m = slack_messages.c
    conn.execute(
        update(slack_messages)
        .where(m.channel == message.channel, m.ts == message.ts)
        .values(outbound_id=outbound_id, mark="pending", created_at=now)
    )
    body = {"channel": message.channel, "ts": message.ts, "add": "pending", "remove": message.mark}
    key = f"{message.channel}:{message.ts}:{outbound_id}:pending"
    queue.add(conn, message.handoff_id, queue.MARK, key, body, now=now)


def done(conn: Connection, key: str) -> bool:
    """Whether an action of the desk was done under this key."""
    found = select(desk_actions.c.key).where(desk_actions.c.key == key)
    return conn.execute(found).first() is not None


def post_copy(conn: Connection, place: Place, outbound_id: str, *, now: float) -> None:
    """Words that were written in a modal get a message of their own in the thread, for the mark."""
    key = f"{place.handoff_id}:o:{outbound_id}"
    body = {"outbound": outbound_id, "marked": True}
    queue.add(conn, place.handoff_id, queue.TOLD, key, body, now=now)
