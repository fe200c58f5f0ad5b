"""Who may come in: pages of known origins, not too often."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from integrations.channels.webchat.config import Limit, allowed
from integrations.container import Container
from runtime.errors import Forbidden, TooMany
from runtime.web import network_of


def check_origin(connection: HTTPConnection) -> None:
    """Raises Forbidden for a page that may not embed us."""
    origin = connection.headers.get("origin")
    if not allowed(connection.app.state.webchat.config, origin, connection.headers.get("host", "")):
        raise Forbidden("this page may not embed the chat", code="origin")


async def within(connection: HTTPConnection, what: str, limit: Limit) -> None:
    """Raises TooMany when the caller's network does this too often."""
    await uses(connection, f"{what}:{network_of(connection)}", limit)


async def uses(connection: HTTPConnection, key: str, limit: Limit) -> None:
    """Raises TooMany when `key` is used more often than `limit` allows."""
    parts: Container = connection.app.state.container
    if not await parts.rates.allows(f"webchat:{key}", limit.uses, limit.window_s):
        wait = limit.window_s - parts.clock.now() % limit.window_s
        raise TooMany("too many at once: wait a little", retry_after=wait)
