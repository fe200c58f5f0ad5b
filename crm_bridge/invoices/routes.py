"""Invoice copies, behind a live grant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from crm_bridge import calls
from crm_bridge.access import GuardedRoute, scopes
from crm_bridge.fields import ShortText
from crm_bridge.invoices import service
from crm_bridge.invoices.schemas import InvoiceRequest, InvoiceSent
from crm_bridge.orders.routes import REFUSED
from crm_bridge.verification.grants import granted_person

router = APIRouter(route_class=GuardedRoute, tags=["orders"])


@router.post(
    "/orders/{number}/invoice",
    openapi_extra=scopes("orders:read", "orders:write"),
    responses=REFUSED,
    response_model=InvoiceSent,
)
async def send_invoice(
    number: Annotated[ShortText, Path(examples=["LA-20398"])],
    body: InvoiceRequest,
    call: calls.KeyedCall,
) -> Response:
    """Mail a copy of the invoice of an order of the verified person, to the address on file.

    409 `not_invoiced` for orders that aren't paid or were undone, `no_email` without an address.
    """

    def work(session: Session) -> InvoiceSent:
        person = granted_person(session, body.conversation.id, call.now)
        return service.send_copy(session, person, number, body.language, call.now)

    answer = await call.perform(body, work)
    call.bridge.mail_waits.set()
    return answer
