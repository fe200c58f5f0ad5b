"""The ledger of points."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, RowId, short


class PointsEntry(Base):
    """Points that were earned (more than 0, until `expires_on`) or spent and taken off (less).

    `expires_on` is the last day they are good for, as YYYY-MM-DD; `why` says what for, such as
    `order LA-20398`.
    """

    __tablename__ = "points_entries"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[float]
    points: Mapped[int]
    why: Mapped[str] = mapped_column(short(64))
    expires_on: Mapped[str | None] = mapped_column(short(10))
