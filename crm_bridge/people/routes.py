"""People, for agents; joins and how to undo them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import ShortText
from crm_bridge.people import service
from crm_bridge.people.schemas import JoinList, JoinView, PersonDetails

router = APIRouter(route_class=GuardedRoute, tags=["people"])

Id = Annotated[ShortText, Path()]


@router.get("/people/{person_id}", openapi_extra=scopes("people:read"))
async def get_person(person_id: Id, bridge: calls.BridgeDep) -> PersonDetails:
    """One person with handles and consents; addresses and numbers masked."""
    return await calls.read(bridge, lambda session: service.details(session, person_id))


@router.get("/people/{person_id}/joins", openapi_extra=scopes("people:read"))
async def get_joins(person_id: Id, bridge: calls.BridgeDep) -> JoinList:
    """Which handles were joined to or from this person, newest first."""
    return await calls.read(bridge, lambda session: service.joins(session, person_id))


@router.post("/joins/{join_id}/undo", openapi_extra=scopes("people:write"), response_model=JoinView)
async def undo_join(
    join_id: Id,
    call: calls.OptionallyKeyedCall,
    by: Annotated[ShortText, Query(description="who decided it", examples=["marta"])],
) -> Response:
    """Take a join back: handles, interactions and cases return, and its grants end."""
    return await call.perform(
        None, lambda session: service.undo_join(session, join_id, by, call.now)
    )
