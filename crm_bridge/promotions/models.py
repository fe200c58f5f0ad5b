"""Promotions."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class Promotion(Base):
    """One code, in capitals without spaces: `percent` off, or `amount_cents`.

    Dates are days as YYYY-MM-DD, both inclusive; `most_uses` is over all customers together.
    """

    __tablename__ = "promotions"

    code: Mapped[str] = mapped_column(short(64), primary_key=True)
    percent: Mapped[int | None]
    amount_cents: Mapped[int | None]
    minimum_cents: Mapped[int | None]
    first_order_only: Mapped[bool]
    valid_from: Mapped[str | None] = mapped_column(short(10))
    valid_until: Mapped[str | None] = mapped_column(short(10))
    uses: Mapped[int]
    most_uses: Mapped[int | None]
    note_it: Mapped[str | None]
    note_en: Mapped[str | None]
