"""What one page has of its conversation, and what is news to it."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from integrations.channels.webchat import frames
from integrations.channels.webchat.config import ACCOUNT, CHANNEL, FILES_PATH
from integrations.channels.webchat.convert import shown
from integrations.conversations import transcript
from runtime.clock import Clock
from runtime.database import Database

# What a page that comes anew sees at first, and gets with each "earlier".
PAGE = 60
# So many before the cursor may have changed while a page was away.
LOOKED_OVER_AGAIN = 60
# A change becomes visible when its transaction ends, somewhat after the time that it bears.
OVERLAP_S = 5.0
_FINGERPRINTS = 400


@dataclass
class _News:
    conversation_id: str | None = None
    fresh: list[dict[str, Any]] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    start: int = 0
    reset: bool = False


class Feed:
    """`address`'s conversation after the cursor `after`; 0 asks for its end."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        address: str,
        after: int,
        *,
        file_key: Callable[[str], str],
    ) -> None:
        self.address = address
        self.conversation_id: str | None = None
        self._database = database
        self._clock = clock
        self._cursor = after
        self._since = 0.0
        self._begun = False
        self._file_key = file_key
        # What was last told of each recent entry, by id.
        self._told: OrderedDict[str, tuple[Any, ...]] = OrderedDict()

    async def news(self) -> list[str]:
        """Frames that bring the page up to date. Raises Temporary when the database is away."""
        told: list[str] = []
        while True:
            looked_at = self._clock.now()
            news = await self._database.read(self._look)
            if news.conversation_id is None:
                return told
            if not self._begun:
                self._begin(news)
                told.append(frames.write("history", earlier=self._start > 0, reset=news.reset))
            told += self._frames(news)
            if len(news.fresh) < PAGE:
                self._since = looked_at - OVERLAP_S
                return told

    async def earlier(self, before: int) -> str:
        """A frame with what was said before `before`, and whether there is more."""
        conversation_id = self.conversation_id
        start = max(0, before - 1 - PAGE)

        def query(conn: Connection) -> list[dict[str, Any]]:
            if conversation_id is None:
                return []
            return transcript.customer_messages(conn, conversation_id, after=start, limit=PAGE)

        entries = [e for e in await self._database.read(query) if int(e["seq"]) < before]
        return frames.write("earlier", entries=self._shown(entries), earlier=start > 0)

    # -- parts -------------------------------------------------------------------------------

    def _look(self, conn: Connection) -> _News:
        if self.conversation_id is None or not self._begun:
            row = transcript.find(conn, CHANNEL, ACCOUNT, self.address)
            if row is None:
                return _News()
            return self._first_look(conn, row)
        return self._read(conn, self.conversation_id, self._cursor, self._since)

    def _first_look(self, conn: Connection, row: Any) -> _News:
        last = int(row.next_seq) - 1
        # A cursor that we never gave: whatever that page shows, it isn't this conversation.
        reset = self._cursor > last
        if self._cursor == 0 or reset:
            start = max(0, last - PAGE)
            news = self._read(conn, row.id, start, None)
        else:
            start = self._cursor
            news = self._read(conn, row.id, start, 0.0)
            oldest = start - LOOKED_OVER_AGAIN
            news.updated = [e for e in news.updated if int(e["seq"]) > oldest]
        news.start, news.reset = start, reset
        return news

    def _read(self, conn: Connection, row_id: str, cursor: int, since: float | None) -> _News:
        fresh, updated = transcript.news(
            conn, row_id, after=cursor, since=math.inf if since is None else since, limit=PAGE
        )
        return _News(row_id, fresh, updated)

    def _begin(self, news: _News) -> None:
        self.conversation_id = news.conversation_id
        self._cursor = self._start = news.start
        self._begun = True

    def _frames(self, news: _News) -> list[str]:
        told = []
        changed = [e for e in news.updated if self._told.get(e["id"]) != _fingerprint(e)]
        self._remember(changed)
        if entries := self._shown(changed):
            told.append(frames.write("updates", entries=entries))
        if news.fresh:
            self._cursor = int(news.fresh[-1]["seq"])
            self._remember(news.fresh)
            entries = self._shown(news.fresh)
            told.append(frames.write("entries", entries=entries, cursor=self._cursor))
        return told

    def _shown(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        def file_url(file_id: str) -> str:
            return f"{FILES_PATH}/{file_id}?t={self._file_key(file_id)}"

        return [told for entry in entries if (told := shown(entry, file_url)) is not None]

    def _remember(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            self._told[entry["id"]] = _fingerprint(entry)
            self._told.move_to_end(entry["id"])
        while len(self._told) > _FINGERPRINTS:
            self._told.popitem(last=False)


def _fingerprint(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["state"], entry["text"]
