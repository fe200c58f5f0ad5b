"""Pure conversion from Telegram's updates to envelopes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telegram import Message, Update

from integrations.channels.contract import Attachment, Envelope, Kind, Part
from integrations.channels.telegram import groups
from integrations.channels.telegram.config import NAME
from integrations.channels.telegram.content import content, language_of, number, string
from integrations.channels.telegram.events import membership, moved, reaction
from integrations.channels.telegram.groups import Me
from integrations.channels.telegram.place import Converted, Ignored, Place
from integrations.channels.telegram.whereabouts import address_of, sender_of, thread_of, user_of
from runtime.errors import Invalid

# What an update may hold is Telegram's to say: these are all the ways in which reading one fails.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
UNREADABLE_REASON = "unreadable"
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
_DEEP_LINK = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_GREETING: Mapping[str, Any] = {"intent": "greet", "entities": {}}


def convert(payload: Mapping[str, Any], place: Place, *, alone: bool = False) -> Converted:
    """One update. Raises Invalid, and nothing else, when it can't be read.

    `alone`: it came in a call of its own, and so will the rest of its album.
    """
    try:
        return converted([read(payload)], place, alone=alone)
    except UNREADABLE as error:
        raise Invalid(f"update: can't be read ({type(error).__name__})", field="update") from None


def read(payload: Mapping[str, Any]) -> Update:
    """Telegram's JSON as an Update. Raises Invalid or one of UNREADABLE."""
    update = Update.de_json(dict(payload), None)
    number(update.update_id, "update_id")
    return update


def converted(parts: list[Update], place: Place, *, alone: bool = False) -> Converted:
    """One update, or all parts of an album. Raises Invalid or one of UNREADABLE."""
    update = parts[0]
    if update.message:
        messages = [part.message for part in parts if part.message]
        return _message(parts, messages, place, alone)
    if update.edited_message:
        return _edit(update, update.edited_message, place)
    if update.callback_query:
        return _tap(update, place)
    if update.my_chat_member:
        return membership(update, place)
    if update.message_reaction:
        return reaction(update, place)
    kind = next((k for k in update.to_dict() if k != "update_id"), "nothing")
    return Ignored(update.update_id, f"unsupported:{str(kind)[:40]}")


def _message(parts: list[Update], messages: list[Message], place: Place, alone: bool) -> Converted:
    update_id, first = parts[0].update_id, messages[0]
    if other := first.migrate_to_chat_id or first.migrate_from_chat_id:
        return moved(update_id, first, number(other, "migrate"), place)
    public = _public(first)
    album = string(first.media_group_id, "media_group_id")
    unaddressed = _unaddressed(messages, public, place.me)
    part = None
    if album and alone:
        # Another of its parts may name us.
        part = Part(album, number(first.message_id, "message_id"), not unaddressed)
        unaddressed = None
    if reason := _unheard(first, public) or unaddressed:
        return Ignored(update_id, reason)
    language = language_of(first.from_user)
    texts, attachments = _contents(messages, language, place.me if public else None)
    text = "\n".join(texts) or None
    if text is None and not attachments:
        return Ignored(update_id, "service_message")
    context: dict[str, Any] = {}
    if album:
        context["album"] = album
    kind, payload = (Kind.MENTION if public else Kind.MESSAGE), None
    if text and (start := _DEEP_LINK.fullmatch(text)) and not attachments:
        # Telegram's own START button: nobody typed this, so it is greeted like a tapped one.
        kind, payload = Kind.POSTBACK, _GREETING
        if start[1]:
            context["deep_link"] = start[1]
    return _envelope(
        first,
        place,
        dedup_key=",".join(str(part.update_id) for part in parts),
        kind=kind,
        text=text,
        payload=payload,
        attachments=attachments,
        public=public,
        language=language,
        context=context or None,
        part=part,
        sent_at=first.date.timestamp(),
    )


def _edit(update: Update, message: Message, place: Place) -> Converted:
    public = _public(message)
    reason = _unheard(message, public) or _unaddressed([message], public, place.me)
    if message.location:
        reason = "live_location"
    if reason:
        return Ignored(update.update_id, reason)
    language = language_of(message.from_user)
    texts, attachments = _contents([message], language, place.me if public else None)
    if not texts:
        return Ignored(update.update_id, "edit_without_text")
    return _envelope(
        message,
        place,
        dedup_key=str(update.update_id),
        kind=Kind.EDIT,
        text=texts[0],
        attachments=attachments,
        public=public,
        language=language,
        sent_at=(message.edit_date or message.date).timestamp(),
    )


def _tap(update: Update, place: Place) -> Converted:
    query = update.callback_query
    assert query is not None
    data, message = string(query.data, "data"), query.message
    if not data or message is None:
        return Ignored(update.update_id, "tap_without_message")
    title = None
    thread = None
    if isinstance(message, Message):
        thread = thread_of(message)
        rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
        titles = [b.text for row in rows for b in row if b.callback_data == data]
        title = string(titles[0], "title") if titles else None
    return Envelope(
        channel=NAME,
        account=place.account,
        dedup_key=str(update.update_id),
        external_id=f"tap:{string(query.id, 'id')}",
        address=address_of(message.chat, thread),
        sender=user_of(query.from_user),
        kind=Kind.POSTBACK,
        text=title,
        button=data,
        reply_to=str(number(message.message_id, "message_id")),
        public=message.chat.type in groups.TYPES,
        language=language_of(query.from_user),
        received_at=place.now,
    )


def _envelope(message: Message, place: Place, **values: Any) -> Envelope:
    replied = message.reply_to_message
    return Envelope(
        channel=NAME,
        account=place.account,
        external_id=str(number(message.message_id, "message_id")),
        address=address_of(message.chat, thread_of(message)),
        sender=sender_of(message),
        reply_to=str(number(replied.message_id, "reply_to")) if replied else None,
        received_at=place.now,
        **values,
    )


def _contents(
    messages: list[Message], language: str | None, me: Me | None
) -> tuple[list[str], tuple[Attachment, ...]]:
    texts: list[str] = []
    attachments: list[Attachment] = []
    for message in messages:
        text, files = content(message, language)
        if me is not None:
            text = groups.without_mention(message, text, me)
        if text:
            texts.append(text)
        attachments += files
    return texts, tuple(attachments)


def _public(message: Message) -> bool:
    return message.chat.type in groups.TYPES


def _unheard(message: Message, public: bool) -> str | None:
    if message.chat.type != "private" and not public:
        return "channel_post"
    if message.from_user is not None and message.from_user.is_bot and not message.sender_chat:
        return "from_bot"
    return None


def _unaddressed(messages: list[Message], public: bool, me: Me) -> str | None:
    if public and not any(groups.addressed(message, me) for message in messages):
        return "not_addressed"
    return None
