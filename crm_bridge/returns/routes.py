"""Returns, behind a live grant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.orm import Session

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import ShortText
from crm_bridge.orders.routes import REFUSED, Conversation
from crm_bridge.returns import service
from crm_bridge.returns.schemas import ReturnAnnouncement, ReturnList, ReturnView
from crm_bridge.verification.grants import granted_person, personal_read

router = APIRouter(route_class=GuardedRoute, tags=["returns"])


@router.post(
    "/orders/{number}/returns",
    openapi_extra=scopes("orders:read", "orders:write"),
    responses=REFUSED,
    response_model=ReturnView,
    status_code=201,
)
async def announce_return(
    number: Annotated[ShortText, Path(examples=["LA-20372"])],
    body: ReturnAnnouncement,
    request: Request,
    call: calls.KeyedCall,
) -> Response:
    """Announce what the verified person sends back; instructions go to the address on file.

    409 `too_late` when it didn't arrive or thirty days are over, `already_returned` for pieces
    announced before, `not_returnable` for gift cards.
    """
    by: str = request.state.caller.name
    bridge = call.bridge
    can_mail = bridge.mail_problem is None

    def work(session: Session) -> ReturnView:
        person = granted_person(session, body.conversation.id, call.now)
        return service.announce(session, person, number, body, by, call.now, can_mail=can_mail)

    answer = await call.perform(body, work, status=201)
    bridge.mail_waits.set()
    return answer


@router.get("/returns", openapi_extra=scopes("orders:read"), responses=REFUSED)
async def get_returns(conversation: Conversation, bridge: calls.BridgeDep) -> ReturnList:
    """The verified person's returns and exchanges, newest first."""
    return await personal_read(bridge, conversation, service.of_person)
