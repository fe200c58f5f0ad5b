"""What every channel's envelopes go through: text that any database holds, without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integrations.channels.contract import Attachment, Envelope
from integrations.conversations.masking import mask
from runtime.errors import TooLarge

_BLANK = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
_DEEPEST = 40
# Nothing that short is a secret that we'd know.
_SHORT = 8


def clean(text: str | None, max_chars: int) -> str | None:
    """Text that any database holds, with card numbers, IBANs and passwords masked.

    Blank text is no text. Raises TooLarge over `max_chars` characters.
    """
    if text is None:
        return None
    if len(text) > max_chars:
        raise TooLarge(f"text: at most {max_chars} characters", field="text")
    text = storable(text)
    if not text.strip(_BLANK):
        return None
    return mask(text).text


def cleaned(envelope: Envelope, max_chars: int) -> Envelope:
    """The envelope with every text of it clean; a text that is too long is cut.

    A platform won't send a shorter one if we refuse: what fits is better than nothing.
    """
    text = envelope.text
    sender = envelope.sender
    return replace(
        envelope,
        dedup_key=storable(envelope.dedup_key),
        external_id=storable(envelope.external_id),
        address=storable(envelope.address),
        sender=replace(
            sender, handle=storable(sender.handle), name=clean((sender.name or "")[:200], 200)
        ),
        moved_from=_stored(envelope.moved_from),
        part=replace(part, whole=storable(part.whole)) if (part := envelope.part) else None,
        button=_stored(envelope.button),
        text=clean(text[:max_chars], max_chars) if text is not None else None,
        attachments=tuple(_attachment(a) for a in envelope.attachments),
        raw=_storable(envelope.raw),
        context=_storable(envelope.context),
    )


def storable(text: str) -> str:
    """PostgreSQL holds no null characters, and no encoding holds half a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _attachment(attachment: Attachment) -> Attachment:
    # A file's id or address may look like a card's number, and must stay what it is.
    return replace(
        attachment,
        kind=storable(attachment.kind),
        name=_stored(attachment.name),
        mime=_stored(attachment.mime),
        url=_stored(attachment.url),
        file_id=_stored(attachment.file_id),
    )


def _stored(text: str | None) -> str | None:
    return storable(text) if text is not None else None


def _storable(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return storable(value) if len(value) < _SHORT else mask(storable(value)).text
    if isinstance(value, Mapping):
        if depth > _DEEPEST:
            return {}
        return {storable(str(k)): _storable(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [] if depth > _DEEPEST else [_storable(v, depth + 1) for v in value]
    return value
