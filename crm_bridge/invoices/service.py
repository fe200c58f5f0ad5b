"""Invoice copies, for the one person a conversation was granted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.calendar import day_of
from crm_bridge.invoices import repository
from crm_bridge.invoices.schemas import InvoiceSent
from crm_bridge.mails import repository as mails
from crm_bridge.orders import service as orders
from crm_bridge.people import masking
from crm_bridge.people import repository as people
from runtime.errors import Conflict, Temporary

_NOT_YET = ("placed", "cancelled")
_TRIES = 40


def send_copy(
    session: Session,
    person_id: str,
    number: str,
    language: str,
    now: float,
) -> InvoiceSent:
    """Mail a copy of an order's invoice to the address on file; the first one gets a number.

    Raises Conflict: `not_invoiced` (not paid, or undone), `no_email` (no address on file). While
    one copy is on its way, no second is sent.
    """
    order = orders.own(session, person_id, number)
    if order.status in _NOT_YET:
        raise Conflict("there is no invoice for this order", code="not_invoiced")
    person = people.person(session, person_id)
    address = masking.email(person.email) if person else None
    if address is None:
        raise Conflict("there is no address to send it to", code="no_email")
    invoice = _number(session, order.number, now)
    if not mails.invoice_waits(session, invoice):
        about = mails.About(invoice_number=invoice)
        mails.queue_letter(session, person_id, language, now, about)
    return InvoiceSent(number=invoice, sent_to=address)


def _number(session: Session, order_number: str, now: float) -> str:
    """The order's invoice number, given once. The order must be locked."""
    known = repository.of_order(session, order_number)
    if known is not None:
        return known.number
    year = day_of(now).year
    for _ in range(_TRIES):
        serial = repository.last_serial(session, year) + 1
        row = {
            "number": f"{year}/{serial:06d}",
            "order_number": order_number,
            "year": year,
            "serial": serial,
            "issued_at": now,
        }
        # Who asks at the same moment waits here, finds the number taken and takes the next.
        if repository.add(session, row):
            return str(row["number"])
    raise Temporary("no free invoice number was found", retry_after=1)
