"""Pure conversion from the api channel's JSON to envelopes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.channels.api.schemas import MessageIn
from integrations.channels.cleaning import clean
from integrations.channels.contract import Attachment, Envelope, Kind, Sender
from runtime.errors import Invalid

CHANNEL = "api"


def to_envelope(
    message: MessageIn,
    *,
    payload: Mapping[str, Any] | None,
    account: str,
    now: float,
    max_text: int,
) -> Envelope:
    """An envelope with clean, masked text. Raises Invalid or TooLarge with the field."""
    text = clean(message.text, max_text)
    kind = Kind(message.kind)
    if kind is Kind.MESSAGE and payload is not None:
        kind = Kind.POSTBACK
    if kind is Kind.MESSAGE and text is None and not message.attachments:
        raise Invalid("text: write something, or attach a file", field="text")
    if kind is Kind.EDIT and text is None:
        raise Invalid("text: an edit needs the new text", field="text")
    sender = message.sender
    return Envelope(
        channel=CHANNEL,
        account=account,
        dedup_key=_dedup_key(message, kind, text),
        external_id=message.message_id,
        address=message.conversation,
        sender=Sender(
            handle=message.conversation,
            name=clean(sender.name, 200) if sender else None,
            email=sender.email if sender else None,
        ),
        kind=kind,
        text=text,
        payload=payload,
        # So that the core shows it by its words.
        button=message.payload if kind is Kind.POSTBACK else None,
        attachments=tuple(Attachment(**a.model_dump()) for a in message.attachments),
        sent_at=_moment(message.sent_at),
        received_at=now,
    )


def _moment(at: datetime | None) -> float | None:
    """Epoch seconds; a time that no clock can show is no time."""
    try:
        return at.timestamp() if at else None
    except (ValueError, OverflowError, OSError):
        return None


def _dedup_key(message: MessageIn, kind: Kind, text: str | None) -> str:
    """Names the occurrence: an edit repeats its message's id, its content tells it apart."""
    key = f"{len(message.conversation)}/{message.conversation}/{message.message_id}"
    if kind in (Kind.MESSAGE, Kind.POSTBACK):
        return key
    if kind is Kind.DELETE:
        return f"{key}:delete"
    moment = message.sent_at.isoformat() if message.sent_at else ""
    digest = hashlib.sha256(f"{text}|{moment}".encode()).hexdigest()[:16]
    return f"{key}:{kind.value}:{digest}"
