"""The bridge behind a real server, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from runtime.database import Database
from tests.crm_bridge.world import World


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, begun: threading.Event) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self._begun.set()


@contextmanager
def served(address: tuple[str, str], home: Path, port: int) -> Iterator[tuple[str, World]]:
    """(base URL, world) of a running service; the world's clock and outbox may be used."""
    begun = threading.Event()
    box: dict[str, Any] = {}

    async def serve() -> None:
        database = Database(*address, pool_size=6)
        world = World(database, home)
        world.loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            world.app, port=port, log_config=None, access_log=False, lifespan="on"
        )
        box.update(world=world, server=_Server(config, begun))
        try:
            await box["server"].serve()
        finally:
            await database.close()
            begun.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="bridge-under-test")
    thread.start()
    assert begun.wait(60)
    try:
        yield f"http://127.0.0.1:{port}", box["world"]
    finally:
        box["server"].should_exit = True
        thread.join(60)
        assert not thread.is_alive()
