"""The Rasa processes as this gateway sees them, and which of them a conversation should go to.

Each says about once a second which model it serves and whether it drains. A conversation goes, by
rendezvous hashing, to one of the ready processes that serve the model which the routing wants for
it; if none does, to any that is ready; if none is, to all in turn, for they may have come back
since. The spare process, which runs only while models change, is never waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from integrations.models.routing import Routing
from runtime.errors import Temporary
from runtime.logging import get_logger
from runtime.service_client import ServiceClient

log = get_logger(__name__)

EVERY_S = 1.0
ANSWER_S = 5.0
# A gateway that starts doesn't wait longer for a process that hangs.
FIRST_S = 1.0


@dataclass
class Seen:
    """One process; `ready` is None until it was asked."""

    url: str
    spare: bool = False
    ready: bool | None = None
    draining: bool = False
    model: str | None = None
    in_flight: int = 0

    @property
    def open(self) -> bool:
        """Whether it takes turns, as far as is known."""
        return self.ready is True and not self.draining


class Pool:
    """Asks the processes, and orders them for a conversation."""

    def __init__(
        self,
        urls: Sequence[str],
        spare: str | None,
        service: ServiceClient,
        routing: Callable[[], Routing | None] = lambda: None,
    ) -> None:
        self._service = service
        self._routing = routing
        self.seen = {url: Seen(url) for url in urls}
        if spare:
            self.seen[spare] = Seen(spare, spare=True)
        self._news = asyncio.Event()

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[Pool]:
        """Ask every second while inside."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.look(), FIRST_S)
        loops = [asyncio.create_task(self._watch(url)) for url in self.seen]
        try:
            yield self
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    def order(self, conversation: str) -> list[str]:
        """All that may be tried for a conversation, the best first."""
        routing = self._routing()
        wanted = routing.wanted(conversation) if routing is not None else None
        tried = [
            (self._rank(seen, routing, wanted), _weight(seen.url, conversation), seen.url)
            for seen in self.seen.values()
            if seen.open or not seen.spare
        ]
        return [url for *_, url in sorted(tried, key=lambda each: (each[0], -each[1]))]

    @property
    def changing(self) -> bool:
        """Whether a process is being emptied: who has none to go to waits rather than fails."""
        return any(seen.draining for seen in self.seen.values())

    def drains(self, url: str) -> None:
        """It has just refused, because it is about to stop."""
        self.seen[url].draining = True

    def away(self, url: str) -> None:
        """Nobody answered there just now."""
        seen = self.seen[url]
        seen.ready, seen.draining = False, False

    async def news(self, within_s: float) -> None:
        """Return when a process opened, or after so long."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), within_s)

    async def look(self) -> None:
        """Ask all processes now."""
        await asyncio.gather(*(self._ask(seen) for seen in self.seen.values()))

    def _rank(self, seen: Seen, routing: Routing | None, wanted: str | None) -> int:
        if not seen.open:
            return 5 if seen.draining else 4 if seen.ready is False else 3
        if routing is None:
            # What the spare may have loaded is nobody's yet.
            return 2 if seen.spare else 0
        if seen.model == wanted:
            return 0
        return 1 if seen.model == routing.live else 2

    async def _watch(self, url: str) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self._ask(self.seen[url])

    async def _ask(self, seen: Seen) -> None:
        before = (seen.open, seen.model)
        try:
            answer = await self._service.call(
                "GET", f"{seen.url}/webhooks/care/state", within_s=ANSWER_S
            )
        except Temporary:
            self.away(seen.url)
        else:
            body = answer.body or {}
            up = answer.status == 200
            seen.draining = up and bool(body.get("draining"))
            seen.ready = up
            seen.model = str(body.get("model_sha")) if up else None
            seen.in_flight = int(body.get("in_flight") or 0) if up else 0
        if seen.open and before != (seen.open, seen.model):
            self._news.set()
            log.info("bot_process", url=seen.url, model=seen.model, spare=seen.spare)


def _weight(url: str, conversation: str) -> int:
    digest = hashlib.blake2b(f"{url}|{conversation}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
