"""Orders, for the one person a conversation was granted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.fields import euros
from crm_bridge.orders import allowed, refunds, repository
from crm_bridge.orders.models import Order
from crm_bridge.orders.numbers import normalised
from crm_bridge.orders.schemas import (
    AllowedView,
    OrderItemView,
    OrderList,
    OrderSummary,
    OrderView,
    ReturnSummary,
    ShipmentView,
)
from crm_bridge.people import masking
from crm_bridge.verification.grants import grant_required
from runtime.errors import Conflict

RECENT = 10


def one(session: Session, person_id: str, number: str, now: float) -> OrderView:
    """One order of that person. Another's and none at all are refused alike."""
    return view(_own(repository.by_number(session, normalised(number)), person_id), now)


def cancel(session: Session, person_id: str, number: str, by: str, now: float) -> OrderView:
    """Undo an order of that person; what was paid goes back.

    Raises Conflict (`too_late`) once it is being packed. Cancelling an order that is cancelled
    changes nothing.
    """
    order = own(session, person_id, number)
    if order.status != "cancelled":
        if not allowed.of(order, now).cancel:
            raise Conflict("this order is past being cancelled", code="too_late")
        if order.status == "paid":
            repository.owe(order, refunds.of_cancellation(order, now))
        repository.change_status(session, order, "cancelled", by, now)
    return view(order, now)


def change_address(
    session: Session, person_id: str, number: str, address: str, by: str, now: float
) -> OrderView:
    """Send an order of that person to `address`, a label's lines.

    Raises Conflict (`too_late`) once it is being packed. The address it has changes nothing.
    """
    order = own(session, person_id, number)
    if not allowed.of(order, now).change_address:
        raise Conflict("this order is past being sent elsewhere", code="too_late")
    if order.ships_to != address:
        repository.change_address(session, order, address, by, now)
    return view(order, now)


def recent(session: Session, person_id: str, now: float, limit: int = RECENT) -> OrderList:
    """A person's newest orders, newest first."""
    return OrderList(orders=[view(o, now) for o in repository.newest(session, person_id, limit)])


def recent_masked(session: Session, person_id: str, now: float, limit: int) -> list[OrderView]:
    """The same for an agent's card, which shows town and country but no street."""
    found = recent(session, person_id, now, limit).orders
    return [
        order.model_copy(update={"ships_to": masking.address(order.ships_to)}) for order in found
    ]


def own(session: Session, person_id: str, number: str) -> Order:
    """One order of that person, locked, to be changed. Refused as `one` is."""
    return _own(repository.by_number(session, normalised(number), lock=True), person_id)


def _own(order: Order | None, person_id: str) -> Order:
    if order is None or order.person_id != person_id:
        raise grant_required()
    return order


def view(order: Order, now: float) -> OrderView:
    """An order as the API shows it; its relations must be loaded."""
    return OrderView.model_validate(
        {
            "number": order.number,
            "status": order.status,
            "placed_at": order.placed_at,
            "total": euros(order.total_cents),
            "currency": order.currency,
            "items": [
                OrderItemView(
                    position=item.position,
                    name=item.name,
                    quantity=item.quantity,
                    price=euros(item.price_cents),
                )
                for item in order.items
            ],
            "shipment": ShipmentView.model_validate(order.shipment) if order.shipment else None,
            "allowed": AllowedView.model_validate(allowed.of(order, now)),
            "ships_to": order.ships_to.replace("\n", ", ") if order.ships_to else None,
            "returns": [
                ReturnSummary.model_validate(
                    {
                        "reference": one.reference,
                        "kind": one.kind,
                        "status": one.status,
                        "announced_at": one.announced_at,
                        "amount": euros(one.amount_cents),
                    }
                )
                for one in order.returns
            ],
            "refund": refunds.shown(order),
        }
    )


def summaries(session: Session, person_id: str, limit: int) -> list[OrderSummary]:
    """A person's newest orders in one line each."""
    return [
        OrderSummary.model_validate(
            {
                "number": order.number,
                "status": order.status,
                "placed_at": order.placed_at,
                "total": euros(order.total_cents),
                "currency": order.currency,
                "shipment_status": order.shipment.status if order.shipment else None,
                "estimated_delivery": (
                    order.shipment.estimated_delivery if order.shipment else None
                ),
            }
        )
        for order in repository.newest_without_lines(session, person_id, limit)
    ]
