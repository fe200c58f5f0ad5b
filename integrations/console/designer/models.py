"""The models' page: which serves whom, what comes of each, and the trial with its rule.

What needs a shell (training, publishing, rolling back) isn't offered here; ending a trial only
changes the routing, so it is.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from integrations.console import showing
from integrations.console.access import Designer, Kept, Parts, TrustedDesigner
from integrations.models import repository, shown
from runtime.errors import Conflict
from runtime.logging import get_logger

log = get_logger(__name__)

pages = APIRouter(prefix="/console", include_in_schema=False)
router = APIRouter(prefix="/console/api/models", include_in_schema=False)


class TrialEndIn(BaseModel):
    """How the trial ends, and the version of the routing that was looked at."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["promote", "withdraw"]
    version: int = Field(ge=0)


@pages.get("/models")
async def page(request: Request, parts: Parts, kept: Kept) -> Response:
    """The page; whose role doesn't open it is led to where that begins."""
    session = await showing.session_of(request, parts, kept)
    if session is None:
        return showing.to_log_in(request)
    return showing.page("models.html", parts, kept, session, "/console/models")


@router.get("")
async def models(_session: Designer, parts: Parts) -> dict[str, Any]:
    """Models with what came of them in the last seven days, the routing, the trial."""
    now, policy = parts.clock.now(), parts.canary.policy
    found = await parts.database.read(lambda conn: shown.page(conn, policy, now=now))
    return {**found, "processes": shown.processes(parts.care.pool.seen.values())}


@router.post("/trial")
async def end_trial(body: TrialEndIn, session: TrustedDesigner, parts: Parts) -> dict[str, Any]:
    """Promote the model on trial, or withdraw it: for every customer at once.

    Raises Conflict (`stale`) when the trial changed or ended since.
    """
    now = parts.clock.now()

    def change(conn: Connection) -> None:
        routing = repository.current(conn, lock=True)
        if routing is None or routing.canary is None:
            raise Conflict("no model is on trial any more", code="stale")
        live = routing.canary.model if body.decision == "promote" else routing.live
        repository.change(conn, live=live, version=body.version, author=session.agent, now=now)

    await parts.database.write(change)
    log.info("trial_ended", decision=body.decision)
    await parts.routing.changed()
    return await models(session, parts)
