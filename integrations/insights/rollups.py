"""Counting days up: by a job in one process, and today's whenever somebody looks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.insights import SESSION_S, reading, repository
from integrations.insights.counting import DEFINITIONS, count
from integrations.insights.days import TAIL_S, Day, day_of, from_to
from integrations.jobs.lease import JobLease
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Temporary
from runtime.logging import get_logger

log = get_logger(__name__)

EVERY_S = 10.0
# Today is counted again after so long; yesterday's, whose sessions may still go on, after this.
TODAY_S, YESTERDAY_S = 10.0, 1800.0
# Older days are not looked for: messages are not kept for so long.
OLDEST_DAYS = 400


class Rollups:
    """Keeps counted days true."""

    def __init__(self, database: Database, clock: Clock, lease: JobLease, zone: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self.zone = zone

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                if await self._lease.hold():
                    await self.catch_up()
            except Temporary as error:
                log.warning("insight_put_off", error=error.message)
            await asyncio.sleep(EVERY_S)

    async def catch_up(self) -> int:
        """Count every day that has to be, the newest first; how many those were."""
        days = await self._due()
        for day in days:
            await self._count(day)
            if not await self._lease.hold():
                break
        return len(days)

    async def today(self) -> None:
        """Have today's numbers as they stand, give or take `TODAY_S`."""
        now = self._clock.now()
        day = day_of(now, self.zone)
        known = await self._database.read(repository.counted_days)
        if _due(day, known.get(day.name), now):
            await self._count(day)

    async def _due(self) -> list[Day]:
        now = self._clock.now()

        def query(conn: Any) -> list[Day]:
            first = reading.first_moment(conn)
            if first is None:
                return []
            last = day_of(now, self.zone).date
            oldest = max(day_of(first, self.zone).date, last - timedelta(days=OLDEST_DAYS))
            known = repository.counted_days(conn)
            every = from_to(oldest, last, self.zone)
            return [day for day in every if _due(day, known.get(day.name), now)]

        return (await self._database.read(query))[::-1]

    async def _count(self, day: Day) -> None:
        now = self._clock.now()
        sessions = await self._database.read(lambda conn: reading.sessions(conn, day))
        counted = await asyncio.to_thread(count, sessions, now=now)
        await self._database.write(lambda conn: repository.write(conn, day, counted, as_of=now))


def _due(day: Day, row: Any | None, now: float) -> bool:
    if row is None or row.definitions != DEFINITIONS or row.touched_at >= row.counted_at:
        return True
    # A day's sessions go on for a while after its midnight.
    settled = day.ends_at + TAIL_S + SESSION_S
    age = now - float(row.counted_at)
    counted_at = float(row.counted_at)
    return counted_at < settled and age >= (TODAY_S if now < day.ends_at else YESTERDAY_S)
