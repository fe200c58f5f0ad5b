"""The desk in Slack against the simulator: a real gateway's parts, the real SDK and bolt."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from integrations.channels.contract import Attachment, Envelope, FetchedFile, Kind, Sender
from integrations.conversations.tables import conversations, handoffs, notes, outbound
from integrations.desk.slack import desk as slack_desk
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.desk import SlackDesk
from integrations.desk.slack.pacing import Pacing
from integrations.desk.slack.routes import router
from integrations.desk.slack.tables import slack_events, slack_queue
from integrations.desk.slack.voice import KeepFile
from integrations.files.customers import CustomerFiles
from runtime.clock import FakeClock
from runtime.web import RequestLimits, install_errors
from tests.integrations.world import World, until
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.workspace import Message, View


class LiveClock(FakeClock):
    """The machine's time, that can be moved on as well."""

    def __init__(self) -> None:
        super().__init__(0.0)

    def now(self) -> float:
        return time.time() + super().now()


class Scene:
    """A workspace, a gateway, and words for what tests do with both."""

    def __init__(self, world: World, slack: SlackSimulator, desk: SlackDesk) -> None:
        self.world = world
        self.slack = slack
        self.desk = desk

    async def hand_over(self, name: str = "giulia", *, channel: str = "push") -> str:
        """A customer asks for a person; our id of the conversation."""
        conversation_id = await self.world.say(
            "Vorrei parlare con una persona", conversation=name, channel=channel
        )
        await self.world.settled(conversation_id)
        return conversation_id

    async def card(self, number: int = 1) -> Message:
        """The newest card, once there are so many and its transcript stands under it."""
        await self.until(lambda: len(self.slack.cards()) >= number)
        card = self.slack.cards()[-1]
        await self.until(lambda: len(self.slack.thread(card.ts)) >= 1)
        await self.quiet()
        return card

    async def claimed(self, agent: str, name: str = "giulia", **where: Any) -> tuple[str, Message]:
        """A case that `agent` has claimed in Slack: (conversation, card)."""
        number = len(self.slack.cards()) + 1
        conversation_id = await self.hand_over(name, **where)
        card = await self.card(number)
        await self.slack.click(agent, card.ts, "ascolto_claim").done()
        await self.quiet()
        assert (await self.owner(conversation_id)) == "agent"
        return conversation_id, card

    async def modal(self, agent: str, card: Message, button: str) -> View:
        """The modal that a button of a card opens."""
        await self.slack.click(agent, card.ts, button).done()
        await self.quiet()
        view = self.slack.modal(agent)
        assert view is not None
        return view

    async def owner(self, conversation_id: str) -> str:
        return str((await self.world.conversation(conversation_id)).owner)

    async def quiet(self) -> None:
        """Wait until everything from Slack is worked off and Slack shows everything."""
        await until(self._is_quiet)

    async def hurry(self) -> None:
        """The same, and the pauses between attempts pass in no time."""

        async def hurried() -> bool:
            await self._skip_pause()
            return await self._is_quiet()

        await until(hurried)

    async def _is_quiet(self) -> bool:
        if not await self._is_still():
            return False
        await self.desk.mirror.step()
        return await self._is_still()

    async def _is_still(self) -> bool:
        def query(conn: Any) -> bool:
            q, e, c = slack_queue.c, slack_events.c, conversations.c
            waits = conn.execute(select(q.n).where(q.done_at.is_(None))).first()
            stored = conn.execute(select(e.key).where(e.done_at.is_(None))).first()
            pending = conn.execute(
                select(outbound.c.id).where(outbound.c.state.in_(("pending", "sending")))
            ).first()
            busy = conn.execute(select(c.id).where(c.lease_token.is_not(None))).first()
            return not (waits or stored or pending or busy)

        on_its_way = any(not o.answered.is_set() for o in self.slack.outbox.sent)
        return not on_its_way and await self.world.database.read(query)

    async def _skip_pause(self) -> None:
        """What was put off is due now; not while a request is on its way, which would look lost."""
        now = self.world.clock.now()

        def query(conn: Any) -> list[float]:
            q, e = slack_queue.c, slack_events.c
            rows = conn.execute(select(slack_queue).where(q.done_at.is_(None))).all()
            if any(row.state == "sending" and row.sending_until > now for row in rows):
                return []
            tried = select(e.claimed_until).where(e.done_at.is_(None), e.attempts > 0)
            return [row.next_attempt_at for row in rows] + list(conn.execute(tried).scalars())

        later = [at - now for at in await self.world.database.read(query) if at > now]
        if later:
            self.world.clock.advance(min(later))

    async def until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait for something in Slack."""

        async def asked() -> bool:
            return condition()

        await until(asked, timeout_s)

    async def post(self, agent: str, text: str, card: Message, **more: Any) -> str:
        """An agent writes in a thread, and everything that follows from it has happened."""
        ts, event = self.slack.post(agent, text, thread_ts=card.ts, **more)
        await event.done()
        await self.quiet()
        return ts

    async def told(self, name: str = "giulia") -> list[str]:
        """What an agent's words the customer of the push channel got."""
        sent = {m.id: m for m in self.world.push.sent if m.address == name}

        def query(conn: Any) -> list[str]:
            rows = conn.execute(select(outbound.c.id).where(outbound.c.role == "agent")).scalars()
            return list(rows)

        agents = await self.world.database.read(query)
        return [message.text for key, message in sent.items() if key in agents]

    async def noted(self) -> list[str]:
        """The notes of the team."""
        return await self.world.database.read(
            lambda conn: list(conn.execute(select(notes.c.text).order_by(notes.c.seq)).scalars())
        )

    async def handoff(self, conversation_id: str) -> Any:
        return await self.world.database.read(
            lambda conn: conn.execute(
                select(handoffs)
                .where(handoffs.c.conversation_id == conversation_id)
                .order_by(handoffs.c.requested_at.desc())
            ).first()
        )

    async def outcomes(self) -> list[str]:
        """What became of everything that came from Slack."""
        return await self.world.database.read(
            lambda conn: list(
                conn.execute(
                    select(slack_events.c.outcome).order_by(slack_events.c.received_at)
                ).scalars()
            )
        )

    def texts(self, card: Message) -> list[str]:
        """What stands in a thread, as one string a message."""
        return [f"{m.text} {m.blocks}" for m in self.slack.thread(card.ts)]

    def ask(self, agent: str) -> str:
        """The ts of the question that stands before an agent."""
        found = [
            shown
            for shown in self.slack.shown_to(agent)
            if any(block["type"] == "actions" for block in shown.blocks)
        ]
        assert found, "nothing was asked"
        return found[-1].ts


