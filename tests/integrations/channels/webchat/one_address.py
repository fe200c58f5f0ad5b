"""Two gateways on one PostgreSQL and one Redis behind one address, as a load balancer puts them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from runtime import migrations
from tests.backends import own_database, shared_redis

from .chat_gateways import ChatGateway, running, settings


@contextmanager
def two_gateways(home: Path) -> Iterator[tuple[ChatGateway, ChatGateway]]:
    """Both serve the same visitors; neither knows of the other."""
    redis = shared_redis()
    with own_database() as url:
        known = settings(home, database_url=url, redis_url=redis)
        migrations.upgrade(known.gateway_database_url(), "gateway", "integrations/migrations")
        with running(known) as one, running(known) as other:
            yield one, other


class Balancer:
    """Passes connections on to whichever gateway `to` is, and can cut all that are open."""

    def __init__(self, to: ChatGateway) -> None:
        self.to = to
        self.url = ""
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Balancer]:
        """Answers inside, at `url`."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await server.wait_closed()
            while self._open:  # noqa: ASYNC110 — the connections end by themselves
                await asyncio.sleep(0.01)

    def cut(self) -> None:
        """Every open connection is gone, without a goodbye."""
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = urlsplit(self.to.url)
        there_reader, there_writer = await asyncio.open_connection(to.hostname, to.port)
        ways = ((reader, there_writer), (there_reader, writer))
        self._open |= {writer, there_writer}
        await asyncio.gather(*(_pass(*way) for way in ways))
        self._open -= {writer, there_writer}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
