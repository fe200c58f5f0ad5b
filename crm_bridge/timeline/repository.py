"""Queries on interactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_bridge.storage import change, insert_new
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
    return change(
        session,
        Interaction,
        Interaction.identity_id.in_(identity_ids),
        Interaction.person_id == source,
        person_id=target,
    )


def move_conversation(session: Session, source: str, into: str) -> int:
    """Make a conversation's lines another's; returns how many."""
    return change(session, Interaction, Interaction.conversation == source, conversation=into)
