"""What customers asked and no article answers."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_bridge.storage import Base, RowId, short


class UnansweredQuestion(Base):
    """A question without an answer, redacted, with the article that came nearest."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[float]
    language: Mapped[str] = mapped_column(short(8))
    text: Mapped[str]
    nearest_slug: Mapped[str | None] = mapped_column(short(128))
    nearest_score: Mapped[float | None]
