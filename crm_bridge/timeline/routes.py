"""Where the gateway reports what happened."""

from __future__ import annotations

from fastapi import APIRouter, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.timeline import service
from crm_bridge.timeline.schemas import InteractionBatch, Merge, Merged, Stored

router = APIRouter(route_class=GuardedRoute, tags=["timeline"])


@router.post("/interactions", openapi_extra=scopes("interactions:write"), response_model=Stored)
async def store_interactions(body: InteractionBatch, call: calls.KeyedCall) -> Response:
    """Store interactions; each is stored once, however often it is sent."""
    return await call.perform(body, lambda session: service.store(session, body, call.now))


@router.post(
    "/interactions/merges", openapi_extra=scopes("interactions:write"), response_model=Merged
)
async def merge_conversations(body: Merge, call: calls.KeyedCall) -> Response:
    """Say that two conversations were one, because the customer had moved to another address.

    People stay who they are: in a group several may have spoken.
    """
    return await call.perform(body, lambda session: service.merge(session, body, call.now))
