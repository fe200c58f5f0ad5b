"""What a workspace holds: people, channels, messages, views, files, and a log of all of it."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

TEAM = "T0LANIFICIO"
APP = "A0ASCOLTO"
BOT_USER = "U0ASCOLTO"
BOT = "B0ASCOLTO"
TRIGGER_S = 3.0


@dataclass
class Person:
    """Somebody with an account."""

    id: str
    display_name: str
    real_name: str
    is_bot: bool = False
    team: str = TEAM
    deleted: bool = False

    def as_json(self) -> dict[str, Any]:
        """As users.info says it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.display_name.lower().replace(" ", "."),
            "deleted": self.deleted,
            "real_name": self.real_name,
            "tz": "Europe/Rome",
            "is_bot": self.is_bot,
            "is_stranger": self.team != TEAM,
            "is_restricted": False,
            "profile": {
                "display_name": self.display_name,
                "real_name": self.real_name,
                "team": self.team,
            },
        }


@dataclass
class Message:
    """One message; `deleted` ones stay in the log."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    bot: bool = False
    edited: str | None = None
    deleted: bool = False
    versions: list[str] = field(default_factory=list)
    at: float = 0.0

    def as_json(self, *, metadata: bool = False) -> dict[str, Any]:
        """As conversations.history says it."""
        body: dict[str, Any] = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": TEAM,
        }
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.blocks:
            body["blocks"] = self.blocks
        if self.bot:
            body |= {"bot_id": BOT, "app_id": APP}
        if self.edited:
            body["edited"] = {"user": self.user, "ts": self.edited}
        if self.reactions:
            body["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
                if users
            ]
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass
class Ephemeral:
    """A message that one person sees for a while."""

    channel: str
    ts: str
    to: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None
    gone: bool = False


@dataclass
class View:
    """A modal that is open at somebody's."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    open: bool = True
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class File:
    """A file with its bytes."""

    id: str
    name: str
    user: str
    content: bytes
    mime: str = "application/octet-stream"
    title: str = ""
    shared: list[tuple[str, str]] = field(default_factory=list)


class Workspace:
    """Everything, behind one lock: the server's thread and the test's both come here."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {
            BOT_USER: Person(BOT_USER, "Ascolto", "Ascolto", is_bot=True)
        }
        self.channels: dict[str, set[str]] = {}
        self.channel_names: dict[str, str] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, tuple[str, float]] = {}
        self.urls: dict[str, dict[str, Any]] = {}
        self.log: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def record(self, what: str, **data: Any) -> None:
        """One line of the log."""
        with self.lock:
            self.log.append({"at": time.time(), "what": what, **data})

    def new_id(self, letter: str) -> str:
        """Ids look like Slack's."""
        return f"{letter}{next(self._numbers):010X}"

    def skip_to(self, number: int) -> None:
        """New ids count from here: a gateway that outlives us remembers the earlier ones."""
        self._numbers = itertools.count(number)

    def new_ts(self) -> str:
        """A message's name: a time in microseconds that never repeats."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(time.time() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, user: str) -> str:
        """What opens a modal for the next three seconds."""
        with self.lock:
            trigger = f"{next(self._numbers)}.{next(self._numbers)}.trigger"
            self.triggers[trigger] = (user, time.monotonic() + TRIGGER_S)
            return trigger

    def message(self, channel: str, ts: str) -> Message | None:
        """A message that is still there."""
        found = self.messages.get((channel, ts))
        return None if found is None or found.deleted else found

    def add(self, message: Message) -> Message:
        """Put a message in its channel."""
        with self.lock:
            message.at = time.time()
            self.messages[message.channel, message.ts] = message
            self.record(
                "message",
                channel=message.channel,
                ts=message.ts,
                thread_ts=message.thread_ts,
                user=message.user,
                text=message.text,
            )
            return message

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A thread with its parent, oldest first."""
        with self.lock:
            found = [
                m
                for m in self.messages.values()
                if m.channel == channel and not m.deleted and ts in (m.ts, m.thread_ts)
            ]
        return sorted(found, key=lambda m: m.ts)

    def timeline(self, channel: str) -> list[Message]:
        """What stands in the channel itself, oldest first."""
        with self.lock:
            found = [
                m
                for m in self.messages.values()
                if m.channel == channel and not m.deleted and m.thread_ts in (None, m.ts)
            ]
        return sorted(found, key=lambda m: m.ts)
