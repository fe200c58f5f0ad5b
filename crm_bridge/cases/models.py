"""Cases and the record of what was done about them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_bridge.storage import Base, RowId, short


class Case(Base):
    """Something to be put right; `promise` is the newest one made to the customer."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "person_id", "opened_at"),
        Index(None, "conversation"),
        Index(None, "identity_id"),
    )

    reference: Mapped[str] = mapped_column(short(16), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    identity_id: Mapped[str | None] = mapped_column(ForeignKey("identities.id"))
    conversation: Mapped[str] = mapped_column(short(128))
    channel: Mapped[str] = mapped_column(short(32))
    topic: Mapped[str] = mapped_column(short(32))
    status: Mapped[str] = mapped_column(short(16))
    summary: Mapped[str]
    order_number: Mapped[str | None] = mapped_column(short(40))
    language: Mapped[str] = mapped_column(short(8))
    promise: Mapped[str | None]
    outcome: Mapped[str | None]
    opened_at: Mapped[float]
    updated_at: Mapped[float]
    closed_at: Mapped[float | None]

    changes: Mapped[list[CaseChange]] = relationship(lazy="raise", order_by="CaseChange.id")


class CaseChange(Base):
    """One change of a case: only what changed is filled in."""

    __tablename__ = "case_changes"
    __table_args__ = (Index(None, "reference"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("cases.reference"))
    at: Mapped[float]
    by: Mapped[str] = mapped_column(short(32))
    status: Mapped[str | None] = mapped_column(short(16))
    outcome: Mapped[str | None]
    promise: Mapped[str | None]
