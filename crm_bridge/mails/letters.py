"""Letters: what goes to the address on file and holds no code."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from crm_bridge.invoices.models import Invoice
from crm_bridge.mails import invoice_letter, return_letter
from crm_bridge.mails.house import House
from crm_bridge.mails.repository import DueMail
from crm_bridge.orders.models import Order
from crm_bridge.people.models import Person
from crm_bridge.returns.models import Return
from runtime.errors import Permanent


class Letter(NamedTuple):
    """Subject and plain text."""

    subject: str
    text: str


def written(session: Session, mail: DueMail, house: House) -> Letter:
    """The letter that a mail of the outbox stands for. Raises Permanent when there is none."""
    if mail.about.return_reference is not None:
        return Letter(*_return(session, mail, mail.about.return_reference, house))
    if mail.about.invoice_number is not None:
        return Letter(*_invoice(session, mail, mail.about.invoice_number, house))
    raise Permanent("this mail is about nothing", code="nothing_to_say")


def _return(session: Session, mail: DueMail, reference: str, house: House) -> tuple[str, str]:
    row = session.execute(
        select(Return, Order.currency, Person.country)
        .join(Order, Order.number == Return.order_number)
        .join(Person, Person.id == Order.person_id)
        .options(selectinload(Return.items))
        .where(Return.reference == reference)
    ).one()
    return return_letter.written(
        row[0], mail.language, mail.first_name, currency=row[1], country=row[2], house=house
    )


def _invoice(session: Session, mail: DueMail, number: str, house: House) -> tuple[str, str]:
    row = session.execute(
        select(Invoice, Order, Person)
        .join(Order, Order.number == Invoice.order_number)
        .join(Person, Person.id == Order.person_id)
        .options(selectinload(Order.items))
        .where(Invoice.number == number)
    ).one()
    return invoice_letter.written(row[0], row[1], row[2], mail.language, house)
