"""What goes out: written with the turn that caused it, sent in order, once or marked unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from integrations.conversations.ids import new_id
from integrations.conversations.tables import conversations, outbound

ON_THE_WAY = ("pending", "sending")
ARRIVED = ("sent", "delivered", "read")
# What a customer can see or may have seen.
VISIBLE = ("sending", *ARRIVED, "unknown")
_ADD = insert(outbound)
# A file on its way is given up only when it is slower than this.
SLOWEST_BYTES_S = 256 * 1024
EACH_FILE_S = 5.0

_AHEAD = (
    select(
        outbound.c.id,
        outbound.c.state,
        outbound.c.next_attempt_at,
        outbound.c.expires_at,
        conversations.c.channel,
        conversations.c.account,
        conversations.c.address,
    )
    .join_from(outbound, conversations, conversations.c.id == outbound.c.conversation_id)
    .where(
        outbound.c.conversation_id == bindparam("b_conversation"),
        outbound.c.state.in_(ON_THE_WAY),
    )
    .order_by(outbound.c.n)
    .limit(1)
)


@dataclass(frozen=True)
class Draft:
    """A message to a customer before it has a place in the conversation."""

    role: str
    text: str
    author: str | None = None
    buttons: tuple[dict[str, str], ...] = ()
    attachments: tuple[dict[str, Any], ...] = ()
    in_reply_to: tuple[str, ...] = ()
    expires_at: float | None = None
    id: str | None = None
    # The first of the messages that one text went as, on all of them.
    part_of: str | None = None
    # The message whose text this one takes the place of.
    corrects: str | None = None


def add(
    conn: Connection,
    conversation_id: str,
    drafts: Sequence[Draft],
    *,
    version: int,
    turn_id: str | None,
    now: float,
    first_seq: int | None,
) -> list[str]:
    """Write drafts in order; with `first_seq` they are delivered by being written."""
    rows = [
        {
            "id": draft.id or new_id("o"),
            "conversation_id": conversation_id,
            "seq": first_seq + place if first_seq is not None else None,
            "role": draft.role,
            "author": draft.author,
            "text": draft.text,
            "buttons": list(draft.buttons) or None,
            "attachments": list(draft.attachments) or None,
            "in_reply_to": list(draft.in_reply_to),
            "part_of": draft.part_of,
            "corrects": draft.corrects,
            "turn_id": turn_id,
            "version": version,
            "state": "sent" if first_seq is not None else "pending",
            "attempts": 1 if first_seq is not None else 0,
            "expires_at": draft.expires_at,
            "created_at": now,
            "sent_at": now if first_seq is not None else None,
            "updated_at": now,
        }
        for place, draft in enumerate(drafts)
    ]
    if rows:
        conn.execute(_ADD, rows)
    return [str(row["id"]) for row in rows]


def uploading_s(attachments: Sequence[Mapping[str, Any]] | None) -> float:
    """How many seconds more a message may take because of the files that go with it."""
    kept = [file for file in attachments or () if file.get("file_id")]
    return sum(EACH_FILE_S + (file.get("size") or 0) / SLOWEST_BYTES_S for file in kept)


def parts(conn: Connection, message: Any) -> list[Any]:
    """What was said at once, in order: the message alone, or all that it had to go as."""
    if message.part_of is None:
        return [message]
    found = select(outbound).where(outbound.c.part_of == message.part_of).order_by(outbound.c.n)
    return list(conn.execute(found).all())


def waiting(conn: Connection, *, now: float, limit: int) -> list[str]:
    """Conversations whose next message may be sent now."""
    o = outbound.c
    return list(
        conn.execute(
            select(o.conversation_id)
            .where(o.state == "pending", (o.next_attempt_at <= now) | (o.expires_at < now))
            .group_by(o.conversation_id)
            .limit(limit)
        ).scalars()
    )


def ahead(conn: Connection, conversation_id: str, *, now: float) -> Any | None:
    """A conversation's oldest message, with where it goes, if it may be taken in hand now."""
    first = conn.execute(_AHEAD, {"b_conversation": conversation_id}).first()
    if first is None or first.state == "sending":
        return None
    too_old = first.expires_at is not None and first.expires_at < now
    return first if too_old or first.next_attempt_at <= now else None


def put_off(conn: Connection, message_id: str, *, at: float) -> None:
    """Leave a message that waits for its place on a schedule alone until then."""
    conn.execute(
        update(outbound)
        .where(outbound.c.id == message_id, outbound.c.state == "pending")
        .values(next_attempt_at=at)
    )


