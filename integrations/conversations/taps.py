"""Buttons on platforms: what a tap carried is opened here, and what is too long kept here."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, select

from integrations.channels.contract import Button, Envelope, Kind
from integrations.conversations.buttons import Buttons
from integrations.conversations.sql import insert_new, select_where
from integrations.conversations.tables import conversations, outbound, short_payloads
from runtime.errors import Invalid

_TOKEN_CHARS = 22
# How many offers back somebody may tap and still be shown by the words on the button.
OFFERS = 100


def opened(conn: Connection, envelope: Envelope, buttons: Buttons) -> Envelope:
    """The envelope as a postback with its button's verified payload.

    The payload is None for what no button of ours carried to that address: an old one, somebody
    else's, or an invention. Its text becomes the words that stood on the button, as we wrote them:
    what the platform or the page says of them is only what somebody says.
    """
    place = {
        "channel": envelope.channel,
        "account": envelope.account,
        "address": envelope.address,
    }
    here = select_where(conn, conversations, place, columns=("id",)).first()
    carried, address = _kept(conn, envelope, here)
    tapped = replace(envelope, kind=Kind.POSTBACK, payload=_open(buttons, address, carried))
    title = _title(conn, here.id, carried) if tapped.payload and here is not None else None
    return tapped if title is None else replace(tapped, text=title)


def stale(message: Any) -> bool:
    """Whether an inbound message is the tap of a button that couldn't be opened."""
    return bool(message.kind == Kind.POSTBACK.value and not message.payload)


def carried(
    conn: Connection, message: Any, conversation: Any, *, max_bytes: int, now: float
) -> tuple[Button, ...]:
    """A message's buttons with payloads of at most `max_bytes` (0: any length).

    Those that are longer are kept, and a token travels in their place; the same one when the
    message is sent again.
    """
    found = []
    for place, button in enumerate(message.buttons or ()):
        payload = str(button["payload"])
        if max_bytes and len(payload.encode()) > max_bytes:
            token = _token(f"{message.id}:{place}:{payload}")
            row = {
                "token": token,
                "conversation_id": conversation.id,
                "address": conversation.address,
                "payload": payload,
                "created_at": now,
            }
            insert_new(conn, short_payloads, row)
            payload = token
        found.append(Button(str(button["title"]), payload))
    return tuple(found)


def forget(conn: Connection, *, before: float) -> None:
    """Let go of payloads that nobody will tap any more."""
    conn.execute(delete(short_payloads).where(short_payloads.c.created_at < before))


def _kept(conn: Connection, envelope: Envelope, here: Any | None) -> tuple[str, str]:
    """The sealed payload that a tap carried, or its token stands for, and where it was sealed."""
    carried_here = envelope.button or ""
    if len(carried_here) != _TOKEN_CHARS:
        return carried_here, envelope.address
    kept = select_where(conn, short_payloads, {"token": carried_here}).first()
    if kept is None or here is None or kept.conversation_id != here.id:
        return "", envelope.address
    return kept.payload, kept.address


def _open(buttons: Buttons, address: str, carried: str) -> dict[str, Any] | None:
    try:
        return buttons.open(address, carried)
    except Invalid:
        return None


def _title(conn: Connection, conversation_id: str, payload: str) -> str | None:
    """What stands on the newest button of a conversation that carries this."""
    o = outbound.c
    offered = conn.execute(
        select(o.buttons)
        .where(o.conversation_id == conversation_id, o.buttons.is_not(None))
        .order_by(o.n.desc())
        .limit(OFFERS)
    ).scalars()
    found = (b for offer in offered for b in offer if b["payload"] == payload)
    return next((str(button["title"]) for button in found), None)


def _token(of: str) -> str:
    # Message ids are random, so nobody guesses it; 22 characters hold 128 bits.
    digest = hashlib.sha256(of.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
