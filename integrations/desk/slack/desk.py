"""The desk in Slack, put together; imported only where a bot token is set."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from integrations.desk.service import Desk
from integrations.desk.slack import wording
from integrations.desk.slack.agents import Agents
from integrations.desk.slack.client import SlackClient
from integrations.desk.slack.config import SlackConfig
from integrations.desk.slack.listening import Listening, quiet
from integrations.desk.slack.mirror import Mirror
from integrations.desk.slack.pacing import Pacing
from integrations.desk.slack.sending import Sending
from integrations.desk.slack.showing import Shows
from integrations.desk.slack.voice import KeepFile, Voice
from integrations.escalation.desk_settings import DeskSettings
from integrations.files.customers import CustomerFiles
from integrations.jobs.lease import JobLease
from integrations.standing import CONNECTING, READY, Standing
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import AscoltoError
from runtime.events import EventBus
from runtime.logging import get_logger

log = get_logger(__name__)

SOCKET = "socket"


class SlackDesk:
    """Mirrors cases to Slack and takes what agents do there, while `running`."""

    def __init__(
        self,
        config: SlackConfig,
        database: Database,
        clock: Clock,
        bus: EventBus,
        desk: Desk,
        settings: DeskSettings,
        customer_files: CustomerFiles,
        *,
        keep_file: KeepFile | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        self.config = config
        words = wording.load(config.language, settings.hours.timezone)
        self._client = SlackClient(config, pacing)
        self._voice = Voice(
            database=database,
            clock=clock,
            bus=bus,
            desk=desk,
            agents=Agents(database, clock, self._client, config),
            client=self._client,
            config=config,
            words=words,
            keep_file=keep_file,
        )
        sending = Sending(
            database, clock, self._client, config, Shows(config, words), customer_files
        )
        self.mirror = Mirror(
            database, clock, bus, config, sending, JobLease(database, clock, "slack")
        )
        self.listening: Listening | None = None
        self._link: Any = None

    async def standing(self) -> Standing:
        """How we stand with Slack: the Web API, and in Socket Mode the open connection."""
        contact = self._client.contact
        if not self.config.app_token:
            return await contact.standing("http", self._greet)
        found = await contact.standing("socket", self._greet)
        if self._link is not None and await self._link.is_connected():
            contact.mended(SOCKET)
            return await contact.standing("socket", self._greet)
        return replace(found, state=CONNECTING) if found.state == READY else found

    async def _greet(self) -> None:
        with contextlib.suppress(AscoltoError):
            await self._client.call("auth.test", paced=False)

    def _watch(self, link: Any) -> None:
        """Remember why Socket Mode doesn't connect; the SDK only goes on trying."""
        ask = link.issue_new_wss_url
        contact = self._client.contact

        async def asked() -> str:
            try:
                address: str = await ask()
            except SlackApiError as error:
                response: Any = error.response
                contact.failed(f"Socket Mode: Slack says {response.get('error')}", SOCKET)
                raise
            except Exception as error:
                contact.failed(f"Socket Mode: {type(error).__name__}", SOCKET)
                raise
            return address

        link.issue_new_wss_url = asked
        self._link = link

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[SlackDesk]:
        """Everything but the HTTP routes, which the gateway serves."""
        self.listening = Listening(self._voice)
        try:
            async with self.listening.running(), self.mirror.running(), self._socket():
                log.info("slack_desk_runs", socket=bool(self.config.app_token))
                yield self
        finally:
            self.listening = None
            await self._client.close()

    @contextlib.asynccontextmanager
    async def _socket(self) -> AsyncIterator[None]:
        if not self.config.app_token:
            yield
            return
        assert self.listening is not None
        handler: Any = AsyncSocketModeHandler(
            self.listening.app,
            self.config.app_token,
            logger=quiet("integrations.desk.slack.socket"),
            web_client=self._client.web,
        )
        self._watch(handler.client)
        # Connecting goes on trying for as long as Slack is away; nobody waits for it.
        connecting = asyncio.create_task(handler.connect_async())
        try:
            yield
        finally:
            self._link = None
            handler.client.closed = True
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            with contextlib.suppress(Exception):
                await handler.close_async()
