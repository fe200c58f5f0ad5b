"""Sending what the outbox holds, for channels that push: in order, once, at the platform's pace."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from sqlalchemy import Connection

from integrations.channels.contract import Channel
from integrations.conversations import outbox
from integrations.conversations.pace import Pace
from integrations.conversations.sending import Sending, remember_unknown
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

POLL_S = 1.0
SWEEP_ROUNDS = 10
CONCURRENT = 32
# When to look again whether a channel that isn't configured is there.
MISSING_S = 60.0
# Timers and clocks differ by that much: coming back too early would cost a round.
LATER_S = 0.005


class Delivery:
    """One per gateway process; conversations don't wait for each other."""

    def __init__(
        self, database: Database, clock: Clock, bus: EventBus, channels: dict[str, Channel]
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._channels = channels
        self._pace = Pace(clock, bus)
        self._sending = Sending(database, clock, channels, self._pace)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        # When a conversation's next message may go: its place on the schedules.
        self._places: dict[str, float] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Delivery]:
        """Deliver while inside."""
        unsubscribe = self._bus.subscribe(self._on_event)
        poll = asyncio.create_task(self._poll())
        try:
            yield self
        finally:
            unsubscribe()
            poll.cancel()
            for timer in self._timers.values():
                timer.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            if self._busy:
                await asyncio.wait(set(self._busy.values()), timeout=5.0)

    async def deliver(self, conversation_id: str) -> None:
        """Send what this conversation has waiting, until nothing may be sent now."""
        while await self._may_go(conversation_id):
            now = self._clock.now()
            started = await self._database.write(
                partial(self._sending.start, conversation_id=conversation_id, now=now)
            )
            if started is None:
                return
            again_s = await self._sending.send(started)
            if again_s is not None:
                self._come_back(conversation_id, again_s)
            self._bus.publish("conversation", id=conversation_id)

    async def _may_go(self, conversation_id: str) -> bool:
        """Whether the next message may be sent now; if only later, comes back then."""
        now = self._clock.now()
        ahead = await self._database.read(lambda conn: outbox.ahead(conn, conversation_id, now=now))
        place = self._places.get(conversation_id)
        if ahead is None:
            # A place that is still to come is kept: what waits may only be put off until then.
            if place is not None and place <= now:
                del self._places[conversation_id]
            return False
        if place is not None:
            if place > now:
                return False
            del self._places[conversation_id]
            if not self._pace.paused_s(ahead.channel, ahead.account):
                return True
        channel = self._channels.get(ahead.channel)
        if channel is None:
            # Its settings are gone; they may come back, and the others must not wait for that.
            log.warning("channel_missing", channel=ahead.channel)
            await self._database.write(
                lambda conn: outbox.put_off(conn, ahead.id, at=now + MISSING_S)
            )
            return False
        found = await self._pace.take(
            channel.capabilities, ahead.channel, ahead.account, ahead.address
        )
        if found.wait_s <= 0:
            return True
        at = now + found.wait_s
        if found.taken:
            self._places[conversation_id] = at
        if found.wait_s > POLL_S:
            # Out of the poll's sight, which would find nothing else among many that wait.
            await self._database.write(lambda conn: outbox.put_off(conn, ahead.id, at=at))
        self._come_back(conversation_id, found.wait_s)
        return False

    # -- scheduling --------------------------------------------------------------------------

    def _on_event(self, event: str, data: dict[str, Any]) -> None:
        if event == "outbound":
            self._want(str(data["id"]))

    def _want(self, conversation_id: str) -> None:
        if conversation_id in self._busy:
            self._again.add(conversation_id)
        elif len(self._busy) < CONCURRENT:
            task = asyncio.create_task(self._run(conversation_id))
            self._busy[conversation_id] = task

    def _come_back(self, conversation_id: str, wait_s: float) -> None:
        earlier = self._timers.pop(conversation_id, None)
        if earlier is not None:
            earlier.cancel()

        def now() -> None:
            self._timers.pop(conversation_id, None)
            self._want(conversation_id)

        loop = asyncio.get_running_loop()
        self._timers[conversation_id] = loop.call_later(wait_s + LATER_S, now)

    async def _run(self, conversation_id: str) -> None:
        try:
            await self.deliver(conversation_id)
        except Temporary as error:
            log.warning("delivery_put_off", error=error.message)
        except Exception as error:
            # The poll brings it back; the others go on.
            log.error("delivery_failed", conversation=conversation_id, exc_info=error)
        finally:
            del self._busy[conversation_id]
            if conversation_id in self._again:
                self._again.discard(conversation_id)
                self._want(conversation_id)

    async def _poll(self) -> None:
        if all(channel.capabilities.pulls for channel in self._channels.values()):
            return
        rounds = 0
        while True:
            await asyncio.sleep(POLL_S)
            rounds += 1
            try:
                if rounds % SWEEP_ROUNDS == 0:
                    await self.sweep()
                waiting = await self._database.read(
                    lambda conn: outbox.waiting(conn, now=self._clock.now(), limit=4 * CONCURRENT)
                )
            except Temporary as error:
                log.warning("poll_failed", error=error.message)
                continue
            for conversation_id in waiting:
                self._want(conversation_id)

    async def sweep(self) -> None:
        """Mark as unknown what a process that is gone was sending."""

        def mark(conn: Connection) -> None:
            for message in outbox.expire_sending(conn, now=self._clock.now()):
                remember_unknown(conn, message.conversation_id, [message])

        await self._database.write(mark)
