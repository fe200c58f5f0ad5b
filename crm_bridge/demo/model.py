"""What the demo company is made of: plain frozen records, no database and no I/O.

Money is a `Decimal` in EUR, moments are timezone-aware UTC datetimes, delivery estimates are dates.
References between records are ids: `Order.person` is a `Person.id`, `Interaction.person` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Language = Literal["it", "en"]
Tier = Literal["gold", "silver", "base"]
OrderStatus = Literal["placed", "paid", "packed", "shipped", "delivered", "cancelled", "returned"]
ShipmentStatus = Literal["in_transit", "delivered", "returned"]
CaseTopic = Literal["delivery_problem", "return_refund", "complaint", "other"]
CaseStatus = Literal["open", "resolved"]
Direction = Literal["in", "out"]
Role = Literal["customer", "bot", "agent"]
Kind = Literal["message", "comment", "mention"]


@dataclass(frozen=True, slots=True)
class Identity:
    """One handle of a person on one channel; `verified` once a one-time code was answered there."""

    channel: str
    account: str
    handle: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed or refused: purpose `newsletter`, `profiling` or `messages`."""

    purpose: str
    granted: bool
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer or a contact. `country` is ISO 3166 alpha-2; last year's spend makes `tier`."""

    id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    language: Language
    city: str
    country: str
    tier: Tier
    created_at: datetime
    consents: tuple[Consent, ...]
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the catalogue; `price` is for one piece or skein, VAT included."""

    sku: str
    name_it: str
    name_en: str
    kind: str
    price: Decimal

    def name(self, language: Language) -> str:
        """The name in that language."""
        return self.name_it if language == "it" else self.name_en


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A line of an order; `name` is in the buyer's language, `price` is for one piece."""

    sku: str
    name: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Shipment:
    """How the parcel travels; `last_event` is the carrier's newest note in the buyer's language."""

    carrier: str
    tracking: str
    status: ShipmentStatus
    shipped_at: datetime
    estimated_delivery: date
    delivered_at: datetime | None
    last_event: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order; `total` is items plus `shipping_cost`, `ships_to` an address as on a label."""

    number: str
    person: str
    placed_at: datetime
    items: tuple[OrderItem, ...]
    shipping_cost: Decimal
    total: Decimal
    currency: str
    status: OrderStatus
    shipment: Shipment | None
    ships_to: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """Pieces of an order that came back: `items` are (line of the order, pieces).

    `amount` is what is paid back, `label_cost` taken off; the latter is for our label alone.
    """

    reference: str
    order: str
    status: Literal["received", "refunded"]
    reason: str
    details: str | None
    language: Language
    items: tuple[tuple[int, int], ...]
    amount: Decimal
    label_cost: Decimal | None
    announced_at: datetime
    received_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money for a cancelled order or a return; it leaves by `expected_by`."""

    order: str
    return_reference: str | None
    amount: Decimal
    due_at: datetime
    expected_by: date
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Points:
    """Points a person earned, good until `expires_on`, or lost (fewer than 0)."""

    person: str
    at: datetime
    points: int
    why: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Promotion:
    """One code for the checkout: `percent` off, or `amount`; both days are inclusive."""

    code: str
    percent: int | None
    amount: Decimal | None
    minimum: Decimal | None
    first_order_only: bool
    valid_from: date | None
    valid_until: date | None
    uses: int
    most_uses: int | None
    note_it: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Case:
    """Something that had to be put right, with what was promised and how it ended."""

    reference: str
    person: str
    topic: CaseTopic
    status: CaseStatus
    summary: str
    language: Language
    order_number: str | None
    conversation: str
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    promise: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """One message of a past conversation; `key` is unique, `intent` is set for customers' words."""

    key: str
    conversation: str
    person: str
    channel: str
    account: str
    handle: str
    direction: Direction
    role: Role
    kind: Kind
    public: bool
    at: datetime
    text: str
    language: Language
    intent: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Everything that is seeded, consistent in itself, as of the start of `today` (UTC)."""

    today: date
    people: tuple[Person, ...]
    products: tuple[Product, ...]
    orders: tuple[Order, ...]
    cases: tuple[Case, ...]
    interactions: tuple[Interaction, ...]
    returns: tuple[Return, ...]
    refunds: tuple[Refund, ...]
    points: tuple[Points, ...]
    promotions: tuple[Promotion, ...]
