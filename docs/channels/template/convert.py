"""The platform's JSON to envelopes. Pure: no clock, no network, no settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.channels.example.config import NAME

from integrations.channels.contract import Attachment, Envelope, Kind, Sender
from runtime.errors import Invalid

# What of the platform's events means something to us; the others are no envelopes and no errors.
KINDS = {"message": Kind.MESSAGE, "message_edited": Kind.EDIT, "button": Kind.POSTBACK}
_FILES = {"picture": "image", "document": "file"}


def envelopes(payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
    """Every event that we know. Raises Invalid with the field that is wrong."""
    events = payload.get("events")
    if not isinstance(events, list):
        raise Invalid("a list of events is missing", field="events")
    return [envelope(event, account, now) for event in events if _kind(event) is not None]


def envelope(event: Mapping[str, Any], account: str, now: float) -> Envelope:
    """One event. An edit shares `external_id` with its message, never `dedup_key`."""
    kind = _kind(event)
    assert kind is not None
    message = _text(event, "message_id")
    return Envelope(
        channel=NAME,
        account=account,
        dedup_key=_text(event, "event_id"),
        external_id=message,
        address=_text(event, "chat"),
        sender=Sender(handle=_text(event, "from"), name=_maybe(event, "from_name")),
        kind=kind,
        text=_maybe(event, "text"),
        # Unopened: the core verifies what a button of ours carried.
        button=_text(event, "payload") if kind is Kind.POSTBACK else None,
        attachments=_attachments(event),
        sent_at=_moment(event),
        received_at=now,
        raw=event,
    )


def _kind(event: Any) -> Kind | None:
    if not isinstance(event, dict):
        raise Invalid("an event is an object", field="events")
    name = event.get("type")
    return KINDS.get(name) if isinstance(name, str) else None


def _attachments(event: Mapping[str, Any]) -> tuple[Attachment, ...]:
    files = event.get("files") or []
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise Invalid("files are a list of objects", field="files")
    return tuple(
        Attachment(kind=_FILES.get(str(file.get("kind")), "file"), file_id=_text(file, "id"))
        for file in files
    )


def _moment(event: Mapping[str, Any]) -> float | None:
    at = event.get("at")
    if at is None or isinstance(at, bool) or not isinstance(at, int | float):
        return None
    return float(at)


def _text(event: Mapping[str, Any], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid("a text is missing", field=name)
    return value


def _maybe(event: Mapping[str, Any], name: str) -> str | None:
    value = event.get(name)
    return value if isinstance(value, str) and value else None
