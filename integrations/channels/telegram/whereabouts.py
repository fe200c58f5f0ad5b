"""Where something was said on Telegram, and by whom."""

from __future__ import annotations

from typing import Any

from telegram import Chat, Message

from integrations.channels.contract import Sender
from integrations.channels.telegram.content import number, string


def address_of(chat: Chat, thread: int | None) -> str:
    """The chat, or a topic of it as `chat/topic`."""
    here = str(number(chat.id, "chat.id"))
    return f"{here}/{thread}" if thread else here


def thread_of(message: Message) -> int | None:
    """The topic of a group that has topics."""
    if not message.is_topic_message or message.message_thread_id is None:
        return None
    return number(message.message_thread_id, "message_thread_id")


def sender_of(message: Message) -> Sender:
    """Who wrote a message."""
    if message.sender_chat is not None:
        # Somebody who writes in the name of a group or channel.
        chat = message.sender_chat
        return Sender(str(number(chat.id, "sender_chat")), string(chat.title, "title"))
    return user_of(message.from_user)


def user_of(user: Any) -> Sender:
    """Somebody with an account."""
    names = (string(user.first_name, "first_name"), string(user.last_name, "last_name"))
    return Sender(str(number(user.id, "from")), " ".join(filter(None, names)) or None)
