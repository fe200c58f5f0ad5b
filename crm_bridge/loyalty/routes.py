"""Points, behind a live grant."""

from __future__ import annotations

from fastapi import APIRouter

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.loyalty import service
from crm_bridge.loyalty.schemas import LoyaltyView
from crm_bridge.orders.routes import REFUSED, Conversation
from crm_bridge.verification.grants import personal_read

router = APIRouter(route_class=GuardedRoute, tags=["loyalty"])


@router.get("/loyalty", openapi_extra=scopes("loyalty:read"), responses=REFUSED)
async def get_loyalty(conversation: Conversation, bridge: calls.BridgeDep) -> LoyaltyView:
    """The verified person's points, what they are worth and when the next ones expire."""
    now = bridge.clock.now()
    return await personal_read(
        bridge, conversation, lambda session, person: service.of_person(session, person, now)
    )
