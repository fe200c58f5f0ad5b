"""Promotions: nothing personal, so no grant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import Language, ShortText
from crm_bridge.promotions import service
from crm_bridge.promotions.schemas import PromotionView

router = APIRouter(route_class=GuardedRoute, tags=["promotions"])


@router.get("/promotions/{code}", openapi_extra=scopes("promotions:read"))
async def get_promotion(
    code: Annotated[ShortText, Path(examples=["BENVENUTO10"])],
    language: Annotated[Language, Query()],
    bridge: calls.BridgeDep,
) -> PromotionView:
    """What a code is good for today, whoever uses it; capitals and spaces don't matter."""
    now = bridge.clock.now()
    return await calls.read(bridge, lambda session: service.one(session, code, language, now))
