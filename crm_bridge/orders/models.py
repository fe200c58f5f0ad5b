"""Products, orders, their lines and their parcels; prices in cents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_bridge.storage import Base, RowId, short

if TYPE_CHECKING:
    from crm_bridge.returns.models import Return


class Product(Base):
    """One article of the catalogue."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(short(64), primary_key=True)
    name_it: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str] = mapped_column(short(64))
    price_cents: Mapped[int]


class Order(Base):
    """One order of one person; `ships_to` is an address as on a label, a line each."""

    __tablename__ = "orders"
    __table_args__ = (Index(None, "person_id", "placed_at"),)

    number: Mapped[str] = mapped_column(short(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    placed_at: Mapped[float]
    status: Mapped[str] = mapped_column(short(16))
    currency: Mapped[str] = mapped_column(short(3))
    shipping_cents: Mapped[int]
    total_cents: Mapped[int]
    ships_to: Mapped[str | None]

    items: Mapped[list[OrderItem]] = relationship(lazy="raise", order_by="OrderItem.position")
    shipment: Mapped[Shipment | None] = relationship(lazy="raise")
    returns: Mapped[list[Return]] = relationship(
        lazy="raise", order_by="desc(Return.announced_at), Return.reference"
    )
    refunds: Mapped[list[Refund]] = relationship(lazy="raise", order_by="Refund.id")


class OrderItem(Base):
    """One line of an order; the price is for one piece."""

    __tablename__ = "order_items"
    __table_args__ = (Index(None, "order_number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(short(64))
    name: Mapped[str]
    quantity: Mapped[int]
    price_cents: Mapped[int]


class OrderChange(Base):
    """One change of an order that was made here: when, and by whom.

    A change of address leaves the status as it was and keeps where the order was to go before.
    """

    __tablename__ = "order_changes"
    __table_args__ = (Index(None, "order_number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"))
    at: Mapped[float]
    by: Mapped[str] = mapped_column(short(32))
    status_before: Mapped[str] = mapped_column(short(16))
    status: Mapped[str] = mapped_column(short(16))
    address_before: Mapped[str | None]


class Refund(Base):
    """Money that goes back for an order that was undone, or for a return that arrived.

    `expected_by` is the day by which it leaves, as YYYY-MM-DD; `sent_at` is when it did.
    """

    __tablename__ = "refunds"
    __table_args__ = (Index(None, "order_number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"))
    return_reference: Mapped[str | None] = mapped_column(
        ForeignKey("returns.reference"), unique=True
    )
    amount_cents: Mapped[int]
    due_at: Mapped[float]
    expected_by: Mapped[str] = mapped_column(short(10))
    sent_at: Mapped[float | None]


class Shipment(Base):
    """How an order travels; `estimated_delivery` is a date as YYYY-MM-DD."""

    __tablename__ = "shipments"

    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), primary_key=True)
    carrier: Mapped[str]
    tracking: Mapped[str]
    status: Mapped[str] = mapped_column(short(16))
    shipped_at: Mapped[float | None]
    estimated_delivery: Mapped[str | None] = mapped_column(short(10))
    delivered_at: Mapped[float | None]
    last_event: Mapped[str | None]
