"""Returns and exchanges with their pieces; prices in cents, as they were paid."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_bridge.storage import Base, RowId, short


class Return(Base):
    """Pieces of one order that come back; whose they are is said by the order.

    `amount_cents` is what is paid back, less `label_cents`; 0 for an exchange. `send_by` is a date
    as YYYY-MM-DD. `mailed` tells whether instructions went to the address on file.
    """

    __tablename__ = "returns"
    __table_args__ = (Index(None, "order_number"),)

    reference: Mapped[str] = mapped_column(short(16), primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"))
    kind: Mapped[str] = mapped_column(short(16))
    status: Mapped[str] = mapped_column(short(16))
    reason: Mapped[str] = mapped_column(short(32))
    details: Mapped[str | None]
    wanted: Mapped[str | None]
    language: Mapped[str] = mapped_column(short(8))
    amount_cents: Mapped[int]
    free: Mapped[bool]
    label_cents: Mapped[int | None]
    send_by: Mapped[str] = mapped_column(short(10))
    mailed: Mapped[bool]
    announced_by: Mapped[str] = mapped_column(short(32))
    announced_at: Mapped[float]
    received_at: Mapped[float | None]
    closed_at: Mapped[float | None]

    items: Mapped[list[ReturnItem]] = relationship(lazy="raise", order_by="ReturnItem.position")


class ReturnItem(Base):
    """How many pieces of one line of the order come back."""

    __tablename__ = "return_items"
    __table_args__ = (UniqueConstraint("reference", "position"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("returns.reference"))
    position: Mapped[int]
    name: Mapped[str]
    quantity: Mapped[int]
    price_cents: Mapped[int]
