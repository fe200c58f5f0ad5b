"""What the simulated Telegram knows: people, chats, messages, files, and what the bot did."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.telegram.errors import bad_request, forbidden
from tests.simulators.telegram.faults import Faults
from tests.simulators.telegram.polls import Polls
from tests.simulators.telegram.updates import Updates

Json = dict[str, Any]

BOT_ID = 7000000001
BOT_USERNAME = "LanificioAuroraBot"
DOWNLOAD_LIMIT = 20 * 1024 * 1024


@dataclass
class Chat:
    """A conversation as Telegram sees it."""

    id: int
    type: str
    title: str | None = None
    user: Json | None = None
    started: bool = False
    blocked: bool = False
    kicked: bool = False
    moved_to: int | None = None
    next_message_id: int = 1
    messages: dict[int, Json] = field(default_factory=dict)
    # Message and user to the emoji that they put under it.
    reactions: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)

    def public(self) -> Json:
        """The Chat object of the API."""
        if self.user is not None:
            names = {k: v for k, v in self.user.items() if k in _CHAT_NAMES}
            return {"id": self.id, "type": "private", **names}
        return {"id": self.id, "type": self.type, "title": self.title}


_CHAT_NAMES = ("first_name", "last_name", "username")


@dataclass(frozen=True)
class StoredFile:
    """Bytes that somebody sent, with the name and type they gave."""

    file_id: str
    path: str
    content: bytes
    mime: str
    # A file may claim any size, so that tests needn't hold large ones.
    size: int


@dataclass(frozen=True)
class Call:
    """One call of the bot, whether it was accepted or not."""

    method: str
    parameters: Json
    ok: bool
    description: str | None = None
    # When it was answered, in epoch seconds.
    at: float = field(default_factory=time.time)


class State:
    """One bot's world. All changes hold `lock`; the server and the tests are two threads."""

    def __init__(self, token: str, changed: Callable[[], None]) -> None:
        self.token = token
        self.lock = threading.RLock()
        self.changed = changed
        self.updates = Updates(changed)
        self.faults = Faults()
        self.polls = Polls()
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Json] = {}
        self.calls: list[Call] = []
        self.sent: dict[int, list[Json]] = defaultdict(list)
        self.webhook: Json | None = None
        self.webhook_error: str | None = None
        self.webhook_refusals = 0
        self.rates_enforced = False
        self.polled = threading.Event()
        self._numbers = 0
        self.bot = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Lanificio Aurora",
            "username": BOT_USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def number(self) -> int:
        """A number that was never given before."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def chat_to_write(self, chat_id: Any) -> Chat:
        """The chat that the bot may write to. Raises ApiError in Telegram's words."""
        try:
            chat = self.chats.get(int(chat_id))
        except (TypeError, ValueError):
            chat = None
        if chat is None or (chat.type == "private" and not chat.started):
            raise bad_request("chat not found")
        if chat.moved_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.kicked:
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        return chat

    def message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Write a message into a chat; the Message object."""
        with self.lock:
            message = {
                "message_id": chat.next_message_id,
                "from": sender,
                "chat": chat.public(),
                "date": int(time.time()),
                **content,
            }
            chat.messages[chat.next_message_id] = message
            chat.next_message_id += 1
            return message

    def store_file(
        self,
        content: bytes,
        name: str,
        mime: str,
        *,
        folder: str = "files",
        size: int | None = None,
    ) -> StoredFile:
        """Keep bytes under a new file_id."""
        number = self.number()
        stored = StoredFile(
            file_id=f"AgACAgQAAxkBAAI{number:06d}",
            path=f"{folder}/file_{number}_{name}",
            content=content,
            mime=mime,
            size=len(content) if size is None else size,
        )
        with self.lock:
            self.files[stored.file_id] = stored
        return stored
