"""Queries on questions without an answer, and on answers that did or did not help."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.knowledge.models import AnswerFeedback, UnansweredQuestion


def add_unanswered(session: Session, question: UnansweredQuestion) -> None:
    """Keep a question for whoever writes the next article."""
    session.add(question)


def add_feedback(session: Session, feedback: AnswerFeedback) -> None:
    """Keep what was said of an answer for whoever looks after the articles."""
    session.add(feedback)
