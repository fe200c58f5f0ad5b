"""Returns as they are announced and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Document,
    Language,
    Moment,
    Request,
    Storable,
)
from crm_bridge.orders.schemas import ReturnKind, ReturnStatus

Reason = Literal["changed_mind", "size", "not_as_expected", "damaged", "wrong_item", "other"]


class PiecesBack(Request):
    """How many pieces of one line of the order; `position` is the line's own."""

    position: Annotated[int, Field(ge=0, le=10_000)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class ReturnAnnouncement(Request):
    """What comes back and why. Without items: everything of the order not yet sent back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": CONVERSATION_EXAMPLE,
                    "kind": "exchange",
                    "items": [{"position": 0, "quantity": 1}],
                    "reason": "size",
                    "details": "mi sta stretto di spalle",
                    "wanted": "la L, stesso colore",
                    "language": "it",
                }
            ]
        },
    )

    conversation: ConversationRef
    kind: ReturnKind
    items: Annotated[list[PiecesBack], Field(max_length=100)] = []
    reason: Reason
    details: Annotated[str, Field(max_length=2000), Storable] | None = None
    wanted: Annotated[str, Field(max_length=500), Storable] | None = None
    language: Language = "it"

    @field_validator("items")
    @classmethod
    def _each_line_once(cls, items: list[PiecesBack]) -> list[PiecesBack]:
        if len({piece.position for piece in items}) < len(items):
            raise ValueError("name each line of the order once")
        return items


class ReturnedItem(Document):
    """Pieces of one line that come back."""

    name: str
    quantity: int


class ReturnView(Document):
    """One return or exchange.

    `amount` is what is paid back, the label taken off; 0 for an exchange. `free`: the way back
    costs the customer nothing. `label_cost` is the price of our label where it isn't free; null
    where it is, or where customers send with a carrier of their own. `send_by` is a date.
    `mailed` tells whether instructions went to the address on file.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "reference": "R-7K2MP",
                    "kind": "return",
                    "status": "announced",
                    "order_number": "LA-20372",
                    "items": [{"name": "Mucrone Granito (lana aran, 100 g)", "quantity": 3}],
                    "amount": 33.8,
                    "currency": "EUR",
                    "reason": "changed_mind",
                    "free": False,
                    "label_cost": 4.9,
                    "send_by": "2026-12-13",
                    "announced_at": "2026-11-22T10:00:00.000Z",
                    "mailed": True,
                }
            ]
        },
    )

    reference: str
    kind: ReturnKind
    status: ReturnStatus
    order_number: str
    items: list[ReturnedItem]
    amount: float
    currency: str
    reason: Reason
    free: bool
    label_cost: float | None
    send_by: str
    announced_at: Moment
    mailed: bool


class ReturnList(Document):
    """A person's returns, newest first."""

    returns: list[ReturnView]
