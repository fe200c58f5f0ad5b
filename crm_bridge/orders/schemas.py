"""Orders as the API shows them."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Document,
    Moment,
    Request,
    Storable,
)

OrderStatus = Literal["placed", "paid", "packed", "shipped", "delivered", "cancelled", "returned"]
ReturnKind = Literal["return", "exchange"]
ReturnStatus = Literal["announced", "received", "refunded", "exchanged", "refused"]
_SHORTEST_ADDRESS, _ADDRESS_LINES = 8, 5


class OrderItemView(Document):
    """One line; the price is for one piece, in the order's currency. `position` names the line."""

    position: int
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
    """What may still be done with the order: undone or sent elsewhere at once; sent back, and
    until when.
    """

    cancel: bool
    change_address: bool
    return_until: Moment | None


class ReturnSummary(Document):
    """A return of this order in one line; `amount` is what is paid back for it."""

    reference: str = Field(examples=["R-7K2MP"])
    kind: ReturnKind
    status: ReturnStatus
    announced_at: Moment
    amount: float


class RefundView(Document):
    """Money that goes back, for an order that was undone or a return that arrived.

    Due since `at`, it leaves by `expected_by`; sent at `at`, it shows on the account by then. Both
    are promised by the shop's terms.
    """

    amount: float
    status: Literal["due", "sent"]
    at: Moment
    expected_by: str = Field(examples=["2026-12-02"])


class OrderView(Document):
    """One order with its lines and, once it left, its parcel; newest returns first."""

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
                    "items": [
                        {
                            "position": 0,
                            "name": "Merino Oropa, avorio",
                            "quantity": 6,
                            "price": 14.9,
                        }
                    ],
                    "shipment": {
                        "carrier": "BRT",
                        "tracking": "BR0012345678",
                        "status": "in_transit",
                        "shipped_at": "2026-11-19T15:00:00.000Z",
                        "estimated_delivery": "2026-11-23",
                        "delivered_at": None,
                        "last_event": "Partito dal centro di Biella",
                    },
                    "allowed": {
                        "cancel": False,
                        "change_address": False,
                        "return_until": None,
                    },
                    "ships_to": "Via Italia 14, 13900 Biella, Italia",
                    "returns": [],
                    "refund": None,
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
    ships_to: str | None
    returns: list[ReturnSummary]
    refund: RefundView | None


class Cancellation(Request):
    """Who wants the order undone; the conversation must hold a grant for it."""

    conversation: ConversationRef


def _label(written: str) -> str:
    """An address line by line, without empty lines or runs of spaces."""
    lines = [line for raw in written.splitlines() if (line := " ".join(raw.split()))]
    label = "\n".join(lines)
    if not 1 <= len(lines) <= _ADDRESS_LINES or len(label) < _SHORTEST_ADDRESS:
        raise ValueError(f"an address has one to {_ADDRESS_LINES} lines and street and town")
    if not any(letter.isalpha() for letter in label):
        raise ValueError("an address has letters")
    if any(unicodedata.category(letter) == "Cc" for letter in label.replace("\n", "")):
        raise ValueError("control characters can't be printed on a label")
    return label


class AddressChange(Request):
    """Where the order should go instead: street and number, postcode and town, country."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": CONVERSATION_EXAMPLE,
                    "address": "Via Italia 14\n13900 Biella",
                }
            ]
        },
    )

    conversation: ConversationRef
    address: Annotated[
        str,
        Field(min_length=_SHORTEST_ADDRESS, max_length=300),
        Storable,
        AfterValidator(_label),
    ]


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
