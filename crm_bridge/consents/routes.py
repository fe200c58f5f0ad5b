"""Consents: the bot records them as customers say so."""

from __future__ import annotations

from fastapi import APIRouter, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.consents import service
from crm_bridge.consents.schemas import ConsentChange, ConsentRecorded

router = APIRouter(route_class=GuardedRoute, tags=["people"])


@router.post(
    "/consents",
    openapi_extra=scopes("consents:write"),
    response_model=ConsentRecorded,
    status_code=201,
)
async def record_consent(body: ConsentChange, call: calls.KeyedCall) -> Response:
    """Record that a customer allows or refuses something. The newest of a purpose counts."""
    return await call.perform(
        body, lambda session: service.record(session, body, call.now), status=201
    )
