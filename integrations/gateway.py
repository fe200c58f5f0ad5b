"""The gateway: the only public process. `python -m integrations.gateway`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from functools import partial
from types import FrameType

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from integrations import health
from integrations.channels import webhooks
from integrations.channels.api import files as api_files
from integrations.channels.api import ingest as api_ingest
from integrations.channels.api import routes as api_routes
from integrations.channels.contract import Runs
from integrations.channels.webchat import routes as webchat
from integrations.channels.webchat.config import FILES_PATH, LARGEST_UPLOAD
from integrations.console import app as console
from integrations.console.headers import UPLOAD_PATH
from integrations.container import Container, build
from integrations.desk.slack import mounting as slack
from integrations.escalation.source import PolicyError
from integrations.files.store import MAX_BYTES
from integrations.lane import Answering, Lane
from integrations.metrics import TOO_LARGE, place_of, refused
from integrations.models import routes as models
from integrations.review import commands as review
from runtime import logging as logging_module
from runtime import settings as settings_module
from runtime.garbage import settled
from runtime.logging import get_logger
from runtime.settings import Settings
from runtime.web import RequestLimits, install_errors
from understanding import language

log = get_logger(__name__)

# Files are larger than anything else that is sent to us.
LARGER = {UPLOAD_PATH: MAX_BYTES, FILES_PATH: LARGEST_UPLOAD}
VERSION = "0.1.0"
SHUTDOWN_S = 8
SWITCH_S = 0.001


def create_app(settings: Settings, container: Container | None = None) -> FastAPI:
    """The application; its parts live as long as its lifespan."""
    parts = container or build(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Loading the language models takes a moment that no customer should wait for.
        await asyncio.to_thread(language.detect, "buongiorno, dov'è il mio ordine?")
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(parts.database.close)
            stack.push_async_callback(parts.care.close)
            stack.push_async_callback(parts.bridge.close)
            stack.push_async_callback(parts.review.workbench.close)
            await stack.enter_async_context(parts.bus.running())
            await stack.enter_async_context(parts.routing.running())
            await stack.enter_async_context(parts.care.pool.watching())
            jobs = [
                asyncio.create_task(parts.presence.run()),
                asyncio.create_task(parts.timers.run()),
                asyncio.create_task(parts.rollups.run()),
                asyncio.create_task(parts.review_job.run()),
                asyncio.create_task(parts.canary.run()),
            ]
            stack.push_async_callback(_cancel, jobs)
            await stack.enter_async_context(parts.bridge_sender.running())
            await stack.enter_async_context(parts.briefs.running())
            for channel in parts.channels.values():
                if isinstance(channel, Runs):
                    await stack.enter_async_context(channel.running())
            await stack.enter_async_context(parts.delivery.running())
            await stack.enter_async_context(parts.worker.running())
            await stack.enter_async_context(parts.polling.running())
            await stack.enter_async_context(slack.running(app))
            yield
            parts.stopping.set()

    app = FastAPI(
        title="Ascolto",
        version=VERSION,
        summary="Agent-assisted social care: the gateway's API.",
        lifespan=lifespan,
    )
    app.state.container = parts
    in_crowds: dict[str, Answering] = {api_ingest.PATH: partial(api_ingest.answer, parts)}
    for name, channel in parts.channels.items():
        if not channel.capabilities.pulls:
            in_crowds[webhooks.path(name)] = partial(webhooks.answer, parts, name)
    # Added first, so that the others stand around it.
    app.add_middleware(Lane, answers=in_crowds)
    app.add_middleware(
        RequestLimits,
        max_bytes=settings.max_body_bytes,
        larger=LARGER,
        on_refused=lambda path: refused(place_of(path, parts.channels), TOO_LARGE),
    )
    install_errors(app)
    app.include_router(health.router)
    app.include_router(api_routes.router)
    app.include_router(api_files.router)
    app.include_router(webhooks.router)
    app.include_router(review.router)
    app.include_router(models.router)
    console.mount(app)
    webchat.mount(app)
    in_crowds |= slack.mount(app, parts)
    return app


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main() -> int:
    """Serve until stopped; a wrong setting is said in one line each."""
    try:
        settings = settings_module.load()
        logging_module.configure("gateway", settings)
        app = create_app(settings)
    except (ValidationError, PolicyError, ValueError) as error:
        sys.stderr.write(f"gateway: can't start: {error}\n")
        return 2
    # The databases' threads hold the interpreter for 5 ms at a time by default, which is longer
    # than acknowledging a message takes.
    sys.setswitchinterval(SWITCH_S)
    config = uvicorn.Config(
        app,
        host=settings.gateway_host,
        port=settings.gateway_port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
        ws_max_size=settings.max_body_bytes,
    )
    Server(config, app.state.container).run()
    return 0


class Server(uvicorn.Server):
    """Ends live streams as soon as it is told to stop, instead of waiting for their readers."""

    def __init__(self, config: uvicorn.Config, parts: Container) -> None:
        super().__init__(config)
        self._parts = parts

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and leave alone what was loaded for good."""
        await super().startup(sockets)
        settled()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks us to stop."""
        self._parts.stopping.set()
        self._parts.bus.publish("resync")
        super().handle_exit(sig, frame)


if __name__ == "__main__":
    sys.exit(main())