def config(slack: SlackSimulator, *, socket: bool = False, language: str = "it") -> SlackConfig:
    return SlackConfig(
        bot_token=slack.bot_token,
        app_token=slack.app_token if socket else "",
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        channel=slack.channel,
        language=language,
        names={"Marta Rossi": "Marta"},
        console_url="http://desk.example",
    )


@contextlib.asynccontextmanager
async def scene(
    world: World,
    slack: SlackSimulator,
    *,
    socket: bool = False,
    language: str = "it",
    keep_file: KeepFile | None = None,
) -> AsyncIterator[Scene]:
    """The desk runs inside, reached by signed requests or by a socket."""
    desk = slack_desk.SlackDesk(
        config(slack, socket=socket, language=language),
        world.database,
        world.clock,
        world.bus,
        world.desk,
        world.desk_settings,
        CustomerFiles(world.database, world.clock, world.channels),
        keep_file=keep_file,
        pacing=Pacing({}),
    )
    app = FastAPI()
    app.add_middleware(RequestLimits, max_bytes=256 * 1024)
    install_errors(app)
    app.include_router(router(desk))
    async with desk.running(), served(app) as base:
        if socket:
            found = Scene(world, slack, desk)
            await found.until(lambda: slack.outbox.connected > 0)
        else:
            slack.deliver_to(base)
        yield Scene(world, slack, desk)


@contextlib.asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """A server in this loop."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none")
    )
    server.install_signal_handlers = lambda: None
    with contextlib.ExitStack() as stack:
        server.capture_signals = lambda: stack
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 — it has nothing to wait for
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await task


class Picture:
    """Lets the push channel hand out a customer's picture."""

    content = b"\x89PNG\r\n\x1a\n" + b"0" * 64

    @classmethod
    async def fetch(cls, account: str, attachment: Attachment) -> FetchedFile:
        return FetchedFile(attachment.name or "file", "image/png", cls.content)


def picture(name: str, text: str | None, message_id: str) -> Envelope:
    """A customer sends a picture."""
    return Envelope(
        channel="push",
        account="default",
        dedup_key=f"{name}/{message_id}",
        external_id=message_id,
        address=name,
        sender=Sender(name),
        kind=Kind.MESSAGE,
        text=text,
        attachments=(Attachment("image", "maglia.png", "image/png", 72, file_id="f1"),),
    )
