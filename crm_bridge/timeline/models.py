"""The one history a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, RowId, short


class Interaction(Base):
    """One message, comment, reaction, edit …: what was said, by whom, where, and how it was read.

    `person_id` repeats the handle's owner, so that a person's newest lines are one index range
    however many handles they have; a join moves it.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index(None, "person_id", "at"),
        Index(None, "conversation", "at"),
        Index(None, "identity_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(short(200), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    identity_id: Mapped[str] = mapped_column(ForeignKey("identities.id"))
    conversation: Mapped[str] = mapped_column(short(128))
    channel: Mapped[str] = mapped_column(short(32))
    direction: Mapped[str] = mapped_column(short(8))
    role: Mapped[str] = mapped_column(short(16))
    kind: Mapped[str] = mapped_column(short(32))
    text: Mapped[str]
    language: Mapped[str | None] = mapped_column(short(8))
    intent: Mapped[str | None] = mapped_column(short(64))
    confidence: Mapped[float | None]
    public: Mapped[bool]
    sender_name: Mapped[str | None]
    sender_email: Mapped[str | None]
    at: Mapped[float]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def tone(self) -> dict[str, Any] | None:
        """How a customer's message sounded, where somebody read it."""
        return self.data.get("tone")
