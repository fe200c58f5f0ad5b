"""Telling the bridge what happened, in order, however long it was away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from integrations.bridge import records
from integrations.bridge.client import BridgeClient
from integrations.conversations.tables import bridge_queue
from integrations.jobs.lease import JobLease
from runtime.database import Database
from runtime.errors import Permanent, Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

BATCH = 50
IDLE_S = 1.0
GATHER_S = 0.25
LONGEST_RETRY_S = 15.0
# A row that the bridge refuses can't hold up the rest for ever.
REFUSALS_BEFORE_PARKING = 5
PARKED = 1000


class BridgeSender:
    """Drains the queue; one process at a time, by a lease in the database."""

    def __init__(
        self, database: Database, bus: EventBus, bridge: BridgeClient, lease: JobLease
    ) -> None:
        self._database = database
        self._bus = bus
        self._bridge = bridge
        self._lease = lease
        self._wake = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[BridgeSender]:
        """Send while inside."""
        unsubscribe = self._bus.subscribe(
            lambda event, _data: self._wake.set() if event == "bridge_queue" else None
        )
        loop = asyncio.create_task(self._loop())
        try:
            yield self
        finally:
            unsubscribe()
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    async def _loop(self) -> None:
        pause = IDLE_S
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
                # Nobody waits for the timeline: what other conversations add goes along.
                await asyncio.sleep(GATHER_S)
            self._wake.clear()
            try:
                pause = IDLE_S
                if await self._lease.hold():
                    while await self.send_batch():
                        pass
            except Temporary as error:
                pause = min(pause * 2, LONGEST_RETRY_S)
                log.info("bridge_queue_waits", error=error.message)
            except Exception as error:
                pause = LONGEST_RETRY_S
                log.error("bridge_queue_failed", exc_info=error)

    async def send_batch(self) -> bool:
        """Send the oldest rows; whether there may be more. Raises Temporary."""
        rows = await self._database.read(
            lambda conn: conn.execute(
                select(bridge_queue)
                .where(bridge_queue.c.attempts < PARKED)
                .order_by(bridge_queue.c.n)
                .limit(BATCH)
            ).all()
        )
        if not rows:
            return False
        interactions = _leading_interactions(rows)
        if len(interactions) > 1:
            body = {"interactions": [i for r in interactions for i in r.body["interactions"]]}
            key = f"batch:{interactions[0].key}:{interactions[-1].key}:{len(interactions)}"
            try:
                await self._bridge.post(records.INTERACTIONS, key, body)
            except Permanent:
                # One of them is refused: send them singly to find which.
                await self._send_single(rows[0])
            else:
                await self._done([row.n for row in interactions])
        else:
            await self._send_single(rows[0])
        return True

    async def _send_single(self, row: Any) -> None:
        try:
            await self._bridge.post(row.path, row.key, row.body)
        except Permanent as error:
            await self._refused(row, error.message)
        else:
            await self._done([row.n])

    async def _done(self, numbers: Sequence[int]) -> None:
        await self._database.write(
            lambda conn: conn.execute(delete(bridge_queue).where(bridge_queue.c.n.in_(numbers)))
        )

    async def _refused(self, row: Any, error: str) -> None:
        parked = row.attempts + 1 >= REFUSALS_BEFORE_PARKING
        log.error("bridge_refused", path=row.path, parked=parked, error=error)

        def note(conn: Connection) -> None:
            attempts = PARKED if parked else row.attempts + 1
            conn.execute(delete(bridge_queue).where(bridge_queue.c.n == row.n))
            # To the end of the queue: what comes after must not wait for it.
            conn.execute(
                insert(bridge_queue).values(
                    key=row.key,
                    path=row.path,
                    body=row.body,
                    attempts=attempts,
                    error=error[:200],
                    created_at=row.created_at,
                )
            )

        await self._database.write(note)


def _leading_interactions(rows: Sequence[Any]) -> list[Any]:
    leading = []
    for row in rows:
        if row.path != records.INTERACTIONS or row.attempts:
            break
        leading.append(row)
    return leading


def unpark(conn: Connection) -> int:
    """Give refused rows another chance, after the cause was mended; how many."""
    return conn.execute(
        update(bridge_queue).where(bridge_queue.c.attempts >= PARKED).values(attempts=0)
    ).rowcount
