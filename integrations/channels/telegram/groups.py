"""Groups: is the bot meant, and what is said to it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message

from integrations.channels.telegram.content import string

# "@bot, are you open?" asks whether we are open.
_AFTER_A_NAME = " ,:;"
TYPES = frozenset({"group", "supergroup"})


@dataclass(frozen=True)
class Me:
    """The bot itself."""

    id: int
    username: str


def addressed(message: Message, me: Me) -> bool:
    """Whether a group's message mentions the bot, commands it, or answers it."""
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
        return True
    return any(True for _ in _calls(message, me))


def without_mention(message: Message, text: str | None, me: Me) -> str | None:
    """The text without the bot's name; left as it is when nothing else would stay."""
    if text is None:
        return None
    raw = text.encode("utf-16-le", "surrogatepass")
    for start, end in sorted(_calls(message, me), reverse=True):
        after = raw[end * 2 :].decode("utf-16-le", "replace").lstrip(_AFTER_A_NAME)
        raw = raw[: start * 2] + after.encode("utf-16-le", "surrogatepass")
    bare = raw.decode("utf-16-le", "replace").strip()
    return bare or text


def _calls(message: Message, me: Me) -> list[tuple[int, int]]:
    """Where the bot is named, in UTF-16 units: what is to be cut from the text."""
    written = string(message.text, "text") or string(message.caption, "caption") or ""
    units = written.encode("utf-16-le", "surrogatepass")
    name = f"@{me.username}".lower()
    found = []
    for entity in (*message.entities, *message.caption_entities):
        start, end = int(entity.offset), int(entity.offset) + int(entity.length)
        if not 0 <= start < end <= len(units) // 2:
            continue
        part = units[start * 2 : end * 2].decode("utf-16-le", "replace").lower()
        by_id = entity.type == "text_mention" and entity.user and entity.user.id == me.id
        if by_id or (entity.type == "mention" and part == name):
            found.append((start, end))
        elif entity.type == "bot_command" and part.endswith(name):
            # The command stays, the name after it goes.
            found.append((end - len(name), end))
    return found
