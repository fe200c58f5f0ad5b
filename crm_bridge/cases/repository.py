"""Queries on cases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from crm_bridge.cases.models import Case, CaseChange
from crm_bridge.storage import change, insert_new
from crm_bridge.timeline.models import Interaction

OPEN = ("open", "waiting")


def add(session: Session, row: dict[str, Any]) -> bool:
    """Store a new case; False when its reference is taken."""
    return insert_new(session, Case, [row]) == 1


def by_reference(session: Session, reference: str, *, lock: bool = False) -> Case | None:
    """One case, locked until the transaction ends if asked."""
    query = select(Case).where(Case.reference == reference)
    if lock:
        query = query.with_for_update()
    return session.execute(query).scalar_one_or_none()


def add_change(session: Session, change: CaseChange) -> None:
    """Remember what was done about a case."""
    session.add(change)


def of_person(session: Session, person_id: str, limit: int) -> Sequence[Case]:
    """A person's newest cases, newest first."""
    query = (
        select(Case)
        .where(Case.person_id == person_id)
        .order_by(Case.opened_at.desc(), Case.reference)
        .limit(limit)
    )
    return session.execute(query).scalars().all()


def open_of_person(session: Session, person_id: str, limit: int) -> Sequence[Case]:
    """A person's newest cases that are not settled, newest first."""
    values = {"person_id": person_id, "most": limit}
    return session.execute(_open_of_person(), values).scalars().all()


@cache
def _open_of_person() -> Select[Case]:
    return (
        select(Case)
        .where(Case.person_id == bindparam("person_id"), Case.status.in_(OPEN))
        .order_by(Case.opened_at.desc(), Case.reference)
        .limit(bindparam("most"))
    )


def of_conversation(session: Session, conversation: str, limit: int) -> Sequence[Case]:
    """Cases opened in a conversation, and those of the person it was last held with."""
    # Two plain questions: as one, PostgreSQL reads the whole table to answer its `or`.
    person = session.execute(
        select(Interaction.person_id)
        .where(Interaction.conversation == conversation)
        .order_by(Interaction.at.desc())
        .limit(1)
    ).scalar_one_or_none()
    query = (
        select(Case)
        .where(or_(Case.conversation == conversation, Case.person_id == (person or "")))
        .order_by(Case.opened_at.desc(), Case.reference)
        .limit(limit)
    )
    return session.execute(query).scalars().all()


def move(session: Session, identity_ids: Sequence[str], source: str, target: str) -> int:
    """Make cases opened through these handles another person's; returns how many."""
    return change(
        session,
        Case,
        Case.identity_id.in_(identity_ids),
        Case.person_id == source,
        person_id=target,
    )


def move_conversation(session: Session, source: str, into: str) -> int:
    """Make the cases that were opened in a conversation another's; returns how many."""
    return change(session, Case, Case.conversation == source, conversation=into)
