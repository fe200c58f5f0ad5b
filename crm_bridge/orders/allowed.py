"""What may still be done with an order, as the shop's terms say."""

from __future__ import annotations

from typing import NamedTuple

from crm_bridge.orders.models import Order

DAY_S = 86_400.0
# Returns are taken for thirty days from delivery (data/knowledge, "Resi entro 30 giorni").
RETURN_DAYS = 30
# Until it is being packed, an order can be undone or sent elsewhere without anybody's help.
_UNTOUCHED = ("placed", "paid")


class Allowed(NamedTuple):
    """`return_until` is the moment (epoch seconds) after which nothing is taken back; None when
    there is nothing to send back."""

    cancel: bool
    change_address: bool
    return_until: float | None


def of(order: Order, now: float) -> Allowed:
    """What may be done with an order now; its shipment must be loaded."""
    delivered = order.shipment.delivered_at if order.shipment else None
    until = None
    if order.status == "delivered" and delivered is not None:
        until = delivered + RETURN_DAYS * DAY_S
    return Allowed(
        cancel=order.status in _UNTOUCHED,
        change_address=order.status in _UNTOUCHED,
        return_until=until if until is not None and until >= now else None,
    )
