"""The outbox of mails."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, short


class Mail(Base):
    """One mail to send at most once; its text is rendered when it is sent and kept nowhere.

    `state`: pending → sending → sent | failed | unknown, or withheld (nothing to send),
    undeliverable (no mail is configured).
    """

    __tablename__ = "mails"
    __table_args__ = (Index(None, "state", "next_at"),)

    id: Mapped[str] = mapped_column(short(40), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id"), unique=True)
    state: Mapped[str] = mapped_column(short(16))
    attempts: Mapped[int]
    next_at: Mapped[float]
    lease: Mapped[str | None] = mapped_column(short(40))
    lease_until: Mapped[float | None]
    created_at: Mapped[float]
    finished_at: Mapped[float | None]
    problem: Mapped[str | None] = mapped_column(short(64))
