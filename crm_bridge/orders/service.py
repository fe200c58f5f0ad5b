"""Orders, for the one person a conversation was granted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.fields import euros
from crm_bridge.orders import allowed, repository
from crm_bridge.orders.models import Order
from crm_bridge.orders.numbers import normalised
from crm_bridge.orders.schemas import (
    AllowedView,
    OrderItemView,
    OrderList,
    OrderSummary,
    OrderView,
    ShipmentView,
)
from crm_bridge.verification.grants import grant_required
from runtime.errors import Conflict

RECENT = 10


def one(session: Session, person_id: str, number: str, now: float) -> OrderView:
    """One order of that person. Another's and none at all are refused alike."""
    return view(_own(repository.by_number(session, normalised(number)), person_id), now)


def cancel(session: Session, person_id: str, number: str, by: str, now: float) -> OrderView:
    """Undo an order of that person. Raises Conflict (`too_late`) once it is being packed.

    Cancelling an order that is cancelled changes nothing.
    """
    order = _own(repository.by_number(session, normalised(number), lock=True), person_id)
    if order.status != "cancelled":
        if not allowed.of(order, now).cancel:
            raise Conflict("this order is past being cancelled", code="too_late")
        repository.change_status(session, order, "cancelled", by, now)
    return view(order, now)


def recent(session: Session, person_id: str, now: float, limit: int = RECENT) -> OrderList:
    """A person's newest orders, newest first."""
    return OrderList(orders=[view(o, now) for o in repository.newest(session, person_id, limit)])


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
                OrderItemView(name=item.name, quantity=item.quantity, price=euros(item.price_cents))
                for item in order.items
            ],
            "shipment": ShipmentView.model_validate(order.shipment) if order.shipment else None,
            "allowed": AllowedView.model_validate(allowed.of(order, now)),
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
