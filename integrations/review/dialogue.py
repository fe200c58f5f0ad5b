"""A dialogue as designers may see it: both sides, without personal data, never the team's notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from integrations.conversations.outbox import VISIBLE
from integrations.conversations.tables import conversations, inbound, outbound, turns
from integrations.review.redacting import clean, known_of, of_value
from runtime.clock import iso
from runtime.errors import NotFound

AROUND = 6
LONGEST = 500
_I, _O = inbound.c, outbound.c
_ROLES = {"customer": "customer", "agent": "agent"}


def around(conn: Connection, message: Any) -> tuple[list[Any], list[Any], Any]:
    """Rows before and after a review message, oldest first, and its conversation's."""
    row = conn.execute(
        select(conversations).where(conversations.c.id == message.conversation_id)
    ).first()
    seq = conn.execute(select(_I.seq).where(_I.id == message.inbound_id)).scalar()
    if row is None or seq is None:
        return [], [], row
    before = _rows(conn, row.id, limit=AROUND, before=seq)
    after = _rows(conn, row.id, limit=AROUND, after=seq)
    return before, after, row


def whole(conn: Connection, conversation_id: str) -> tuple[list[Any], Any, dict[str, str | None]]:
    """A conversation's newest rows, oldest first, its own row, and each turn's model.

    Raises NotFound.
    """
    row = conn.execute(select(conversations).where(conversations.c.id == conversation_id)).first()
    if row is None:
        raise NotFound("there is no such conversation")
    rows = _rows(conn, conversation_id, limit=LONGEST, before=2**31 - 1)
    names = {each.turn_id for each in rows if each.turn_id}
    models = conn.execute(select(turns.c.id, turns.c.model_sha).where(turns.c.id.in_(names)))
    return rows, row, {each.id: each.model_sha for each in models}


def shown(rows: Sequence[Any], conversation: Any) -> list[dict[str, Any]]:
    """Rows in a few words each: role, text, time."""
    return [
        {"role": _role(row), "text": _text(row, conversation), "at": iso(_at(row))} for row in rows
    ]


def transcript(
    rows: Sequence[Any], conversation: Any, models: dict[str, str | None]
) -> dict[str, Any]:
    """The whole as the commands get it, for replaying."""
    known = _known(conversation)
    entries = []
    for row in rows:
        customer = _role(row) == "customer"
        language = row.language if customer else conversation.language
        reading = row.reading if customer else None
        buttons = [] if customer else [button.get("title") for button in row.buttons or ()]
        entries.append(
            {
                "role": _role(row),
                "text": _text(row, conversation),
                "payload": of_value(row.payload, language=language, known=known)
                if customer
                else None,
                "buttons": of_value(buttons, language=language, known=known),
                "at": iso(_at(row)),
                "reading": _reading(reading),
                "model": models.get(row.turn_id) if row.turn_id else None,
            }
        )
    return {
        "conversation": conversation.id,
        "channel": conversation.channel,
        "language": conversation.language,
        "entries": entries,
    }


def _rows(
    conn: Connection,
    conversation_id: str,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> list[Any]:
    said = select(inbound).where(
        _I.conversation_id == conversation_id,
        or_(_I.text.is_not(None), _I.payload.is_not(None)),
        _I.disposition != "superseded",
        _I.deleted_at.is_(None),
    )
    told = select(outbound).where(
        _O.conversation_id == conversation_id,
        _O.state.in_(VISIBLE),
        _O.corrects.is_(None),
    )
    found: list[Any] = []
    for query, seq in ((said, _I.seq), (told, _O.seq)):
        if after is not None:
            found += conn.execute(query.where(seq > after).order_by(seq).limit(limit)).all()
        else:
            newest = query.where(seq < before).order_by(seq.desc()).limit(limit)
            found += conn.execute(newest).all()
    found.sort(key=lambda row: int(row.seq))
    return found[:limit] if after is not None else found[-limit:]


def _role(row: Any) -> str:
    # What the gateway says by itself is the bot's to a customer.
    role = getattr(row, "role", "customer")
    return _ROLES.get(role, "bot")


def _at(row: Any) -> float:
    return float(row.received_at if hasattr(row, "received_at") else row.sent_at or row.created_at)


def _text(row: Any, conversation: Any) -> str:
    customer = _role(row) == "customer"
    text = row.text if customer or row.corrected_text is None else row.corrected_text
    language = (row.language if customer else None) or conversation.language
    known = _known(conversation)
    theirs = (row.sender_name, row.sender_email) if customer else (row.author,)
    known = (*known, *(each for each in theirs if each))
    return clean(text or "", language=language, known=known).text


def _known(conversation: Any) -> tuple[str, ...]:
    memory = (conversation.state or {}).get("memory") or {}
    first_name = memory.get("first_name")
    return (*known_of(conversation), *([str(first_name)] if first_name else []))


def _reading(reading: Any) -> dict[str, Any] | None:
    """What was understood; of what was found only the names: their values are the customer's."""
    if not reading:
        return None
    return {
        "intent": reading.get("intent"),
        "confidence": reading.get("confidence"),
        "rejected": bool(reading.get("rejected")),
        "ranking": [
            {"intent": other.get("intent"), "confidence": other.get("confidence")}
            for other in reading.get("ranking") or ()
        ],
        "entities": sorted({str(e.get("entity")) for e in reading.get("entities") or ()}),
    }
