"""Calls of the action server: one kept connection pool, a short time-out, and failures reported.

Rasa waits 300 seconds for an action, opens a connection for each call, sends the whole domain with
every response text in it, and goes on in silence when a call fails.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import settings
from bot.care.output import CareOutput

logger = logging.getLogger(__name__)

# Where failures of the turn under way are reported.
current_output: ContextVar[CareOutput | None] = ContextVar("current_output", default=None)

_REJECTED = 400  # an action that declines to run answers so; that is no failure


class ActionEndpoint(EndpointConfig):
    """Replaces Rasa's own endpoint once the model is loaded."""

    def __init__(self, url: str | None, domain: Domain) -> None:
        super().__init__(url)
        described = domain.as_dict()
        # The SDK reads nothing else of it.
        self._domain = {key: described[key] for key in ("slots", "forms") if key in described}
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Call the action named in `json`; raises what Rasa expects of an endpoint."""
        given = kwargs["json"]
        tracker = {**given["tracker"], "events": _recent(given["tracker"]["events"])}
        body = {**given, "tracker": tracker, "domain": self._domain}
        try:
            return await self._call(body, compress)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            if not isinstance(error, ClientResponseError):
                self._away(error)
            elif error.status != _REJECTED:
                self._report(str(body.get("next_action")), error)
            if isinstance(error, asyncio.TimeoutError):
                raise aiohttp.ClientConnectionError("the action took too long") from None
            raise

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, body: dict[str, Any], compress: bool) -> Any | None:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=settings.ACTION_SECONDS, sock_connect=1.0)
            # The server closes idle connections after 5 s: ours are gone before that, or a request
            # would meet its end.
            connector = aiohttp.TCPConnector(keepalive_timeout=2.0)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        async with self._session.post(self.url, json=body, compress=compress) as response:
            if response.status >= _REJECTED:
                text = await response.text()
                raise ClientResponseError(response.status, str(response.reason), text)
            return await response.json(content_type=None)

    @staticmethod
    def _away(error: BaseException) -> None:
        """Nobody runs actions now: Rasa goes on in silence, so the turn has to be told."""
        logger.error("The action server does not answer: %s", type(error).__name__)
        output = current_output.get()
        if output is not None:
            output.actions_away = True

    @staticmethod
    def _report(name: str, error: BaseException) -> None:
        logger.error("The action %s could not be run: %s", name, type(error).__name__)
        output = current_output.get()
        if output is not None:
            output.actions.append({"name": name, "ok": False, "effect": None})
            output.signal("action_failed", {"name": name})


def _recent(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events from the customer's previous message on: no action looks further back, and the whole
    history would be written and read at every call."""
    messages = [index for index, event in enumerate(events) if event.get("event") == "user"]
    if len(messages) < 2:
        return events
    before = messages[-2]
    if len(messages) > 2 and _is_second_wish(events[before]):
        before = messages[-3]
    return events[before:]


def _is_second_wish(event: dict[str, Any]) -> bool:
    return str((event.get("metadata") or {}).get("message_id")).endswith("/2")
