"""The console's JSON: the list, a conversation, the demo's mails, the session."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from integrations.console import access, card, listing
from integrations.console.access import Agent, Kept, Parts, Person
from integrations.console.actions import Id
from integrations.console.listing import View
from integrations.console.sessions import Session, Sessions
from integrations.metrics import refusals
from runtime.clock import iso
from runtime.errors import Invalid, NotFound

router = APIRouter(prefix="/console/api", include_in_schema=False)


class LogIn(BaseModel):
    """The password and the name that customers will read."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=1000)
    agent: str = Field(max_length=200)
    language: str = "it"


@router.post("/session")
async def log_in(
    body: LogIn, request: Request, response: Response, parts: Parts, kept: Kept
) -> dict[str, Any]:
    """Log in without the form, for programs; changes then need `X-CSRF-Token: <csrf>`.

    JSON alone is accepted: another site's page can't send that here without being asked first.
    """
    with refusals("console"):
        access.same_site(request)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Invalid("send application/json", field="content-type")
    session = await access.log_in(request, parts, kept, body.password, body.agent, body.language)
    access.set_cookie(response, parts, kept, session)
    return _session(session, kept)


@router.get("/session")
async def who(session: Person, kept: Kept) -> dict[str, Any]:
    """Who is logged in. Raises Unauthenticated."""
    return _session(session, kept)


@router.get("/conversations")
async def conversations(
    session: Agent,
    parts: Parts,
    view: View = "all",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """Who waits, who is with whom, what was recent; or what a search finds."""
    return await parts.database.read(
        lambda conn: listing.page(conn, agent=session.agent, view=view, search=q, after=after)
    )


@router.get("/conversations/{conversation_id}")
async def conversation(
    conversation_id: Id,
    _session: Agent,
    parts: Parts,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:
    """One conversation with its card; `before` a seq: only what was said earlier."""
    return await parts.database.read(
        lambda conn: card.conversation(conn, conversation_id, parts.buttons, before=before)
    )


@router.get("/mails")
async def mails(_session: Agent, parts: Parts) -> dict[str, Any]:
    """The demo's mails, newest first. Raises NotFound outside the demo, Temporary if away."""
    if not parts.settings.demo:
        raise NotFound("there are no demo mails here")
    return {"mails": await parts.bridge.mails()}


def _session(session: Session, kept: Sessions) -> dict[str, Any]:
    return {
        "agent": session.agent,
        "language": session.language,
        "role": session.role,
        "csrf": kept.csrf(session),
        "expires_at": iso(session.expires_at),
    }
