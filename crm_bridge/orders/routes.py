"""Orders, behind a live grant."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import ShortText
from crm_bridge.orders import service
from crm_bridge.orders.schemas import AddressChange, Cancellation, OrderList, OrderView
from crm_bridge.verification.grants import granted_person, personal_read

router = APIRouter(route_class=GuardedRoute, tags=["orders"])

Conversation = Annotated[
    ShortText, Query(description="the conversation that holds the grant", examples=["c7Kd02"])
]
REFUSED: dict[int | str, dict[str, Any]] = {
    403: {
        "description": "No live grant for whose order that is. The same whether it exists or not.",
        "content": {
            "application/json": {
                "example": {
                    "error": {
                        "code": "grant_required",
                        "message": "verify the customer in this conversation first",
                    }
                }
            }
        },
    }
}


@router.get("/orders", openapi_extra=scopes("orders:read"), responses=REFUSED)
async def get_orders(conversation: Conversation, bridge: calls.BridgeDep) -> OrderList:
    """The verified person's newest orders, newest first."""
    now = bridge.clock.now()
    return await personal_read(
        bridge, conversation, lambda session, person: service.recent(session, person, now)
    )


@router.get("/orders/{number}", openapi_extra=scopes("orders:read"), responses=REFUSED)
async def get_order(
    number: Annotated[ShortText, Path(examples=["LA-20398"])],
    conversation: Conversation,
    bridge: calls.BridgeDep,
) -> OrderView:
    """One order of the verified person."""
    now = bridge.clock.now()
    return await personal_read(
        bridge, conversation, lambda session, person: service.one(session, person, number, now)
    )


@router.post(
    "/orders/{number}/cancellation",
    openapi_extra=scopes("orders:read", "orders:write"),
    responses=REFUSED,
    response_model=OrderView,
)
async def cancel_order(
    number: Annotated[ShortText, Path(examples=["LA-20400"])],
    body: Cancellation,
    request: Request,
    call: calls.KeyedCall,
) -> Response:
    """Undo an order of the verified person; 409 `too_late` once it is being packed."""
    by: str = request.state.caller.name

    def work(session: Session) -> OrderView:
        person = granted_person(session, body.conversation.id, call.now)
        return service.cancel(session, person, number, by, call.now)

    return await call.perform(body, work)


@router.put(
    "/orders/{number}/address",
    openapi_extra=scopes("orders:read", "orders:write"),
    responses=REFUSED,
    response_model=OrderView,
)
async def change_address(
    number: Annotated[ShortText, Path(examples=["LA-20400"])],
    body: AddressChange,
    request: Request,
    call: calls.KeyedCall,
) -> Response:
    """Send an order of the verified person elsewhere; 409 `too_late` once it is being packed."""
    by: str = request.state.caller.name

    def work(session: Session) -> OrderView:
        person = granted_person(session, body.conversation.id, call.now)
        return service.change_address(session, person, number, body.address, by, call.now)

    return await call.perform(body, work)