def start_next(
    conn: Connection, conversation_id: str, *, now: float, sending_s: float
) -> tuple[Any, Any] | None:
    """Move a conversation's oldest message from pending to sending: (message, conversation).

    One message of a conversation is on the way at a time. From here on it is irrevocable. The
    conversation's row is locked first, so a takeover comes either before (and the message is
    refused) or after (and it is shown as just sent).
    """
    o = outbound.c
    place = conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(next_seq=conversations.c.next_seq)
        .returning(*conversations.c)
    ).one()
    ahead = conn.execute(
        select(outbound)
        .where(o.conversation_id == conversation_id, o.state.in_(ON_THE_WAY))
        .order_by(o.n)
    ).all()
    for row in ahead:
        if row.state == "sending":
            return None
        if row.expires_at is not None and row.expires_at < now:
            _settle(conn, row.id, "pending", "expired", now, error="too old to be sent")
            continue
        if row.role == "bot" and row.version < place.fence:
            _settle(conn, row.id, "pending", "refused", now, error="a person took over")
            continue
        if row.next_attempt_at > now:
            return None
        seq = row.seq if row.seq is not None else place.next_seq
        if row.seq is None:
            conn.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(next_seq=conversations.c.next_seq + 1)
            )
        started = conn.execute(
            update(outbound)
            .where(o.id == row.id, o.state == "pending")
            .values(
                state="sending",
                seq=seq,
                attempts=o.attempts + 1,
                sending_until=now + sending_s + uploading_s(row.attachments),
                updated_at=now,
            )
            .returning(*o)
        ).first()
        return (started, place) if started is not None else None
    return None


def sent(conn: Connection, message_id: str, *, external_id: str | None, now: float) -> bool:
    """The platform accepted it; also when we had given up and called it unknown."""
    done = conn.execute(
        update(outbound)
        .where(outbound.c.id == message_id, outbound.c.state.in_(("sending", "unknown")))
        .values(state="sent", external_id=external_id, sent_at=now, updated_at=now, error=None)
    )
    return done.rowcount == 1


def failed(conn: Connection, message_id: str, *, error: str, now: float) -> bool:
    """It certainly didn't arrive and never will."""
    return _settle(conn, message_id, "sending", "failed", now, error=error)


def unknown(conn: Connection, message_id: str, *, error: str, now: float) -> bool:
    """It may or may not have arrived; a person decides, we never repeat it by ourselves."""
    return _settle(conn, message_id, "sending", "unknown", now, error=error)


def retry_at(conn: Connection, message_id: str, *, at: float, error: str, now: float) -> bool:
    """It certainly didn't arrive; try again at `at`."""
    done = conn.execute(
        update(outbound)
        .where(outbound.c.id == message_id, outbound.c.state == "sending")
        .values(state="pending", next_attempt_at=at, error=error, updated_at=now)
    )
    return done.rowcount == 1


def read_up_to(conn: Connection, conversation_id: str, seq: int, *, now: float) -> int:
    """The customer has seen everything up to `seq`; how many messages that is news of."""
    o = outbound.c
    return conn.execute(
        update(outbound)
        .where(
            o.conversation_id == conversation_id,
            o.seq <= seq,
            o.state.in_(("sent", "delivered")),
        )
        .values(state="read", updated_at=now)
    ).rowcount


def expire_sending(conn: Connection, *, now: float) -> Sequence[Any]:
    """What was being sent by a process that is gone becomes unknown; those messages."""
    o = outbound.c
    return conn.execute(
        update(outbound)
        .where(o.state == "sending", o.sending_until < now)
        .values(state="unknown", error="the process that sent it stopped", updated_at=now)
        .returning(o.id, o.conversation_id, o.role, o.text, o.buttons)
    ).all()


def refuse_pending_bot(conn: Connection, conversation_id: str, *, now: float) -> int:
    """A person took over: what the bot had not begun to send never goes."""
    o = outbound.c
    return conn.execute(
        update(outbound)
        .where(o.conversation_id == conversation_id, o.state == "pending", o.role == "bot")
        .values(state="refused", error="a person took over", updated_at=now)
    ).rowcount


def _settle(
    conn: Connection, message_id: str, state: str, to: str, now: float, *, error: str
) -> bool:
    done = conn.execute(
        update(outbound)
        .where(outbound.c.id == message_id, outbound.c.state == state)
        .values(state=to, error=error[:200], updated_at=now)
    )
    return done.rowcount == 1
