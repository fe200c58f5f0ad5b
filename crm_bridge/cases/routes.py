"""Cases: the bot and agents open them, agents read and change them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.cases import service
from crm_bridge.cases.schemas import CaseList, CaseOpening, CasePatch, CaseView
from crm_bridge.fields import ShortText

router = APIRouter(route_class=GuardedRoute, tags=["cases"])


@router.post(
    "/cases", openapi_extra=scopes("cases:write"), response_model=CaseView, status_code=201
)
async def open_case(body: CaseOpening, call: calls.KeyedCall) -> Response:
    """Open a case. No grant is needed, and nothing is read from the order it names."""
    return await call.perform(
        body, lambda session: service.open_case(session, body, call.now), status=201
    )


@router.get("/cases", openapi_extra=scopes("cases:read"))
async def get_cases(
    conversation: Annotated[ShortText, Query(examples=["c7Kd02"])], bridge: calls.BridgeDep
) -> CaseList:
    """Cases of a conversation and of the person it is held with, newest first."""
    return await calls.read(bridge, lambda session: service.of_conversation(session, conversation))


@router.patch(
    "/cases/{reference}",
    openapi_extra=scopes("cases:read", "cases:write"),
    response_model=CaseView,
)
async def change_case(
    reference: Annotated[ShortText, Path(examples=["C-7K2MP"])],
    body: CasePatch,
    request: Request,
    call: calls.OptionallyKeyedCall,
) -> Response:
    """Change a case. It answers with the whole case, so it needs the scope to read one too."""
    by: str = request.state.caller.name
    return await call.perform(
        body, lambda session: service.change(session, reference, body, by, call.now)
    )
