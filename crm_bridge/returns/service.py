"""Announcing returns, and listing them, for the one person a conversation was granted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from crm_bridge.calendar import day_of
from crm_bridge.cases.references import new_reference
from crm_bridge.fields import euros
from crm_bridge.mails import repository as mails
from crm_bridge.orders import allowed
from crm_bridge.orders import service as orders
from crm_bridge.orders.models import Order
from crm_bridge.people import repository as people
from crm_bridge.returns import repository, terms
from crm_bridge.returns.models import Return, ReturnItem
from crm_bridge.returns.repository import Piece
from crm_bridge.returns.schemas import (
    PiecesBack,
    ReturnAnnouncement,
    ReturnedItem,
    ReturnList,
    ReturnView,
)
from runtime.errors import Conflict, Invalid, Temporary

_LISTED = 50
_TRIES = 12


def _return_reference() -> str:
    return new_reference("R")


def announce(
    session: Session,
    person_id: str,
    number: str,
    asked: ReturnAnnouncement,
    by: str,
    now: float,
    *,
    can_mail: bool,
    reference: Callable[[], str] = _return_reference,
) -> ReturnView:
    """Take note of what comes back of an order, and mail its buyer how to send it.

    Raises Conflict: `too_late` (not delivered, or more than thirty days ago), `already_returned`,
    `not_returnable` (gift cards). Invalid for pieces that are not in the order.
    """
    order = orders.own(session, person_id, number)
    if order.status == "returned":
        raise Conflict("all of this order was sent back before", code="already_returned")
    until = allowed.of(order, now).return_until
    if until is None:
        raise Conflict("nothing of this order can be sent back now", code="too_late")
    before = repository.announced(session, order.number)
    back = _pieces(session, order, asked.items, before)
    person = people.person(session, person_id)
    assert person is not None, "a foreign key says so"
    costs = terms.of(order, asked.kind, asked.reason, back, before, person.country)
    row: dict[str, Any] = {
        "order_number": order.number,
        "kind": asked.kind,
        "status": "announced",
        "reason": asked.reason,
        "details": asked.details or None,
        "wanted": asked.wanted or None,
        "language": asked.language,
        "amount_cents": costs.amount_cents,
        "free": costs.free,
        "label_cents": costs.label_cents,
        "send_by": day_of(until).isoformat(),
        "mailed": can_mail and bool(person.email),
        "announced_by": by,
        "announced_at": now,
        "received_at": None,
        "closed_at": None,
    }
    name = _stored(session, row, reference)
    items = [
        ReturnItem(
            reference=name,
            position=item.position,
            name=item.name,
            quantity=back[item.position],
            price_cents=item.price_cents,
        )
        for item in order.items
        if item.position in back
    ]
    repository.add_items(session, items)
    if row["mailed"]:
        mails.queue_letter(
            session, person_id, asked.language, now, mails.About(return_reference=name)
        )
    return _view(Return(reference=name, **row, items=items), order.currency)


def of_person(session: Session, person_id: str) -> ReturnList:
    """A person's returns, newest first."""
    found = repository.of_person(session, person_id, _LISTED)
    return ReturnList(returns=[_view(one, currency) for one, currency in found])


def _stored(session: Session, row: Mapping[str, Any], reference: Callable[[], str]) -> str:
    for _ in range(_TRIES):
        name = reference()
        if repository.add(session, {"reference": name, **row}):
            return name
    raise Temporary("no free return reference was found", retry_after=1)


def _pieces(
    session: Session, order: Order, asked: Sequence[PiecesBack], before: Sequence[Piece]
) -> dict[int, int]:
    """Position → pieces that come back now: those asked for, or all that can."""
    gone: Counter[int] = Counter()
    for sent in before:
        gone[sent.position] += sent.quantity
    lines = {item.position: item for item in order.items}
    kept = repository.of_kind(session, (i.sku for i in order.items), terms.NOT_TAKEN_BACK)
    if not asked:
        returnable = [item for item in order.items if item.sku not in kept]
        if not returnable:
            raise Conflict("gift cards aren't taken back", code="not_returnable")
        left = {i.position: i.quantity - gone[i.position] for i in returnable}
        if not any(count > 0 for count in left.values()):
            raise Conflict("all of this order was announced before", code="already_returned")
        return {position: count for position, count in left.items() if count > 0}
    for piece in asked:
        line = lines.get(piece.position)
        if line is None or piece.quantity > line.quantity:
            raise Invalid("there are not that many pieces in this order", field="items")
        if line.sku in kept:
            raise Conflict("gift cards aren't taken back", code="not_returnable")
        if piece.quantity > line.quantity - gone[piece.position]:
            raise Conflict("these pieces were announced before", code="already_returned")
    return {piece.position: piece.quantity for piece in asked}


def _view(one: Return, currency: str) -> ReturnView:
    return ReturnView.model_validate(
        {
            "reference": one.reference,
            "kind": one.kind,
            "status": one.status,
            "order_number": one.order_number,
            "items": [ReturnedItem.model_validate(item) for item in one.items],
            "amount": euros(one.amount_cents),
            "currency": currency,
            "reason": one.reason,
            "free": one.free,
            "label_cost": None if one.label_cents is None else euros(one.label_cents),
            "send_by": one.send_by,
            "announced_at": one.announced_at,
            "mailed": one.mailed,
        }
    )
