"""One turn of a conversation at a time, within this process.

The gateway sends the turns of a conversation one after another and always to the same process; the
tracker store's primary key stops rivals in others. So a lock in memory suffices, and unlike Rasa's
own it does not poll once a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore

from bot import settings


class ConversationLocks(LockStore):
    """Fair locks by conversation, kept only while somebody holds or awaits them."""

    def __init__(self, endpoint_config: Any = None) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._interested: dict[str, int] = {}

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = settings.LOCK_SECONDS,
        wait_time_in_seconds: float = 0,
    ) -> AsyncIterator[TicketLock]:
        """Hold the conversation's lock; LockError after waiting `lock_lifetime` seconds for it."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._interested[conversation_id] = self._interested.get(conversation_id, 0) + 1
        try:
            try:
                await asyncio.wait_for(lock.acquire(), lock_lifetime)
            except asyncio.TimeoutError:
                raise LockError("the turn before is still under way") from None
            try:
                yield TicketLock(conversation_id)
            finally:
                lock.release()
        finally:
            self._interested[conversation_id] -= 1
            if not self._interested[conversation_id]:
                del self._interested[conversation_id], self._locks[conversation_id]

    def held(self) -> int:
        """How many conversations are locked or waited for."""
        return len(self._locks)
