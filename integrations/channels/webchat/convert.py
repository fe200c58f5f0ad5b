"""Pure conversion: a page's message to an envelope, a transcript's entry to what pages show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from integrations.channels.cleaning import clean
from integrations.channels.contract import Attachment, Envelope, Kind, Sender
from integrations.channels.webchat.config import ACCOUNT, CHANNEL, MAX_TEXT
from integrations.channels.webchat.frames import Message
from integrations.channels.webchat.sessions import Receipt
from runtime.errors import Invalid

# Edits, deletions and the like can't be made here; nothing is shown of what may come some day.
_SHOWN = frozenset({Kind.MESSAGE.value, Kind.POSTBACK.value})
_FOR_CUSTOMERS = (
    "id",
    "seq",
    "role",
    "author",
    "kind",
    "message_id",
    "text",
    "at",
    "state",
    "corrected_at",
)


def to_envelope(
    message: Message,
    *,
    address: str,
    receipts: Sequence[Receipt],
    now: float,
) -> Envelope:
    """An envelope with clean, masked text. Raises Invalid or TooLarge with the field."""
    text = clean(message.text, MAX_TEXT)
    if text is None and message.button is None and not receipts:
        raise Invalid("text: write something, or attach a file", field="text")
    return Envelope(
        channel=CHANNEL,
        account=ACCOUNT,
        # An address is of one length: no two pairs are written the same.
        dedup_key=f"{address}/{message.id}",
        external_id=message.id,
        address=address,
        sender=Sender(handle=address),
        kind=Kind.MESSAGE if message.button is None else Kind.POSTBACK,
        text=text,
        button=message.button,
        attachments=tuple(
            Attachment(kind=r.kind, name=r.name, mime=r.mime, size=r.size, file_id=r.file_id)
            for r in receipts
        ),
        files=tuple(r.file_id for r in receipts),
        received_at=now,
    )


def shown(entry: Mapping[str, Any], file_url: Callable[[str], str]) -> dict[str, Any] | None:
    """An entry of the transcript as pages get it; None for what isn't shown."""
    if entry["role"] == "customer" and entry["kind"] not in _SHOWN:
        return None
    told = {key: entry[key] for key in _FOR_CUSTOMERS if entry.get(key) is not None}
    if entry["role"] != "customer" and entry.get("buttons"):
        told["buttons"] = [{"title": b["title"], "payload": b["payload"]} for b in entry["buttons"]]
    if entry.get("attachments"):
        told["attachments"] = [_file(each, file_url) for each in entry["attachments"]]
    return told


def _file(attachment: Mapping[str, Any], file_url: Callable[[str], str]) -> dict[str, Any]:
    told = {k: attachment[k] for k in ("kind", "name", "mime", "size") if attachment.get(k)}
    if attachment.get("file_id"):
        told["url"] = file_url(str(attachment["file_id"]))
    elif str(attachment.get("url", "")).startswith(("https://", "http://")):
        told["url"] = attachment["url"]
    return told
