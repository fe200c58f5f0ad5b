"""What customers asked and no article answers, and what they said of the answers they got."""

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


class AnswerFeedback(Base):
    """Whether an article helped with a question, which is redacted; nobody's name is kept."""

    __tablename__ = "answer_feedback"
    __table_args__ = (Index(None, "at"), Index(None, "slug"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[float]
    language: Mapped[str] = mapped_column(short(8))
    slug: Mapped[str] = mapped_column(short(128))
    text: Mapped[str]
    helped: Mapped[bool]
