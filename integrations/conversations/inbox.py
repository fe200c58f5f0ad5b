"""Storing what arrives: once each, in order, before it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select, update

from integrations.channels.contract import Envelope, Kind
from integrations.conversations.ids import new_id
from integrations.conversations.ownership import Owner
from integrations.conversations.sql import insert_new, select_where
from integrations.conversations.tables import conversations, files, inbound, outbound
from integrations.files.store import Files
from runtime.errors import Invalid, NotFound

# Only these are turns of a dialogue; the others are recorded and shown.
SPOKEN = frozenset({Kind.MESSAGE, Kind.POSTBACK, Kind.COMMENT, Kind.MENTION})
# These are about a conversation: they don't begin one.
_ABOUT = frozenset({Kind.RECEIPT, Kind.REACTION})
BLOCKED = "blocked"


@dataclass(frozen=True)
class Stored:
    """What became of one envelope. `claimed`: the conversation's row, if the lease asked for is
    ours. Without a conversation it was about none that we know."""

    conversation_id: str | None
    inbound_id: str | None
    duplicate: bool
    claimed: Any | None = None


def store(
    conn: Connection, envelope: Envelope, *, now: float, token: str | None, lease_until: float
) -> Stored:
    """Store one occurrence, unique on (channel, account, dedup_key), and note the work.

    Raises Invalid for a message whose file is gone.

    With a `token` the conversation is claimed in passing if nobody holds it, which saves a
    transaction when the gateway that received the message also handles it.
    """
    occurrence = {
        "channel": envelope.channel,
        "account": envelope.account,
        "dedup_key": envelope.dedup_key,
    }
    known = select_where(conn, inbound, occurrence, columns=("id", "conversation_id")).first()
    if known is not None:
        return Stored(known.conversation_id, known.id, duplicate=True)

    conversation_id = _conversation(conn, envelope, now)
    if conversation_id is None:
        return Stored(None, None, duplicate=False)
    overtaken = _overtaken(conn, envelope, conversation_id)
    gone = overtaken == Kind.DELETE
    spoken = overtaken is None and _is_turn(conn, envelope, conversation_id, now)
    row = _take_seq(conn, conversation_id, envelope, now, token if spoken else None, lease_until)
    inbound_id = new_id("m")
    with_people = row.owner in (Owner.QUEUED, Owner.AGENT)
    fresh = insert_new(
        conn,
        inbound,
        {
            "id": inbound_id,
            "conversation_id": conversation_id,
            "seq": row.next_seq - 1,
            "channel": envelope.channel,
            "account": envelope.account,
            "dedup_key": envelope.dedup_key,
            "external_id": envelope.external_id,
            "kind": envelope.kind.value,
            "text": None if gone else envelope.text,
            "payload": None if gone or envelope.payload is None else dict(envelope.payload),
            "attachments": None if gone else [a.as_json() for a in envelope.attachments] or None,
            "reply_to": envelope.reply_to,
            "public": envelope.public,
            "language": envelope.language,
            "sender_name": envelope.sender.name,
            "sender_email": envelope.sender.email,
            "raw": None if gone or envelope.raw is None else dict(envelope.raw),
            "context": dict(envelope.context) if envelope.context is not None else None,
            "sent_at": envelope.sent_at,
            "received_at": now,
            **_fate(envelope, spoken=spoken, overtaken=overtaken, with_people=with_people),
            "handled_at": None if spoken else now,
            "deleted_at": now if gone else None,
        },
    )
    if fresh and envelope.reachable is not None:
        _reach(conn, envelope, conversation_id, row.next_seq - 1)
    if fresh and envelope.files:
        _attach(conn, envelope, now)
    return Stored(
        conversation_id,
        inbound_id if fresh else None,
        duplicate=not fresh,
        claimed=row if token is not None and row.lease_token == token else None,
    )


def _fate(
    envelope: Envelope, *, spoken: bool, overtaken: str | None, with_people: bool
) -> dict[str, str | None]:
    if spoken:
        return {"disposition": None, "reason": None}
    if overtaken is not None:
        return {"disposition": "superseded", "reason": overtaken}
    known = "relayed" if with_people else "ignored"
    return {"disposition": known, "reason": f"{envelope.kind.value}_recorded"}


def _attach(conn: Connection, envelope: Envelope, now: float) -> None:
    try:
        Files.attach(conn, envelope.files, now=now)
    except NotFound as error:
        raise Invalid(
            "a file was removed before it was sent: attach it again",
            code="file_gone",
            field="attachments",
        ) from error


def _reach(conn: Connection, envelope: Envelope, conversation_id: str, seq: int) -> None:
    """What the platform says of reaching the customer, unless they have done something since."""
    newer = select(inbound.c.id).where(
        inbound.c.conversation_id == conversation_id,
        inbound.c.seq < seq,
        inbound.c.sent_at > envelope.sent_at,
    )
    if envelope.sent_at is None or conn.execute(newer.limit(1)).first() is None:
        conn.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(unreachable=None if envelope.reachable else BLOCKED)
        )


def _conversation(conn: Connection, envelope: Envelope, now: float) -> str | None:
    place = {
        "channel": envelope.channel,
        "account": envelope.account,
        "address": envelope.address,
    }
    found = select_where(conn, conversations, place, columns=("id",)).first()
    if envelope.kind in _ABOUT and (found is None or not _concerns(conn, envelope, found.id)):
        return None
    if found is None:
        insert_new(
            conn,
            conversations,
            {
                "id": new_id("c"),
                **place,
                "handle": envelope.sender.handle,
                "state": {},
                "created_at": now,
                "last_activity_at": now,
            },
        )
        found = select_where(conn, conversations, place, columns=("id",)).one()
    return str(found.id)


def _concerns(conn: Connection, envelope: Envelope, conversation_id: str) -> bool:
    """In public people also react to what others said to each other, which is no matter of ours."""
    if envelope.kind is not Kind.REACTION or not envelope.public:
        return True
    return any(
        conn.execute(
            select(table.c.id)
            .where(
                table.c.conversation_id == conversation_id,
                table.c.external_id == envelope.external_id,
            )
            .limit(1)
        ).first()
        for table in (inbound, outbound)
    )


def _take_seq(
    conn: Connection,
    conversation_id: str,
    envelope: Envelope,
    now: float,
    token: str | None,
    lease_until: float,
) -> Any:
    statement = _take(
        due=envelope.kind in SPOKEN or envelope.kind is Kind.EDIT, claim=token is not None
    )
    parameters = {
        "b_id": conversation_id,
        "b_now": now,
        "b_name": envelope.sender.name,
        "b_email": envelope.sender.email,
    }
    if token is not None:
        parameters |= {"b_token": token, "b_until": lease_until}
    return conn.execute(statement, parameters).one()


@lru_cache(maxsize=4)
def _take(*, due: bool, claim: bool) -> Any:
    c = conversations.c
    now = bindparam("b_now", type_=c.due_at.type)
    values: dict[Any, Any] = {
        c.next_seq: c.next_seq + 1,
        c.last_inbound_at: now,
        c.last_activity_at: now,
        c.sender_name: func.coalesce(bindparam("b_name", type_=c.sender_name.type), c.sender_name),
        c.sender_email: func.coalesce(
            bindparam("b_email", type_=c.sender_email.type), c.sender_email
        ),
    }
    if due:
        # They can write to us, so we can write to them.
        values[c.unreachable] = None
        # Work that was put off (the bot is away) is not hurried by a new message.
        values[c.due_at] = func.coalesce(c.due_at, now)
    if claim:
        free = (c.lease_until < now) & or_(c.due_at.is_(None), c.due_at <= now)
        token = bindparam("b_token", type_=c.lease_token.type)
        until = bindparam("b_until", type_=c.lease_until.type)
        values[c.lease_token] = case((free, token), else_=c.lease_token)
        values[c.lease_until] = case((free, until), else_=c.lease_until)
    return update(conversations).where(c.id == bindparam("b_id")).values(values).returning(*c)


def _overtaken(conn: Connection, envelope: Envelope, conversation_id: str) -> str | None:
    """What came before the message that it corrects or deletes: platforms promise no order."""
    if envelope.kind not in SPOKEN:
        return None
    about_it = {"conversation_id": conversation_id, "external_id": envelope.external_id}
    kinds = [row.kind for row in select_where(conn, inbound, about_it, columns=("kind",))]
    # Gone is gone, also when it was corrected before that.
    return next((k for k in (Kind.DELETE.value, Kind.EDIT.value) if k in kinds), None)


def _is_turn(conn: Connection, envelope: Envelope, conversation_id: str, now: float) -> bool:
    if envelope.kind in SPOKEN:
        return True
    if envelope.kind not in (Kind.EDIT, Kind.DELETE):
        return False
    original = conn.execute(
        select(inbound.c.id, inbound.c.disposition, inbound.c.turn_id)
        .where(
            inbound.c.conversation_id == conversation_id,
            inbound.c.external_id == envelope.external_id,
            inbound.c.kind.in_([*SPOKEN, Kind.EDIT]),
            inbound.c.deleted_at.is_(None),
        )
        .order_by(inbound.c.seq.desc())
        .limit(1)
    ).first()
    if original is None:
        # Edits may overtake their message; then the edit is all the customer said.
        return envelope.kind is Kind.EDIT
    waiting = original.disposition is None and original.turn_id is None
    if waiting:
        superseded = {"disposition": "superseded", "reason": envelope.kind.value, "handled_at": now}
        conn.execute(update(inbound).where(inbound.c.id == original.id).values(superseded))
    if envelope.kind is Kind.DELETE:
        _blank(conn, conversation_id, envelope.external_id, now)
    return waiting and envelope.kind is Kind.EDIT


def _blank(conn: Connection, conversation_id: str, external_id: str, now: float) -> None:
    """What a customer deleted goes, in every wording it had, and its files with it."""
    of_it = select(inbound.c.id).where(
        inbound.c.conversation_id == conversation_id, inbound.c.external_id == external_id
    )
    conn.execute(delete(files).where(files.c.inbound_id.in_(of_it)))
    conn.execute(
        update(inbound)
        .where(
            inbound.c.conversation_id == conversation_id,
            inbound.c.external_id == external_id,
            inbound.c.kind.in_([*SPOKEN, Kind.EDIT]),
        )
        .values(text=None, payload=None, attachments=None, raw=None, deleted_at=now)
    )
