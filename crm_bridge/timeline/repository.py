"""Queries on interactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from crm_bridge.storage import insert_new
from crm_bridge.timeline.models import Interaction


def add(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Store the interactions whose keys are new; returns how many were."""
    return insert_new(session, Interaction, rows)


def newest(session: Session, person_id: str, limit: int) -> Sequence[Interaction]:
    """A person's newest interactions on all channels, newest first: one index range."""
    query = (
        select(Interaction)
        .where(Interaction.person_id == person_id)
        .order_by(Interaction.at.desc(), Interaction.id.desc())
        .limit(limit)
    )
    return session.execute(query).scalars().all()


def move(session: Session, identity_ids: Sequence[str], source: str, target: str) -> int:
    """Make what was said through these handles another person's; returns how many lines."""
    result = session.execute(
        update(Interaction)
        .where(Interaction.identity_id.in_(identity_ids), Interaction.person_id == source)
        .values(person_id=target)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def move_conversation(session: Session, source: str, into: str) -> int:
    """Make a conversation's lines another's; returns how many."""
    result = session.execute(
        update(Interaction)
        .where(Interaction.conversation == source)
        .values(conversation=into)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
