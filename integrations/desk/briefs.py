"""Completing a hand-over's card with what the bridge knows of the relationship."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.bridge import records
from integrations.bridge.client import BridgeClient
from integrations.conversations.tables import conversations, handoffs
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Permanent, Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

SWEEP_S = 5.0
BATCH = 20


class Briefs:
    """Fetches a brief as soon as a person is asked, and again later if the bridge was away."""

    def __init__(
        self, database: Database, clock: Clock, bus: EventBus, bridge: BridgeClient
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._bridge = bridge
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Briefs]:
        """Complete cards while inside."""
        unsubscribe = self._bus.subscribe(self._on_event)
        sweep = asyncio.create_task(self._sweep())
        try:
            yield self
        finally:
            unsubscribe()
            for task in (sweep, *self._tasks):
                task.cancel()
            await asyncio.gather(sweep, *self._tasks, return_exceptions=True)

    def _on_event(self, event: str, data: dict[str, Any]) -> None:
        if event == "handoff":
            task = asyncio.create_task(self._try(str(data["conversation"])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def complete(self, conversation_id: str) -> None:
        """Fetch and store the brief of the conversation's handoff. Raises Temporary."""
        row = await self._database.read(
            lambda conn: conn.execute(
                select(conversations).where(conversations.c.id == conversation_id)
            ).first()
        )
        if row is None or row.handoff_id is None:
            return
        brief = await self._bridge.agent_brief(records.reference(row))

        def store(conn: Connection) -> None:
            conn.execute(
                update(handoffs)
                .where(handoffs.c.id == row.handoff_id)
                .values(brief=brief, brief_at=self._clock.now())
            )

        await self._database.write(store)
        self._bus.publish("brief", conversation=conversation_id)

    async def _try(self, conversation_id: str) -> None:
        try:
            await self.complete(conversation_id)
        except (Temporary, Permanent) as error:
            log.info("brief_put_off", error=error.message)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            with contextlib.suppress(Temporary):
                for conversation_id in await self._database.read(_without_brief):
                    await self._try(conversation_id)


def _without_brief(conn: Connection) -> list[str]:
    open_states = ("queued", "claimed", "message")
    return list(
        conn.execute(
            select(handoffs.c.conversation_id)
            .where(handoffs.c.brief_at.is_(None), handoffs.c.state.in_(open_states))
            .order_by(handoffs.c.requested_at)
            .limit(BATCH)
        ).scalars()
    )
