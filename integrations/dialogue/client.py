"""The way into Rasa: our care channel, over HTTP.

Conversations go to one of several Rasa processes by rendezvous hashing, so that a conversation
keeps its process while it lives and moves to the next when it doesn't; the tracker is in the
database they share.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from runtime.errors import Conflict, Permanent, Temporary
from runtime.service_client import ServiceAnswer, ServiceClient, Unreachable

TURN_TIMEOUT_S = 20.0
SMALL_TIMEOUT_S = 5.0


class CareClient:
    """Talks to the bot. Every call raises Temporary when the bot is away or in trouble."""

    def __init__(self, urls: Sequence[str], token: str, *, in_flight: int) -> None:
        self._urls = tuple(urls)
        self._gates = {url: asyncio.Semaphore(in_flight) for url in self._urls}
        self._service = ServiceClient(token, connections=in_flight * len(self._urls) + 4)

    @property
    def capacity(self) -> int:
        """How many turns the Rasa processes do at once without queueing inside."""
        return sum(gate._value for gate in self._gates.values())

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
        """For each Rasa process: the model it serves, or what is wrong."""
        return dict(await asyncio.gather(*(self._ready(url) for url in self._urls)))

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
        return url, str(body.get("reason") or body.get("error") or answer.status)

    async def _post(
        self, conversation: str, call: str, body: dict[str, Any], within_s: float
    ) -> dict[str, Any]:
        last: Temporary | None = None
        for url in self._preferred(conversation):
            try:
                async with self._gate(url):
                    answer = await self._service.call(
                        "POST", f"{url}/webhooks/care/{call}", body, within_s=within_s
                    )
            except Unreachable as error:
                # Nothing was sent: another process can take it.
                last = error
                continue
            # After any other failure it may have been handled; the same turn_id asked again
            # gives the same answer.
            return _read(answer)
        raise last or Temporary("no bot is configured")

    @contextlib.asynccontextmanager
    async def _gate(self, url: str) -> AsyncIterator[None]:
        async with self._gates[url]:
            yield

    def _preferred(self, conversation: str) -> list[str]:
        def weight(url: str) -> bytes:
            return hashlib.blake2b(f"{url}|{conversation}".encode(), digest_size=8).digest()

        return sorted(self._urls, key=weight, reverse=True)


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
