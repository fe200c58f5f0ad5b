"""What a return costs and brings back, as the shop's terms say.

Terms: data/knowledge, "Resi entro 30 giorni", "Quando arriva il rimborso", "Cambiare taglia o
colore".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crm_bridge.orders.models import Order
from crm_bridge.returns.repository import Piece

LABEL_CENTS = 490
LABEL_COUNTRY = "IT"
NOT_TAKEN_BACK = "voucher"
_OUR_FAULT = ("damaged", "wrong_item")


class Terms(NamedTuple):
    """`label_cents` is None where there is nothing to pay us for the way back."""

    free: bool
    label_cents: int | None
    amount_cents: int


def of(
    order: Order,
    kind: str,
    reason: str,
    back: dict[int, int],
    before: Sequence[Piece],
    country: str | None,
) -> Terms:
    """The terms of sending `back` (position → pieces) after what was announced before."""
    ours = reason in _OUR_FAULT
    labelled = country == LABEL_COUNTRY
    # Within Italy the first exchange of an order is free both ways.
    first_exchange = kind == "exchange" and all(piece.kind != "exchange" for piece in before)
    free = ours or (labelled and first_exchange)
    label = LABEL_CENTS if labelled and not free else None
    if kind == "exchange":
        return Terms(free, label, 0)
    goods = sum(item.price_cents * back.get(item.position, 0) for item in order.items)
    # Who sends back everything gets the postage of the way out as well.
    returned = sum(back.values()) + sum(p.quantity for p in before if p.kind == "return")
    if returned == sum(item.quantity for item in order.items):
        goods += order.shipping_cents
    return Terms(free, label, max(0, goods - (label or 0)))
