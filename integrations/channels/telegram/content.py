"""What a Telegram message holds, as text that anybody can read and files by reference."""

from __future__ import annotations

from typing import Any

from telegram import Message

from integrations.channels.contract import Attachment
from runtime.errors import Invalid

LANGUAGES = frozenset({"it", "en"})
MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"
_WORDS = {
    "it": {"location": "Posizione", "contact": "Contatto", "poll": "Sondaggio"},
    "en": {"location": "Location", "contact": "Contact", "poll": "Poll"},
}
# A customer sent these, and nobody here can open them; the desk is told what it was.
_UNOPENED = (
    "story",
    "game",
    "paid_media",
    "invoice",
    "giveaway",
    "checklist",
    "passport_data",
    "gift",
)
# Telegram's field, our kind, and the type when it doesn't say one.
_FILES = (
    ("animation", "video", "video/mp4"),
    ("video", "video", "video/mp4"),
    ("video_note", "video", "video/mp4"),
    ("voice", "audio", "audio/ogg"),
    ("audio", "audio", "audio/mpeg"),
    ("document", "file", "application/octet-stream"),
)

Content = tuple[str | None, tuple[Attachment, ...]]


def content(message: Message, language: str | None) -> Content:
    """A message's text and files; both empty for service messages. Raises Invalid."""
    words = _WORDS.get(language or "it", _WORDS["it"])
    written = string(message.text, "text") or string(message.caption, "caption")
    for read in (_photo, _sticker, _file, _place, _contact):
        said, attachment = read(message, words)
        if attachment is not None:
            return _joined(written, said), (attachment,)
    if message.dice:
        return string(message.dice.emoji, "dice"), ()
    if message.poll:
        return f"{words['poll']}: {string(message.poll.question, 'poll')}", ()
    unopened = next((name for name in _UNOPENED if getattr(message, name, None)), None)
    if unopened is not None:
        return written, (Attachment(kind="unsupported", name=unopened),)
    return written, ()


def string(value: Any, field: str) -> str | None:
    """Text, or None. Raises Invalid for anything else."""
    if value is None or isinstance(value, str):
        return value
    raise Invalid(f"{field}: not a text", field=field)


def number(value: Any, field: str) -> int:
    """A whole number that a database holds. Raises Invalid."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise Invalid(f"{field}: not a whole number", field=field)
    return value


def language_of(user: Any) -> str | None:
    """The language of somebody's app, when it is one of ours."""
    code = (string(getattr(user, "language_code", None), "language_code") or "")[:2].lower()
    return code if code in LANGUAGES else None


def _photo(message: Message, _words: dict[str, str]) -> tuple[str | None, Attachment | None]:
    if not message.photo:
        return None, None
    largest = max(message.photo, key=lambda size: size.width * size.height)
    return None, _reference(largest, "image", "photo.jpg", "image/jpeg")


def _sticker(message: Message, _words: dict[str, str]) -> tuple[str | None, Attachment | None]:
    sticker = message.sticker
    if not sticker:
        return None, None
    mime, name = "image/webp", "sticker.webp"
    if sticker.is_video:
        mime, name = "video/webm", "sticker.webm"
    elif sticker.is_animated:
        mime, name = "application/x-tgsticker", "sticker.tgs"
    return string(sticker.emoji, "emoji"), _reference(sticker, "image", name, mime)


def _file(message: Message, _words: dict[str, str]) -> tuple[str | None, Attachment | None]:
    for field, kind, usual in _FILES:
        found = getattr(message, field)
        if found:
            mime = string(getattr(found, "mime_type", None), "mime_type") or usual
            name = string(getattr(found, "file_name", None), "file_name")
            return None, _reference(found, kind, name, mime)
    return None, None


def _place(message: Message, words: dict[str, str]) -> tuple[str | None, Attachment | None]:
    place = message.location
    if not place:
        return None, None
    latitude, longitude = f"{float(place.latitude):.6f}", f"{float(place.longitude):.6f}"
    said = f"{words['location']}: {latitude}, {longitude}"
    name = None
    if message.venue:
        name = string(message.venue.title, "title")
        said += f" ({name}, {string(message.venue.address, 'address')})"
    return said, Attachment(kind="location", name=name, url=MAP.format(latitude, longitude))


def _contact(message: Message, words: dict[str, str]) -> tuple[str | None, Attachment | None]:
    contact = message.contact
    if not contact:
        return None, None
    names = (string(contact.first_name, "first_name"), string(contact.last_name, "last_name"))
    name = " ".join(filter(None, names))
    phone = string(contact.phone_number, "phone_number")
    return f"{words['contact']}: {name}, {phone}", Attachment(kind="contact", name=name)


def _reference(found: Any, kind: str, name: str | None, mime: str) -> Attachment:
    file_id = string(found.file_id, "file_id")
    if not file_id:
        raise Invalid("file_id: missing", field="file_id")
    size = found.file_size
    return Attachment(
        kind=kind,
        name=name,
        mime=mime,
        size=None if size is None else number(size, "file_size"),
        file_id=file_id,
    )


def _joined(*texts: str | None) -> str | None:
    return "\n".join(filter(None, texts)) or None
