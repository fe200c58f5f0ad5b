"""The inbox's work in the background: collect, group, count, forget. One process has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from integrations.jobs.lease import JobLease
from integrations.review import forgetting, summaries
from integrations.review.collecting import Collector
from integrations.review.grouping import Grouper
from integrations.review.workbench import Encodes
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError
from runtime.logging import get_logger

log = get_logger(__name__)

EVERY_S = 3.0
# Counting is dearer than placing: while much comes in, not after each step.
COUNT_EVERY = 20
# Transcripts are kept for so long (docs/decisions), and what was taken from them no longer.
KEPT_DAYS = 90.0


class ReviewJob:
    """Keeps the inbox up with the conversations."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        workbench: Encodes,
        lease: JobLease,
        *,
        default_language: str,
        kept_days: float = KEPT_DAYS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._kept_s = kept_days * 86_400.0
        self._collector = Collector(
            database, clock, default_language=default_language, kept_s=self._kept_s
        )
        self._grouper = Grouper(database, clock, workbench)
        self._held = False

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                if await self._hold():
                    await self.tick()
            except AscoltoError as error:
                log.warning("review_put_off", error=error.message)
            except Exception as error:
                # What one conversation holds must not end the inbox for all others.
                log.error("review_failed", exc_info=error)
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> None:
        """Do all that is to be done now, as long as the job is ours."""
        more = True
        rounds = 0
        while more and await self._hold():
            collected = await self._collector.round()
            placed = await self._grouper.round()
            rounds += 1
            if rounds % COUNT_EVERY == 0:
                await self.count()
            more = bool(collected or placed)
        await self.count()
        await self._forget()

    async def count(self) -> None:
        """Bring the groups' figures up to date."""
        await self._until_none(lambda conn, now: summaries.count_again(conn, now=now))
        await self._until_none(lambda conn, now: summaries.recount_trends(conn, now=now))

    async def _forget(self) -> None:
        def forget(conn: Connection, now: float) -> int:
            return forgetting.forget_old(conn, before=now - self._kept_s, now=now)

        await self._until_none(forget)

    async def _until_none(self, step: Callable[[Connection, float], int]) -> None:
        """Small transactions until there is nothing left to do: others come in between."""
        now = self._clock.now()
        done = 1
        while done:
            done = await self._database.write(lambda conn: step(conn, now))

    async def _hold(self) -> bool:
        held = await self._lease.hold()
        if held and not self._held:
            self._grouper.forget()
        self._held = held
        return held
