"""Queries on questions without an answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.knowledge.models import UnansweredQuestion


def add_unanswered(session: Session, question: UnansweredQuestion) -> None:
    """Keep a question for whoever writes the next article."""
    session.add(question)
