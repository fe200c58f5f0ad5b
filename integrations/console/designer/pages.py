"""The designers' pages: the review of what customers wrote. What moves on them comes as JSON."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from integrations.console import showing
from integrations.console.access import Kept, Parts

router = APIRouter(prefix="/console/review", include_in_schema=False)


@router.get("")
@router.get("/{group_id}")
async def review(request: Request, parts: Parts, kept: Kept) -> Response:
    """The groups and one of them; whose role doesn't open it is led to where that begins."""
    session = await showing.session_of(request, parts, kept)
    if session is None:
        return showing.to_log_in(request)
    return showing.page("review.html", parts, kept, session, request.url.path)
