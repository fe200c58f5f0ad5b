"""Works conversations: claims one, has its turn answered, commits what follows, takes the next.

A conversation is worked by one process at a time (its lease) and never holds up another. Wake-ups
come from this process, through Redis from others, and a slow poll covers what got lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection

from integrations.channels.contract import Channel, Envelope
from integrations.conversations import inbox, moving, parts, taps, typed
from integrations.conversations import work as work_module
from integrations.conversations.answering import Answering
from integrations.conversations.dialogue_turn import DialogueTurn
from integrations.conversations.inbox import Stored
from integrations.conversations.outcome import Work
from integrations.conversations.presence import Presence
from integrations.conversations.steps import Steps
from integrations.metrics import repeated
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError, Temporary
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

POLL_S = 1.0
GATHER_S = 0.5


class Find(Protocol):
    """What is to be stored, found in the transaction that stores it."""

    def __call__(self, conn: Connection, *, now: float) -> Envelope | None: ...


class Worker:
    """One per gateway process."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: EventBus,
        channels: dict[str, Channel],
        answering: Answering,
        dialogue: DialogueTurn,
        presence: Presence,
        *,
        lease_s: float,
        slots: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._channels = channels
        self._buttons = answering.rules.buttons
        self._lease_s = lease_s
        self._steps = Steps(
            database,
            clock,
            bus,
            channels,
            answering,
            dialogue,
            presence,
            lease_s=lease_s,
            later=self._want,
        )
        self._slots = slots
        self._instance = uuid.uuid4().hex[:12]
        self._held: dict[str, str] = {}
        self._wanted: dict[str, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Worker]:
        """Work while inside; on leaving, finish what is in hand."""
        unsubscribe = self._bus.subscribe(self._on_event)
        loops = [
            asyncio.create_task(loop())
            for loop in (self._poll, self._keep_leases, self._keep_gathering)
        ]
        try:
            yield self
        finally:
            unsubscribe()
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            self._wanted.clear()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=5.0)

    async def accept(self, envelope: Envelope) -> Stored:
        """Store what arrived, durably; when this returns it may be acknowledged."""
        if envelope.part is not None:
            return await self._park(envelope)
        stored = await self._take_in(envelope.channel, _just(envelope))
        if stored.duplicate:
            repeated(envelope.channel)
        elif stored.conversation_id is None:
            log.info("about_nobody_known", channel=envelope.channel, kind=envelope.kind.value)
        return stored

    async def gather(self) -> None:
        """Make one message of the parts that wait for no others any more."""
        now = self._clock.now()
        for whole in await self._database.read(lambda conn: parts.due(conn, now=now)):
            await self._take_in(whole.channel, partial(parts.join, whole=whole))

    async def _park(self, envelope: Envelope) -> Stored:
        now = self._clock.now()
        fresh = await self._database.write(lambda conn: parts.park(conn, envelope, now=now))
        if not fresh:
            repeated(envelope.channel)
        return Stored(None, None, duplicate=not fresh)

    async def _take_in(self, channel: str, find: Find) -> Stored:
        """Store what `find` finds in the transaction, and begin to work on it."""
        token = self._new_token() if len(self._held) < self._slots else None
        known = self._channels.get(channel)
        in_parts = known is not None and known.capabilities.in_parts

        def store(conn: Connection) -> tuple[Stored, Work | None]:
            now = self._clock.now()
            envelope = find(conn, now=now)
            if envelope is None:
                return Stored(None, None, duplicate=False), None
            if in_parts:
                self._join_before(conn, envelope, now)
            if envelope.moved_from is not None:
                moving.move(
                    conn,
                    channel=envelope.channel,
                    account=envelope.account,
                    old=envelope.moved_from,
                    new=envelope.address,
                    now=now,
                )
            if envelope.button is not None:
                envelope = taps.opened(conn, envelope, self._buttons)
            elif known is not None:
                envelope = typed.resolved(conn, envelope, self._buttons, known.capabilities)
            stored = inbox.store(
                conn, envelope, now=now, token=token, lease_until=now + self._lease_s
            )
            if stored.claimed is None or token is None:
                return stored, None
            return stored, work_module.take_up(conn, stored.claimed, token=token, now=now)

        stored, work = await self._database.write(store)
        conversation_id = stored.conversation_id
        if stored.duplicate or conversation_id is None:
            return stored
        self._bus.publish("conversation", id=conversation_id)
        if work is not None and token is not None:
            self._start(conversation_id, token, work)
        else:
            self._want(conversation_id)
        return stored

    def _join_before(self, conn: Connection, envelope: Envelope, now: float) -> None:
        """What a customer began to send before comes before."""
        for whole in parts.waiting(conn, envelope):
            earlier = parts.join(conn, whole=whole, now=now)
            if earlier is not None:
                inbox.store(conn, earlier, now=now, token=None, lease_until=now)

    def wake(self, conversation_id: str) -> None:
        """There may be work in this conversation."""
        self._want(conversation_id)
        self._bus.publish("due", id=conversation_id)

    # -- scheduling --------------------------------------------------------------------------

    def _on_event(self, event: str, data: dict[str, Any]) -> None:
        if event == "due":
            self._want(str(data["id"]))

    def _want(self, conversation_id: str) -> None:
        if conversation_id not in self._held:
            self._wanted[conversation_id] = None
            self._fill()
        else:
            self._wanted[conversation_id] = None

    def _fill(self) -> None:
        for conversation_id in list(self._wanted):
            if len(self._held) >= self._slots:
                return
            if conversation_id not in self._held:
                del self._wanted[conversation_id]
                self._start(conversation_id, self._new_token(), None)

    def _start(self, conversation_id: str, token: str, work: Work | None) -> None:
        self._held[conversation_id] = token
        task = asyncio.create_task(self._run(conversation_id, token, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, conversation_id: str, token: str, work: Work | None) -> None:
        try:
            if work is None:
                work = await self._steps.begin(conversation_id, token)
            while work is not None:
                work = await self._steps.advance(work, token)
        except Temporary as error:
            log.warning("conversation_put_off", error=error.message)
        except Exception as error:
            # The lease runs out and the poll brings the conversation back; others go on.
            log.error("conversation_failed", conversation=conversation_id, exc_info=error)
        finally:
            # A message that came as this one ended may have begun the next run already.
            if self._held.get(conversation_id) == token:
                del self._held[conversation_id]
            self._fill()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            free = self._slots - len(self._held)
            if free <= 0:
                continue
            due = partial(work_module.due, now=self._clock.now(), limit=free * 2)
            try:
                for conversation_id in await self._database.read(due):
                    self._want(conversation_id)
            except Temporary as error:
                log.warning("poll_failed", error=error.message)

    async def _keep_gathering(self) -> None:
        while True:
            await asyncio.sleep(GATHER_S)
            try:
                await self.gather()
            except AscoltoError as error:
                log.warning("gathering_put_off", error=error.message)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            leases = dict(self._held)
            if leases:
                until = self._clock.now() + self._lease_s
                with contextlib.suppress(Temporary):
                    await self._database.write(
                        partial(work_module.extend, leases=leases, until=until)
                    )

    def _new_token(self) -> str:
        return f"{self._instance}{uuid.uuid4().hex[:16]}"


def _just(envelope: Envelope) -> Find:
    def find(conn: Connection, *, now: float) -> Envelope:  # noqa: ARG001 — as Find has it
        return envelope

    return find
