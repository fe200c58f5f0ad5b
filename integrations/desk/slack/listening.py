"""slack-bolt's side: every event and interaction is stored, acknowledged, then worked off.

The same handlers serve Socket Mode and signed HTTP requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from integrations.desk.slack import intake, modals
from integrations.desk.slack.altered import Altered
from integrations.desk.slack.intake import SHORTCUT, Occurrence
from integrations.desk.slack.pressed import Pressed
from integrations.desk.slack.submitted import Submitted
from integrations.desk.slack.voice import Voice, part
from integrations.desk.slack.written import Written
from integrations.metrics import repeated
from runtime.errors import AscoltoError, Temporary
from runtime.logging import get_logger

log = get_logger(__name__)

SWEEP_S = 2.0
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 60.0
IN_TURN_S = 1.0
# A modal waits for its answer; Slack waits three seconds.
ANSWER_S = 2.0


def quiet(name: str) -> logging.Logger:
    """A logger for libraries that would quote what people write."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.CRITICAL)
    return logger


async def _failed(error: Exception) -> BoltResponse:
    """Not stored, so not acknowledged: Slack sends it again."""
    log.error("slack_request_failed", error=type(error).__name__)
    return BoltResponse(status=500, body="")


class Listening:
    """What Slack tells us, through bolt."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._written = Written(voice)
        self._altered = Altered(voice, self._written)
        self._pressed = Pressed(voice, self._written, self._altered)
        self._submitted = Submitted(voice)
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.app = self._build()

    def _build(self) -> AsyncApp:
        config = self._voice.config

        async def authorize(team_id: str | None) -> AuthorizeResult:
            # Asking Slack who we are could fail, and bolt would answer such an event as if all
            # were well. One workspace, one token: there is nothing to look up.
            return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token=config.bot_token)

        app = AsyncApp(
            logger=quiet("integrations.desk.slack.bolt"),
            name="ascolto",
            signing_secret=config.signing_secret,
            client=self._voice.client.web,
            authorize=authorize,
        )
        app.use(self._store)
        app.error(_failed)
        app.event("message")(self._on_event)
        app.action(re.compile("^ascolto_"))(self._on_press)
        app.message_shortcut(SHORTCUT)(self._on_press)
        app.view_submission(re.compile("^ascolto_"))(self._on_submit)
        return app

    async def _store(
        self,
        body: dict[str, Any],
        context: dict[str, Any],
        next_: Callable[[], Awaitable[Any]],
    ) -> BoltResponse | None:
        """Before anything is acknowledged it is stored, once."""
        what = await self._fresh(body)
        if what is None:
            return BoltResponse(status=200, body="")
        context["occurrence"] = what
        await next_()
        return None

    async def _fresh(self, body: Mapping[str, Any]) -> Occurrence | None:
        """Store an occurrence; None when there is nothing to do about it, now or any more."""
        what = intake.triage(body, self._voice.config.channel)
        now = self._voice.clock.now()
        fresh = await self._voice.database.write(
            lambda conn: intake.store(conn, what, body, now=now)
        )
        if what.ignored is not None:
            log.debug("slack_ignored", kind=what.kind, reason=what.ignored)
            return None
        if not fresh:
            repeated("slack")
            log.info("slack_duplicate", kind=what.kind)
            return None
        return what

    async def event(self, body: Mapping[str, Any]) -> None:
        """An event that came by a signed request. When this returns it may be acknowledged."""
        what = await self._fresh(body)
        if what is not None:
            self._begin(what, body)

    async def _on_event(
        self, ack: Callable[..., Awaitable[Any]], context: dict[str, Any], body: dict[str, Any]
    ) -> None:
        # Its place in the order is taken before the acknowledgement lets the next one in.
        task = self._begin(context["occurrence"], body)
        await ack()
        await asyncio.shield(task)

    async def _on_press(
        self, ack: Callable[..., Awaitable[Any]], context: dict[str, Any], body: dict[str, Any]
    ) -> None:
        task = self._begin(context["occurrence"], body)
        await ack()
        await asyncio.shield(task)

    async def _on_submit(
        self, ack: Callable[..., Awaitable[Any]], context: dict[str, Any], body: dict[str, Any]
    ) -> None:
        task = self._begin(context["occurrence"], body)
        done, _ = await asyncio.wait({task}, timeout=ANSWER_S)
        problem = task.result() if done else None
        if problem is None:
            await ack()
        else:
            await ack(response_action="errors", errors={modals.BLOCK: problem})

    # -- working off -------------------------------------------------------------------------

    def _begin(self, what: Occurrence, body: Mapping[str, Any]) -> asyncio.Task[str | None]:
        task = asyncio.create_task(self.work(what.key, what.kind, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def work(
        self, key: str, kind: str, body: Mapping[str, Any], attempts: int = 0
    ) -> str | None:
        """Work off one stored occurrence; the words for its modal if it was refused. Never raises.

        What something of ours was away for stays stored, for the next sweep.
        """
        async with self._lock(kind, body):
            try:
                await self._wait_for_turn(kind, body, key)
                outcome, problem = await self._handle(kind, body, key, attempts)
                await self._finish(key, outcome)
                return problem
            except Temporary as error:
                log.info("slack_event_waits", kind=kind, reason=error.code)
                pause = error.retry_after or min(FIRST_RETRY_S * 2**attempts, LONGEST_RETRY_S)
            except Exception as error:  # noqa: BLE001 — a traceback may quote people
                log.error("slack_event_failed", kind=kind, error=type(error).__name__)
                pause = LONGEST_RETRY_S
            until = self._voice.clock.now() + pause
            with contextlib.suppress(AscoltoError):
                await self._voice.database.write(
                    lambda conn: intake.put_off(conn, key, until=until)
                )
            return None

    async def _wait_for_turn(self, kind: str, body: Mapping[str, Any], key: str) -> None:
        """Raises Temporary while an earlier message of the thread waits, wherever it does."""
        now = self._voice.clock.now()
        if kind == "message" and await self._voice.database.read(
            lambda conn: intake.held_up(conn, key, body, now=now)
        ):
            raise Temporary("an earlier message of the thread waits", retry_after=IN_TURN_S)

    async def _handle(
        self, kind: str, body: Mapping[str, Any], key: str, attempts: int
    ) -> tuple[str, str | None]:
        if kind == "message":
            event = part(body, "event")
            if event.get("subtype") in ("message_changed", "message_deleted"):
                return await self._altered.handle(event, attempts), None
            return await self._written.handle(event), None
        if kind == "action":
            return await self._pressed.handle(body, key), None
        if kind == "shortcut":
            return await self._pressed.shortcut(body, key), None
        return await self._submitted.handle(body)

    async def _finish(self, key: str, outcome: str) -> None:
        now = self._voice.clock.now()
        await self._voice.database.write(lambda conn: intake.finish(conn, key, outcome, now=now))
        log.debug("slack_event_done", outcome=outcome)

    def _lock(self, kind: str, body: Mapping[str, Any]) -> asyncio.Lock:
        """What is written in one thread is worked off in its order."""
        user = part(body, "user").get("id")
        name = intake.thread_of(body) if kind == "message" else f"{kind}:{user}"
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Listening]:
        """Also work off what an earlier process stored and didn't get to, while inside."""
        sweep = asyncio.create_task(self._sweep())
        try:
            yield self
        finally:
            sweep.cancel()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(sweep, *self._tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            with contextlib.suppress(AscoltoError):
                await self.sweep()
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """Work off what waits."""
        now = self._voice.clock.now()
        for row in await self._voice.database.write(lambda conn: intake.claim(conn, now=now)):
            await self.work(row.key, row.kind, row.body or {}, row.attempts)
