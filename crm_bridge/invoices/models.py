"""The numbers that invoices were given."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class Invoice(Base):
    """One order's invoice, such as `2026/000123`; the numbers of a year have no gaps."""

    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("year", "serial"),)

    number: Mapped[str] = mapped_column(short(16), primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    issued_at: Mapped[float]
