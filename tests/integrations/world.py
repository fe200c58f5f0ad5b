"""A gateway without HTTP: real database, worker, delivery, desk; scripted bot and bridge."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from integrations.channels.contract import (
    Envelope,
    Kind,
    Sender,
)
from integrations.conversations import texts as texts_module
from integrations.conversations import transcript
from integrations.conversations.answering import Answering
from integrations.conversations.buttons import Buttons
from integrations.conversations.delivery import Delivery
from integrations.conversations.dialogue_turn import DialogueTurn
from integrations.conversations.presence import Presence
from integrations.conversations.rules import Rules
from integrations.conversations.tables import (
    bot_sync,
    conversations,
    handoffs,
    metadata,
    outbound,
)
from integrations.conversations.worker import Worker
from integrations.desk import wishes
from integrations.desk.service import Desk
from integrations.escalation import desk_settings, loader
from integrations.insights.rollups import Rollups
from integrations.jobs.lease import JobLease
from integrations.jobs.timers import Timers
from runtime.clock import FakeClock
from runtime.database import Database
from runtime.events import EventBus
from tests.integrations.scripted import PullChannel, PushChannel, ScriptedBot, ScriptedBridge

POLICY = Path(__file__).parents[2] / "policy"
MEANINGS = POLICY.parent / "data" / "meanings.yml"
KEY = "a-signing-key-for-tests"
PATIENCE_S = 60.0


class World:
    """The gateway's parts around one database, and words for what tests do with them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.bus = EventBus("")
        self.pull = PullChannel()
        self.push = PushChannel()
        channels: dict[str, Any] = {"pull": self.pull, "push": self.push}
        self.texts = texts_module.load(POLICY / "messages.yml")
        self.desk_settings = desk_settings.load(POLICY / "desk.yml")
        self.buttons = Buttons(KEY)
        self.answering = Answering(
            Rules(
                policy=loader.load(POLICY / "escalation.yml"),
                desk=self.desk_settings,
                texts=self.texts,
                buttons=self.buttons,
                company="Lanificio Aurora",
                privacy_url="https://www.lanificioaurora.example/privacy",
            )
        )
        self.bot = ScriptedBot()
        self.bridge = ScriptedBridge()
        self.presence = Presence(database, self.clock, present_s=120)
        self.workers = [self.new_worker(channels)]
        self.delivery = Delivery(database, self.clock, self.bus, channels)
        self.desk = Desk(
            database,
            self.clock,
            self.bus,
            channels,
            self.texts,
            self.buttons,
            self.desk_settings,
            default_language="it",
            wishes=wishes.load(MEANINGS, self.answering.rules.policy),
        )
        self.timers = Timers(
            database,
            self.clock,
            self.bus,
            channels,
            self.desk_settings,
            JobLease(database, self.clock, "timers"),
            self.texts,
            self.buttons,
            "it",
        )
        self.rollups = Rollups(
            database,
            self.clock,
            JobLease(database, self.clock, "insights"),
            self.desk_settings.hours.timezone,
        )
        self.channels = channels
        self._numbers = itertools.count(1)

    def new_worker(self, channels: dict[str, Any]) -> Worker:
        dialogue = DialogueTurn(self.bot, self.bridge, "it")
        return Worker(
            self.database,
            self.clock,
            self.bus,
            channels,
            self.answering,
            dialogue,
            self.presence,
            lease_s=15.0,
            slots=8,
        )

    @property
    def worker(self) -> Worker:
        return self.workers[0]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[World]:
        async with self.delivery.running(), self.worker.running():
            try:
                yield self
            finally:
                # What a test holds up would be waited for.
                self.bot.gate.set()
                self.push.gate.set()

    def envelope(
        self,
        text: str | None,
        *,
        conversation: str = "giulia",
        channel: str = "pull",
        message_id: str | None = None,
        kind: Kind = Kind.MESSAGE,
        payload: dict[str, Any] | None = None,
    ) -> Envelope:
        name = message_id or f"m{next(self._numbers)}"
        suffix = "" if kind in (Kind.MESSAGE, Kind.POSTBACK) else f":{kind.value}:{text}"
        return Envelope(
            channel=channel,
            account="default",
            dedup_key=f"{conversation}/{name}{suffix}",
            external_id=name,
            address=conversation,
            sender=Sender(conversation),
            kind=kind,
            text=text,
            payload=payload,
        )

    async def say(self, text: str | None, **where: Any) -> str:
        """A customer writes; our id of the conversation."""
        stored = await self.worker.accept(self.envelope(text, **where))
        return stored.conversation_id

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        """What the customer sees."""
        return await self.database.read(
            lambda conn: transcript.customer_messages(conn, conversation_id, after=0, limit=1000)
        )

    async def told(self, conversation_id: str) -> list[str]:
        """The texts that reached the customer."""
        return [m["text"] for m in await self.messages(conversation_id) if m["role"] != "customer"]

    async def conversation(self, conversation_id: str) -> Any:
        return await self.database.read(
            lambda conn: conn.execute(
                select(conversations).where(conversations.c.id == conversation_id)
            ).one()
        )

    async def handoff(self, conversation_id: str) -> Any:
        def query(conn: Connection) -> Any:
            return conn.execute(
                select(handoffs)
                .where(handoffs.c.conversation_id == conversation_id)
                .order_by(handoffs.c.requested_at.desc())
            ).first()

        return await self.database.read(query)

    async def dispositions(self, conversation_id: str) -> list[str | None]:
        return [
            m["disposition"]
            for m in await self.messages(conversation_id)
            if m["role"] == "customer"
        ]

    async def settled(self, conversation_id: str) -> None:
        """Wait until every message of the conversation is dealt with and nobody holds it."""

        async def quiet() -> bool:
            row = await self.conversation(conversation_id)
            pending = None in await self.dispositions(conversation_id)
            to_learn = await self.database.read(
                lambda conn: conn.execute(
                    select(bot_sync.c.n).where(bot_sync.c.conversation_id == conversation_id)
                ).first()
            )
            return not pending and row.lease_token is None and to_learn is None

        await until(quiet)

    async def put_off(self, conversation_id: str) -> bool:
        """Whether work in the conversation is left for a later time."""
        row = await self.conversation(conversation_id)
        later = row.due_at is not None and row.due_at > self.clock.now()
        return later and row.lease_token is None

    async def until_tried(
        self, condition: Callable[[], Awaitable[bool]], conversation_id: str, each_s: float
    ) -> None:
        """Wait for a condition while the worker tries again, `each_s` seconds after each attempt.

        Time goes on when an attempt has been made: it is no faster than the machine.
        """

        async def reached() -> bool:
            if await condition():
                return True
            if await self.put_off(conversation_id):
                self.clock.advance(each_s)
                self.worker.wake(conversation_id)
            return False

        await until(reached)

    async def until_sent(self, count: int) -> None:
        """Wait until the push channel has sent so many; what was put off has its time come."""
        first = (
            select(outbound.c.conversation_id, outbound.c.next_attempt_at)
            .where(outbound.c.state == "pending")
            .order_by(outbound.c.n)
        )

        async def sent() -> bool:
            if len(self.push.sent) == count:
                return True
            ahead = await self.database.read(lambda conn: conn.execute(first).first())
            if ahead is not None and ahead.next_attempt_at > self.clock.now():
                self.clock.advance(ahead.next_attempt_at - self.clock.now())
                self.bus.publish("outbound", id=ahead.conversation_id)
            return False

        await until(sent)


async def happened(event: asyncio.Event) -> None:
    """Wait for something that the scripted bot or channel says of itself."""
    await asyncio.wait_for(event.wait(), PATIENCE_S)


async def until(condition: Callable[[], Awaitable[bool]], timeout_s: float = PATIENCE_S) -> None:
    """Wait for a condition; TimeoutError names it when it never comes true."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 — the condition is a database's
            await asyncio.sleep(0.005)


async def create_tables(database: Database) -> None:
    await database.write(metadata.create_all)
