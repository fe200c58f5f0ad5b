"""Queries on stored answers."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Update, bindparam, delete, select, update
from sqlalchemy.orm import Session

from crm_bridge.idempotency.models import StoredAnswer
from crm_bridge.storage import insert_new, table_of


def reserve(session: Session, caller: str, key: str, request_hash: str, now: float) -> bool:
    """Take the key for this transaction; False when it was taken before.

    On PostgreSQL a second caller waits here until the first has committed or given up.
    """
    row = {
        "caller": caller,
        "key": key,
        "request_hash": request_hash,
        "status": 0,
        "answer": "",
        "created_at": now,
    }
    return insert_new(session, StoredAnswer, [row]) == 1


def stored(session: Session, caller: str, key: str) -> StoredAnswer:
    """What the key was answered with."""
    query = select(StoredAnswer).where(StoredAnswer.caller == caller, StoredAnswer.key == key)
    return session.execute(query).scalar_one()


def keep(session: Session, caller: str, key: str, status: int, answer: str) -> None:
    """Write the answer of a reserved key."""
    values = {"b_caller": caller, "b_key": key, "b_status": status, "b_answer": answer}
    session.execute(_keep(), values)


@cache
def _keep() -> Update:
    answers = table_of(StoredAnswer)
    return (
        update(answers)
        .where(answers.c.caller == bindparam("b_caller"), answers.c.key == bindparam("b_key"))
        .values(status=bindparam("b_status"), answer=bindparam("b_answer"))
    )


def forget_before(session: Session, moment: float) -> None:
    """Drop answers so old that nobody repeats their call."""
    session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < moment))
