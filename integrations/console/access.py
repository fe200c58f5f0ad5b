"""Coming in and going out: rate-limited log-in, the current session, log-out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from integrations.console.sessions import (
    AGENT,
    DESIGNER,
    FORM_LIFETIME_S,
    LIFETIME_S,
    Session,
    Sessions,
)
from integrations.container import Container
from integrations.conversations.sql import insert_new
from integrations.conversations.tables import desk_actions
from integrations.metrics import refusals, refused
from runtime.errors import AscoltoError, Forbidden, TooMany, Unauthenticated
from runtime.logging import get_logger
from runtime.security import pseudonym
from runtime.web import network_of

log = get_logger(__name__)

COOKIE = "ascolto_console"
FORM_COOKIE = "ascolto_console_form"
PATH = "/console"
WINDOW_S = 300
# Also colleagues behind one address who begin at the same hour.
TRIES_PER_ADDRESS = 20
TRIES_OVERALL = 60


async def container(request: Request) -> Container:
    """What the gateway was built from."""
    built: Container = request.app.state.container
    return built


async def sessions(request: Request) -> Sessions:
    """The console's sessions."""
    kept: Sessions = request.app.state.console_sessions
    return kept


Parts = Annotated[Container, Depends(container)]
Kept = Annotated[Sessions, Depends(sessions)]


async def current(request: Request, kept: Kept, parts: Parts) -> Session:
    """Whose request this is. Raises Unauthenticated."""
    session = kept.read(request.cookies.get(COOKIE))
    if await logged_out(parts, session):
        raise Unauthenticated("you have logged out", code="not_logged_in")
    return session


Person = Annotated[Session, Depends(current)]


async def agent(session: Person) -> Session:
    """Whose request this is, who may see conversations. Raises Forbidden for designers."""
    return in_role(session, AGENT)


async def designer(session: Person) -> Session:
    """Whose request this is, who may review and publish. Raises Forbidden for agents."""
    return in_role(session, DESIGNER)


def in_role(session: Session, what: str) -> Session:
    """The session, if its role opens this. Raises Forbidden (`wrong_role`)."""
    if not session.may(what):
        refused("console", "wrong_role")
        raise Forbidden("this is not yours to open", code="wrong_role")
    return session


Agent = Annotated[Session, Depends(agent)]
Designer = Annotated[Session, Depends(designer)]


async def trusted(
    request: Request,
    session: Person,
    kept: Kept,
    x_csrf_token: Annotated[str | None, Header()] = None,
) -> Session:
    """Whose change this is: the token proves that our own page makes it."""
    with refusals("console"):
        same_site(request)
        kept.check_csrf(session, x_csrf_token)
    return session


Trusted = Annotated[Session, Depends(trusted)]


async def trusted_agent(session: Trusted) -> Session:
    """Whose change to a conversation this is."""
    return in_role(session, AGENT)


async def trusted_designer(session: Trusted) -> Session:
    """Whose change to what the bot learns this is."""
    return in_role(session, DESIGNER)


TrustedAgent = Annotated[Session, Depends(trusted_agent)]
TrustedDesigner = Annotated[Session, Depends(trusted_designer)]


def same_site(request: Request) -> None:
    """Raises Forbidden for a request that the browser says another site began."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("another site sent this", code="csrf")


async def log_in(
    request: Request, parts: Container, kept: Sessions, password: str, agent: str, language: str
) -> Session:
    """A session for the right password. Raises TooMany, Unauthenticated or Invalid."""
    address = network_of(request)
    for key, limit in ((f"console:{address}", TRIES_PER_ADDRESS), ("console", TRIES_OVERALL)):
        if not await parts.rates.allows(key, limit, WINDOW_S):
            refused("console", "log_in_limit")
            wait = WINDOW_S - parts.clock.now() % WINDOW_S
            raise TooMany("too many attempts: wait a little", code="log_in_limit", retry_after=wait)
    try:
        session = kept.start(password, agent, language)
    except AscoltoError as error:
        refused("console", error.code)
        raise
    log.info("console_log_in", agent=_named(parts, session))
    return session


async def log_out(parts: Container, session: Session) -> None:
    """End the session for good: its cookie opens nothing any more, wherever it was copied to."""
    row = {"key": _ended(session), "result": {}, "created_at": parts.clock.now()}
    await parts.database.write(lambda conn: insert_new(conn, desk_actions, row))
    log.info("console_log_out", agent=_named(parts, session))


async def logged_out(parts: Container, session: Session) -> bool:
    """Whether the session was ended before its time."""

    def query(conn: Connection) -> bool:
        ended = select(desk_actions.c.key).where(desk_actions.c.key == _ended(session))
        return conn.execute(ended).first() is not None

    return await parts.database.read(query)


def set_cookie(response: Response, parts: Container, kept: Sessions, session: Session) -> None:
    """Hand the session to the browser."""
    remaining = max(1, int(session.expires_at - parts.clock.now()))
    _cookie(response, parts, COOKIE, kept.seal(session), min(remaining, LIFETIME_S))


def set_form_cookie(response: Response, parts: Container, nonce: str) -> None:
    """Hand the browser its half of a log-in form."""
    _cookie(response, parts, FORM_COOKIE, nonce, FORM_LIFETIME_S)


def clear_cookie(response: Response, name: str = COOKIE) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path=PATH, httponly=True, samesite="strict")


def _cookie(response: Response, parts: Container, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PATH,
        secure=parts.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="strict",
    )


def _ended(session: Session) -> str:
    return f"console:ended:{session.id}"


def _named(parts: Container, session: Session) -> str:
    return pseudonym(parts.settings.pseudonym_key.get_secret_value(), session.agent)
