"""A gateway without HTTP: real database, worker, delivery, desk; scripted bot and bridge."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from integrations.channels.contract import (
    Capabilities,
    Envelope,
    IncomingRequest,
    Kind,
    OutboundMessage,
    Sender,
    Sent,
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
from integrations.desk.service import Desk
from integrations.escalation import desk_settings, loader
from integrations.jobs.lease import JobLease
from integrations.jobs.timers import Timers
from runtime.clock import FakeClock
from runtime.database import Database
from runtime.errors import Conflict
from runtime.events import EventBus

POLICY = Path(__file__).parents[2] / "policy"
KEY = "a-signing-key-for-tests"
PATIENCE_S = 60.0


class PullChannel:
    """Like the api channel: being written is being delivered."""

    name = "pull"
    capabilities = Capabilities(pulls=True)

    def verify(self, request: IncomingRequest) -> str:
        return "default"

    def parse(self, payload: Any, *, account: str, now: float) -> list[Envelope]:
        return []

    async def send(self, message: OutboundMessage) -> Sent:
        raise AssertionError("customers of this channel fetch their messages")


class PushChannel(PullChannel):
    """Like a messenger: each message is sent, and the test says how that goes."""

    name = "push"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []
        self.outcomes: list[BaseException | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = asyncio.Event()

    async def send(self, message: OutboundMessage) -> Sent:
        self.started.set()
        await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.sent.append(message)
        return Sent(f"x{len(self.sent)}")


class ScriptedBot:
    """The care channel's behaviour, scripted by what customers say; idempotent by turn."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.voided: set[str] = set()
        self.learnt: list[dict[str, Any]] = []
        self.failing: BaseException | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.on_message: Callable[[dict[str, Any]], dict[str, Any]] = echo

    async def turn(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.set()
        if self.failing is not None:
            raise self.failing
        turn_id = request["turn_id"]
        if turn_id in self.voided:
            raise Conflict("voided", code="turn_voided")
        if turn_id not in self.answers:
            self.turns.append(request)
            self.answers[turn_id] = self._answer(request)
        await self.gate.wait()
        return self.answers[turn_id]

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "turn_id": request["turn_id"],
            "replies": [],
            "nlu": [],
            "signals": [],
            "handoff": None,
            "active_form": None,
            "slots": {},
            "actions": [],
            "model_sha": "m1",
        }
        for message in request["messages"]:
            part = self.on_message(message)
            intent = part.get("intent", "greet")
            answer["nlu"].append(
                {
                    "message_id": message["id"],
                    "intent": intent,
                    "confidence": 0.9,
                    "rejected": False,
                }
            )
            if part.get("text"):
                answer["replies"].append(
                    {
                        "text": part["text"],
                        "buttons": part.get("buttons", []),
                        "in_reply_to": [message["id"]],
                    }
                )
            answer["signals"] += part.get("signals", [])
            answer["actions"] += part.get("actions", [])
            answer["handoff"] = part.get("handoff") or answer["handoff"]
        return answer

    async def events(self, conversation: str, events: Sequence[dict[str, Any]]) -> None:
        if self.failing is not None:
            raise self.failing
        known = {event["id"] for event in self.learnt}
        self.learnt += [event for event in events if event["id"] not in known]

    async def void_turn(self, conversation: str, turn_id: str) -> list[dict[str, Any]]:
        if self.failing is not None:
            raise self.failing
        self.voided.add(turn_id)
        actions: list[dict[str, Any]] = self.answers.get(turn_id, {}).get("actions", [])
        return actions


def echo(message: dict[str, Any]) -> dict[str, Any]:
    """What the scripted bot says unless a test wants otherwise."""
    text = str(message["text"] or "")
    if "persona" in text or "person" in text:
        return {
            "intent": "talk_to_human",
            "text": "Va bene.",
            "handoff": {"reason": "asked", "collected": {"order_number": "LA-20398"}},
        }
    if "silenzio" in text:
        return {"intent": "order_status"}
    if "pacco" in text:
        effect = {"it": "Ha aperto la pratica C-7K2MP", "en": "Opened case C-7K2MP"}
        return {
            "intent": "delivery_problem",
            "text": "Ho aperto la pratica C-7K2MP.",
            "actions": [{"name": "open_case", "ok": True, "effect": effect}],
        }
    if "grazie" in text:
        return {"intent": "thank", "text": "Di nulla!"}
    return {"intent": "product_question", "text": f"Hai scritto: {text}"}


class ScriptedBridge:
    """Briefs only; what is queued for the bridge stays in the queue."""

    def __init__(self) -> None:
        self.brief: dict[str, Any] = {"level": "unknown", "open_case": False}

    async def bot_brief(self, conversation: dict[str, str]) -> dict[str, Any]:
        return self.brief


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
        )
        self.timers = Timers(
            database,
            self.clock,
            self.bus,
            self.desk_settings,
            JobLease(database, self.clock, "timers"),
            self.texts,
            self.buttons,
            "it",
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
