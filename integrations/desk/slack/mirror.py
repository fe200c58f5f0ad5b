"""The job that keeps Slack up to date, in one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import delete

from integrations.desk.slack import deriving, queue
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.sending import Sending
from integrations.desk.slack.tables import slack_events
from integrations.jobs.lease import JobLease
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

IDLE_S = 1.0
GATHER_S = 0.02
CONCURRENT = 6
KEPT_S = 30 * 86_400.0
EVENTS_KEPT_S = 7 * 86_400.0
FORGET_EVERY = 3600.0
_WAKING = frozenset({"handoff", "conversation", "slack", "resync"})


class Mirror:
    """Derives what is to be shown and sends it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        config: SlackConfig,
        sending: Sending,
        lease: JobLease,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._config = config
        self._sending = sending
        self._lease = lease
        self._wake = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._forgot_at = 0.0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Mirror]:
        """Keep Slack up to date while inside."""
        unsubscribe = self._bus.subscribe(self._on_event)
        loop = asyncio.create_task(self._loop())
        try:
            yield self
        finally:
            unsubscribe()
            for task in (loop, *self._busy.values()):
                task.cancel()
            await asyncio.gather(loop, *self._busy.values(), return_exceptions=True)

    def _on_event(self, event: str, _data: dict[str, Any]) -> None:
        if event in _WAKING:
            self._wake.set()

    async def _loop(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), IDLE_S)
                await asyncio.sleep(GATHER_S)
            self._wake.clear()
            try:
                if await self._lease.hold():
                    await self.step()
            except Temporary as error:
                log.info("slack_mirror_waits", reason=error.message)
            except Exception as error:  # noqa: BLE001 — a traceback may quote people
                log.error("slack_mirror_failed", error=type(error).__name__)

    async def step(self) -> None:
        """Derive what is new and begin what may be sent; lanes don't wait for each other."""
        now = self._clock.now()
        while await self._derive(now):
            pass
        for row in await self._database.read(lambda conn: queue.heads(conn, now=now)):
            lane = queue.lane(row)
            if lane not in self._busy and len(self._busy) < CONCURRENT:
                self._busy[lane] = asyncio.create_task(self._run(lane, row))
        if now - self._forgot_at > FORGET_EVERY:
            self._forgot_at = now
            await self._forget(now)

    async def _derive(self, now: float) -> bool:
        """Put what is new in the queue; whether there may be more at once."""
        channel = self._config.channel
        found = await self._database.read(lambda conn: deriving.look(conn, now=now))
        return found.anything and await self._database.write(
            lambda conn: deriving.derive(conn, channel=channel, cards=found.cards, now=now)
        )

    async def _run(self, lane: str, row: Any) -> None:
        try:
            await self._sending.work(row)
        except Temporary as error:
            log.info("slack_sending_waits", reason=error.message)
            await asyncio.sleep(IDLE_S)
        except Exception as error:  # noqa: BLE001 — a traceback may quote people
            # A fault of ours: the row stays in hand until that expires, then it is looked for.
            log.error("slack_sending_failed", kind=row.kind, error=type(error).__name__)
            await asyncio.sleep(IDLE_S)
        finally:
            del self._busy[lane]
            self._wake.set()

    async def _forget(self, now: float) -> None:
        e = slack_events.c
        await self._database.write(lambda conn: queue.forget(conn, before=now - KEPT_S))
        await self._database.write(
            lambda conn: conn.execute(delete(slack_events).where(e.done_at < now - EVENTS_KEPT_S))
        )
