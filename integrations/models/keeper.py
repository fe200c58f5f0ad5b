"""What a gateway knows of the routing: told at once by the bus, or within a second by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from integrations.models import repository
from integrations.models.routing import Routing
from runtime.database import Database
from runtime.errors import AscoltoError
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

EVENT = "routing"
EVERY_S = 1.0


class Keeper:
    """`current` is what holds now; the last known while the database is away."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus
        self._told = asyncio.Event()
        self.current: Routing | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Keeper]:
        """Keep it up to date while inside."""
        unsubscribe = self._bus.subscribe(self._on_event)
        await self._look()
        loop = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            unsubscribe()
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    async def changed(self) -> None:
        """It was changed here: know it at once, and tell the others."""
        await self._look()
        self._bus.publish(EVENT)

    def _on_event(self, event: str, data: dict[str, Any]) -> None:  # noqa: ARG002 — the bus's signature
        if event in (EVENT, "resync"):
            self._told.set()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), EVERY_S)
            self._told.clear()
            try:
                await self._look()
            except Exception as error:
                # A gateway that no longer looked would go on with this routing for good.
                log.error("routing_failed", exc_info=error)

    async def _look(self) -> None:
        try:
            found = await self._database.read(repository.current)
        except AscoltoError as error:
            log.warning("routing_not_read", error=error.message)
            return
        if found != self.current:
            self.current = found
            if found is not None:
                trial = found.canary.model if found.canary else None
                log.info("routing", live=found.live, canary=trial, version=found.version)
