"""Where the gateway meets the desk in Slack. Without a bot token nothing of Slack is imported."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from integrations.container import Container
from integrations.desk.slack import config as slack_config
from integrations.files.store import Files
from integrations.lane import Answering


def mount(app: FastAPI, parts: Container) -> dict[str, Answering]:
    """Prepare the desk in Slack, with its routes if requests can be verified. Raises ValueError.

    Returns what the lane answers, by path.
    """
    config = slack_config.read(parts.settings, parts.desk_settings)
    app.state.slack = None
    if config is None:
        return {}
    from integrations.desk.slack.desk import SlackDesk
    from integrations.desk.slack.routes import router

    desk = SlackDesk(
        config,
        parts.database,
        parts.clock,
        parts.bus,
        parts.desk,
        parts.desk_settings,
        parts.customer_files,
        keep_file=Files.add,
    )
    app.state.slack = desk
    if not config.serves_http:
        return {}
    routes = router(desk)
    app.include_router(routes)
    return {route.path: route.endpoint for route in routes.routes if isinstance(route, APIRoute)}


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run it while the gateway runs."""
    desk: Any = app.state.slack
    if desk is None:
        yield
        return
    async with desk.running():
        yield
