"""A job runs in one process at a time: who holds its row until when."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, or_, update

from integrations.conversations.sql import insert_new
from integrations.conversations.tables import job_leases
from runtime.clock import Clock
from runtime.database import Database

LEASE_S = 10.0
RENEW_S = 4.0


class JobLease:
    """Held by asking often: `if await lease.hold(): …`."""

    def __init__(self, database: Database, clock: Clock, name: str) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._token = uuid.uuid4().hex
        self._until = 0.0

    async def hold(self) -> bool:
        """Whether the job is ours for the next seconds; cheap while it is."""
        now = self._clock.now()
        if self._until - now > LEASE_S - RENEW_S:
            return True
        held = await self._database.write(lambda conn: self._take(conn, now))
        self._until = now + LEASE_S if held else 0.0
        # A process that was stopped while it asked may be told so when its time is over.
        return held and self._clock.now() < self._until

    async def release(self) -> None:
        """Let another process have the job at once. Raises Temporary."""
        self._until = 0.0
        j = job_leases.c
        mine = (j.name == self._name) & (j.token == self._token)
        await self._database.write(
            lambda conn: conn.execute(update(job_leases).where(mine).values(until=0.0))
        )

    def _take(self, conn: Connection, now: float) -> bool:
        j = job_leases.c
        row = {"name": self._name, "token": self._token, "until": now + LEASE_S}
        if insert_new(conn, job_leases, row):
            return True
        taken = conn.execute(
            update(job_leases)
            .where(j.name == self._name, or_(j.token == self._token, j.until < now))
            .values(token=self._token, until=now + LEASE_S)
        )
        return taken.rowcount == 1
