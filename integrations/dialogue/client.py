"""The way into Rasa: our care channel, over HTTP.

Conversations go to one of several Rasa processes (`pool.py`), so that a conversation keeps its
process while it lives and moves to another when it doesn't; the tracker is in the database they
share. A process that is about to be stopped refuses before it does anything: the turn goes to
another, and waits for one if for a moment there is none.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

from integrations.dialogue.pool import Pool
from integrations.models.routing import Routing
from runtime.errors import Conflict, Permanent, Temporary
from runtime.service_client import CutOff, ServiceAnswer, ServiceClient, Unreachable

TURN_TIMEOUT_S = 20.0
SMALL_TIMEOUT_S = 5.0
# How long a turn waits for a process while models change, and how soon it asks again.
CHANGE_S = 30.0
ASK_AGAIN_S = 0.25
# What a process answers before it has done anything.
_NOTHING_DONE = ("draining", "starting")


class CareClient:
    """Talks to the bot. Every call raises Temporary when the bot is away or in trouble."""

    def __init__(
        self,
        urls: Sequence[str],
        token: str,
        *,
        in_flight: int,
        spare: str | None = None,
        routing: Callable[[], Routing | None] = lambda: None,
    ) -> None:
        self._urls = tuple(urls)
        everywhere = (*self._urls, spare) if spare else self._urls
        self._gates = {url: asyncio.Semaphore(in_flight) for url in everywhere}
        self._service = ServiceClient(token, connections=in_flight * len(everywhere) + 4)
        self.pool = Pool(self._urls, spare, self._service, routing)

    async def close(self) -> None:
        """Close every connection."""
        await self._service.close()

    async def turn(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have a turn answered. Raises Conflict when that turn was voided."""
        conversation = str(request["conversation"])
        answer = await self._post(conversation, "turn", request, TURN_TIMEOUT_S)
        if answer.get("turn_id") != request["turn_id"]:
            raise Permanent("the bot answered another turn")
        return answer

    async def events(self, conversation: str, events: Sequence[dict[str, Any]]) -> None:
        """Tell the tracker what was said while the bot did not speak; idempotent by event id."""
        body = {"conversation": conversation, "events": list(events)}
        await self._post(conversation, "events", body, SMALL_TIMEOUT_S)

    async def void_turn(self, conversation: str, turn_id: str) -> list[dict[str, Any]]:
        """Make the bot forget what it said in a turn; the actions it had taken by then."""
        body = {"conversation": conversation, "turn_id": turn_id}
        answer = await self._post(conversation, "void-turn", body, SMALL_TIMEOUT_S)
        return cast(list[dict[str, Any]], answer.get("actions") or [])

    async def ready(self) -> dict[str, str]:
        """For each Rasa process: that it is ready, or what is wrong; the spare only if it runs."""
        spares = [seen.url for seen in self.pool.seen.values() if seen.spare and seen.ready]
        asked = (*self._urls, *spares)
        return dict(await asyncio.gather(*(self._ready(url) for url in asked)))

    async def _ready(self, url: str) -> tuple[str, str]:
        try:
            answer = await self._service.call(
                "GET", f"{url}/webhooks/care/ready", within_s=SMALL_TIMEOUT_S
            )
        except Temporary as error:
            return url, f"away: {error.message}"
        body = answer.body or {}
        if answer.status == 200 and body.get("ready"):
            return url, "ready"
        if answer.status == 200 and body.get("draining"):
            return url, "draining"
        return url, str(body.get("reason") or body.get("error") or answer.status)

    async def _post(
        self, conversation: str, call: str, body: dict[str, Any], within_s: float
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        until = loop.time() + CHANGE_S
        while True:
            answer, away = await self._try_all(conversation, call, body, within_s)
            if answer is not None:
                return _read(answer)
            if not self.pool.changing or loop.time() > until:
                raise away or Temporary("no bot is configured")
            await self.pool.news(ASK_AGAIN_S)

    async def _try_all(
        self, conversation: str, call: str, body: dict[str, Any], within_s: float
    ) -> tuple[ServiceAnswer | None, Temporary | None]:
        """The answer of the first process that took it, or why none did."""
        why: Temporary | None = None
        for url in self.pool.order(conversation):
            try:
                async with self._gate(url):
                    answer = await self._service.call(
                        "POST", f"{url}/webhooks/care/{call}", body, within_s=within_s
                    )
            except (Unreachable, CutOff) as error:
                # Nothing was sent, or the process ended over it: another can take it. What the
                # first may have finished is in the database they share, under the same turn_id.
                self.pool.away(url)
                why = error
                continue
            refusal = _refusal(answer)
            if refusal not in _NOTHING_DONE:
                return answer, None
            if refusal == "draining":
                self.pool.drains(url)
            else:
                self.pool.away(url)
            why = Temporary(f"the bot is {refusal}")
        return None, why

    @contextlib.asynccontextmanager
    async def _gate(self, url: str) -> AsyncIterator[None]:
        async with self._gates[url]:
            yield


def _refusal(answer: ServiceAnswer) -> str:
    error = (answer.body or {}).get("error") if answer.status == 503 else None
    return str(error.get("code")) if isinstance(error, dict) else ""


def _read(answer: ServiceAnswer) -> dict[str, Any]:
    if answer.status == 409:
        raise Conflict("the turn was voided", code="turn_voided")
    if answer.status >= 500 or answer.status == 429:
        raise Temporary(f"the bot answered {answer.status}")
    if answer.status >= 400:
        raise Permanent(f"the bot refused the request with {answer.status}")
    if answer.body is None:
        raise Temporary("the bot's answer could not be read")
    return answer.body
