"""Who is at the desk and how many wait: read every few seconds, good enough to go by."""

from __future__ import annotations

import asyncio
import contextlib

from sqlalchemy import Connection, func, select

from integrations.conversations.tables import agents, handoffs
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Temporary

REFRESH_S = 2.0


class Presence:
    """Keeps names and a number fresh."""

    def __init__(self, database: Database, clock: Clock, *, present_s: float) -> None:
        self._database = database
        self._clock = clock
        self._present_s = present_s
        self.agents: frozenset[str] = frozenset()
        self.people_waiting = 0

    async def run(self) -> None:
        """Refresh for ever."""
        while True:
            with contextlib.suppress(Temporary):
                await self.refresh()
            await asyncio.sleep(REFRESH_S)

    async def refresh(self) -> None:
        """Read both now."""
        since = self._clock.now() - self._present_s

        def query(conn: Connection) -> tuple[frozenset[str], int]:
            present = conn.execute(
                select(agents.c.name).where(agents.c.last_seen_at >= since)
            ).scalars()
            waiting = conn.execute(
                select(func.count()).select_from(handoffs).where(handoffs.c.state == "queued")
            ).scalar_one()
            return frozenset(present), waiting

        self.agents, self.people_waiting = await self._database.read(query)
