"""How an order is told: which response fits its state, and the blanks that the response needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.dates import day_of, short, spoken, today
from actions.reply import payload

CLOSED = frozenset({"delivered", "cancelled", "returned"})
_ITEMS_SHOWN = 3
_BUTTONS_SHOWN = 3


def is_open(order: dict[str, Any]) -> bool:
    """Still on its way to the customer."""
    return order.get("status") not in CLOSED


def is_late(order: dict[str, Any], now: date | None = None) -> bool:
    """Shipped, not delivered, and the estimated day is over."""
    shipment = order.get("shipment") or {}
    estimate = day_of(shipment.get("estimated_delivery"))
    if order.get("status") != "shipped" or shipment.get("delivered_at") or estimate is None:
        return False
    return estimate < (now or today())


def items(order: dict[str, Any], language: str) -> str:
    """`2 × Merino Alpe, Cardigan Oropa`; three lines at most, then how many more."""
    lines = []
    for item in order.get("items") or []:
        # `Mucrone Granito (lana aran, 100 g)`: who bought it knows what it is.
        name = str(item["name"]).split(" (")[0]
        quantity = item.get("quantity", 1)
        lines.append(f"{quantity} × {name}" if quantity != 1 else name)
    more = len(lines) - _ITEMS_SHOWN
    if more <= 0:
        return ", ".join(lines)
    rest = {"it": f"e altri {more} articoli", "en": f"and {more} more"}
    if more == 1:
        rest["it"] = "e un altro articolo"
    return ", ".join(lines[:_ITEMS_SHOWN]) + " " + rest[language]


def telling(order: dict[str, Any], language: str, now: date | None = None) -> tuple[str, dict]:
    """The response for an order's state, with its values."""
    shipment = order.get("shipment") or {}
    estimate = day_of(shipment.get("estimated_delivery"))
    delivered = day_of(shipment.get("delivered_at"))
    values = {
        "number": order["number"],
        "items": items(order, language),
        "carrier": shipment.get("carrier") or "",
        "tracking": shipment.get("tracking") or "",
        "last_event": str(shipment.get("last_event") or "").rstrip(". "),
        "day": spoken(estimate, language, now) if estimate else "",
        "delivered_day": spoken(delivered, language, now) if delivered else "",
    }
    status = str(order.get("status"))
    if status == "shipped":
        if is_late(order, now):
            status = "late"
        elif estimate is None:
            status = "shipped_no_day"
    elif status == "delivered" and delivered is None:
        status = "delivered_no_day"
    elif status not in ("placed", "paid", "packed", "delivered", "cancelled", "returned"):
        status = "placed"
    return f"utter_order_{status}", values


def choices(orders: list[dict[str, Any]], language: str) -> list[dict[str, str]]:
    """A button an order, newest first: its number and the day it was placed."""
    buttons = []
    for order in orders[:_BUTTONS_SHOWN]:
        placed = day_of(order.get("placed_at"))
        day = f" · {short(placed, language)}" if placed else ""
        number = str(order["number"])
        buttons.append(
            {"title": f"{number}{day}", "payload": payload("inform", order_number=number)}
        )
    return buttons
