"""Mounts the console at /console."""

from __future__ import annotations

from fastapi import FastAPI

from integrations.console import actions, api, assets, files, live, pages
from integrations.console.designer import insights, models
from integrations.console.designer import pages as designer_pages
from integrations.console.headers import ConsoleHeaders
from integrations.console.sessions import Sessions
from integrations.container import Container
from integrations.review import routes as review


def mount(app: FastAPI) -> None:
    """Add the console's pages, its JSON and its files; `app.state.container` must be there."""
    parts: Container = app.state.container
    app.state.console_sessions = Sessions(parts.settings, parts.clock)
    app.add_middleware(ConsoleHeaders)
    for router in (
        assets.router,
        live.router,
        api.router,
        actions.router,
        files.router,
        insights.router,
        insights.pages,
        models.router,
        models.pages,
        pages.router,
        review.router,
        designer_pages.router,
    ):
        app.include_router(router)
