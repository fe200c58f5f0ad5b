"""Pure conversion from our messages to calls of the Bot API.

Text goes out plain, without `parse_mode`: whatever customers or agents write means itself, and
there is nothing to escape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    ReplyParameters,
)

from integrations.channels.contract import Button, OutboundFile, OutboundMessage
from runtime.errors import Permanent

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PAYLOAD_BYTES = 64
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
ALBUM = 10
# Two buttons stand side by side when both are this short.
SHORT_TITLE = 16
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_SONGS = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a"})
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class Call:
    """A method of `Bot` and its arguments. `otherwise` is called when Telegram refuses this one."""

    method: str
    arguments: dict[str, Any] = field(default_factory=dict)
    otherwise: Call | None = None
    # How much is uploaded with it.
    size: int = 0


def calls(message: OutboundMessage) -> list[Call]:
    """What has to be called, in order. Raises Permanent for what no call could carry."""
    chat = place(message.address)
    reply = _reply(message.reply_to)
    text = "\n".join(filter(None, (message.text, *_links(message)))).strip()
    keyboard = _keyboard(message.buttons)
    if not message.files:
        if not text:
            raise Permanent("there is nothing to send", code="empty")
        return [_text(text, chat, reply, keyboard)]
    groups = list(_grouped(message.files))
    # Buttons can't stand under an album, and only one caption is shown with several files.
    captioned = length(text) <= MAX_CAPTION and not (keyboard and _album(groups[0]))
    found: list[Call] = []
    if text and not captioned:
        found.append(_text(text, chat, reply, keyboard))
        text, reply, keyboard = "", None, None
    for group in groups:
        found.append(_files(group, chat, reply, text, keyboard))
        text, reply, keyboard = "", None, None
    return found


def length(text: str) -> int:
    """UTF-16 units, the narrower of the two ways in which Telegram's clients and servers count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def place(address: str) -> dict[str, Any]:
    """Where a conversation lives: a chat, perhaps a topic of it. Raises Permanent."""
    chat, _, thread = address.partition("/")
    try:
        return {"chat_id": int(chat), **({"message_thread_id": int(thread)} if thread else {})}
    except ValueError as error:
        raise Permanent("not an address on Telegram", code="bad_address") from error


def _text(
    text: str,
    chat: dict[str, Any],
    reply: ReplyParameters | None,
    keyboard: InlineKeyboardMarkup | None,
) -> Call:
    arguments = {**chat, "text": text, "link_preview_options": NO_PREVIEW}
    return Call("send_message", arguments | _given(reply_parameters=reply, reply_markup=keyboard))


def _files(
    group: Sequence[OutboundFile],
    chat: dict[str, Any],
    reply: ReplyParameters | None,
    caption: str,
    keyboard: InlineKeyboardMarkup | None,
) -> Call:
    shared = {**chat, **_given(caption=caption or None, reply_parameters=reply)}
    size = sum(len(file.content) for file in group)
    if _album(group):
        media = [
            (InputMediaVideo if _method(file) == "send_video" else InputMediaPhoto)(
                file.content, filename=file.name
            )
            for file in group
        ]
        return Call("send_media_group", {**shared, "media": media}, size=size)
    file = group[0]
    shared |= _given(reply_markup=keyboard)
    upload = InputFile(file.content, filename=file.name)
    as_document = Call("send_document", {**shared, "document": upload}, size=size)
    method = _method(file)
    if method == "send_document":
        return as_document
    # Telegram may not like a picture's proportions or a video's coding: any file goes as such.
    field_name = method.removeprefix("send_")
    return Call(method, {**shared, field_name: upload}, otherwise=as_document, size=size)


def _method(file: OutboundFile) -> str:
    mime = file.mime.partition(";")[0].strip().lower()
    if mime in _PHOTOS and len(file.content) <= MAX_PHOTO_BYTES:
        return "send_photo"
    if mime == "video/mp4":
        return "send_video"
    if mime == "audio/ogg":
        return "send_voice"
    return "send_audio" if mime in _SONGS else "send_document"


def _grouped(files: Iterable[OutboundFile]) -> Iterable[list[OutboundFile]]:
    """Neighbouring pictures and videos together, as one album; everything else by itself."""
    group: list[OutboundFile] = []
    for file in files:
        if not file.content or len(file.content) > MAX_FILE_BYTES:
            raise Permanent(f"{file.name}: empty, or over 50 MB", code="file_size")
        visual = _method(file) in ("send_photo", "send_video")
        if group and (not visual or len(group) == ALBUM):
            yield group
            group = []
        if visual:
            group.append(file)
        else:
            yield [file]
    if group:
        yield group


def _album(group: Sequence[OutboundFile]) -> bool:
    return len(group) > 1


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    if any(not 1 <= len(b.payload.encode()) <= MAX_PAYLOAD_BYTES for b in buttons):
        raise Permanent("a button carries more than 64 bytes", code="payload_size")
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        made = InlineKeyboardButton(button.title, callback_data=button.payload)
        beside = rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= SHORT_TITLE
        if beside and len(button.title) <= SHORT_TITLE:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows)


def _links(message: OutboundMessage) -> list[str]:
    return [f"{a.name or a.kind}: {a.url}" for a in message.attachments if a.url]


def _reply(reply_to: str | None) -> ReplyParameters | None:
    if reply_to is None or not reply_to.isdecimal():
        return None
    return ReplyParameters(int(reply_to), allow_sending_without_reply=True)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
