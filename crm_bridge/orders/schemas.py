"""Orders as the API shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from crm_bridge.fields import ConversationRef, Document, Moment, Request

OrderStatus = Literal["placed", "paid", "packed", "shipped", "delivered", "cancelled", "returned"]


class OrderItemView(Document):
    """One line; the price is for one piece, in the order's currency."""

    name: str
    quantity: int
    price: float


class ShipmentView(Document):
    """How the order travels; `estimated_delivery` is a date."""

    carrier: str
    tracking: str
    status: str
    shipped_at: Moment | None
    estimated_delivery: str | None
    delivered_at: Moment | None
    last_event: str | None


class AllowedView(Document):
    """What may still be done with the order: undone at once; sent back, and until when."""

    cancel: bool
    return_until: Moment | None


class OrderView(Document):
    """One order with its lines and, once it left, its parcel."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "number": "LA-20398",
                    "status": "shipped",
                    "placed_at": "2026-11-17T09:12:00.000Z",
                    "total": 96.5,
                    "currency": "EUR",
                    "items": [{"name": "Merino Oropa, avorio", "quantity": 6, "price": 14.9}],
                    "shipment": {
                        "carrier": "BRT",
                        "tracking": "BR0012345678",
                        "status": "in_transit",
                        "shipped_at": "2026-11-19T15:00:00.000Z",
                        "estimated_delivery": "2026-11-23",
                        "delivered_at": None,
                        "last_event": "Partito dal centro di Biella",
                    },
                    "allowed": {"cancel": False, "return_until": None},
                }
            ]
        },
    )

    number: str
    status: OrderStatus
    placed_at: Moment
    total: float
    currency: str
    items: list[OrderItemView]
    shipment: ShipmentView | None
    allowed: AllowedView


class Cancellation(Request):
    """Who wants the order undone; the conversation must hold a grant for it."""

    conversation: ConversationRef


class OrderList(Document):
    """A person's newest orders, newest first."""

    orders: list[OrderView]


class OrderSummary(Document):
    """An order in one line, for a brief."""

    number: str
    status: OrderStatus
    placed_at: Moment
    total: float
    currency: str
    shipment_status: str | None
    estimated_delivery: str | None
