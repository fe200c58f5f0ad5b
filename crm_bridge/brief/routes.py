"""Briefs."""

from __future__ import annotations

from fastapi import APIRouter

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.brief import service
from crm_bridge.brief.schemas import AgentBrief, BotBrief
from crm_bridge.fields import ConversationRef
from crm_bridge.verification.grants import keep_alive

router = APIRouter(route_class=GuardedRoute, tags=["brief"])


@router.post("/brief/bot", openapi_extra=scopes("brief:read"))
async def brief_bot(body: ConversationRef, bridge: calls.BridgeDep) -> BotBrief:
    """What the bot may know of whom it talks to, within their level."""
    now = bridge.clock.now()
    brief, standing = await calls.read(bridge, lambda session: service.for_bot(session, body, now))
    if standing.grant is not None:
        await keep_alive(bridge, standing.grant, now)
    return brief


@router.post("/brief/agent", openapi_extra=scopes("agent:read"))
async def brief_agent(body: ConversationRef, bridge: calls.BridgeDep) -> AgentBrief:
    """Who this is, for an agent; addresses and numbers masked. Reading it extends no grant."""
    now = bridge.clock.now()
    return await calls.read(bridge, lambda session: service.for_agent(session, body, now))
