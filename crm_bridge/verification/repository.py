"""Queries on challenges, allowances and grants."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Select, Update, bindparam, delete, select, update
from sqlalchemy.orm import Session

from crm_bridge.mails.models import Mail
from crm_bridge.storage import change, insert_new, table_of
from crm_bridge.verification.limits import DAY_S
from crm_bridge.verification.models import Allowance, Challenge, Grant


def moments_for_update(session: Session, keys: Sequence[str], now: float) -> dict[str, list[float]]:
    """When each of these things happened, locked until the transaction ends.

    Keys are locked in one order everywhere, so that two requests never wait in a circle.
    """
    ordered = sorted(set(keys))
    insert_new(
        session, Allowance, [{"key": key, "moments": "[]", "updated_at": now} for key in ordered]
    )
    query = (
        select(Allowance.key, Allowance.moments)
        .where(Allowance.key.in_(ordered))
        .order_by(Allowance.key)
        .with_for_update()
    )
    return {key: json.loads(moments) for key, moments in session.execute(query)}


def keep_moments(session: Session, moments: Mapping[str, Sequence[float]], now: float) -> None:
    """Write the moments back, without those older than any window."""
    rows = [
        {
            "key": key,
            "moments": json.dumps([moment for moment in moments[key] if moment > now - DAY_S]),
            "updated_at": now,
        }
        for key in sorted(moments)
    ]
    session.execute(update(Allowance), rows)


def add_challenge(session: Session, challenge: Challenge) -> None:
    """Store a new challenge now, so that its mail can refer to it."""
    session.add(challenge)
    session.flush()


def challenge_for_update(session: Session, challenge_id: str) -> Challenge | None:
    """One challenge, locked until the transaction ends: answers to it are judged one by one."""
    query = select(Challenge).where(Challenge.id == challenge_id).with_for_update()
    return session.execute(query).scalar_one_or_none()


def live_grant(session: Session, conversation: str, now: float) -> Grant | None:
    """The newest grant of a conversation that has neither ended nor been revoked."""
    values = {"conversation": conversation, "now": now}
    return session.execute(_live_grant(), values).scalar_one_or_none()


def add_grant(session: Session, grant: Grant) -> None:
    """Store a new grant."""
    session.add(grant)
    session.flush()


def extend_grant(session: Session, grant_id: str, expires_at: float) -> None:
    """Let a live grant live longer; one that was revoked meanwhile stays so."""
    change(
        session,
        Grant,
        Grant.id == grant_id,
        Grant.revoked_at.is_(None),
        Grant.expires_at < expires_at,
        expires_at=expires_at,
    )


def revoke_of_conversation(session: Session, conversation: str, now: float) -> None:
    """End every grant of a conversation."""
    change(
        session,
        Grant,
        Grant.conversation == conversation,
        Grant.revoked_at.is_(None),
        revoked_at=now,
    )


def revoke_of_others(session: Session, conversation: str, identity_id: str, now: float) -> None:
    """End the grants of a conversation that another handle earned."""
    values = {"b_conversation": conversation, "b_identity": identity_id, "b_now": now}
    session.execute(_revoke_of_others(), values)


def revoke_of_identities(session: Session, identity_ids: Sequence[str], now: float) -> None:
    """End every grant that these handles earned."""
    change(
        session,
        Grant,
        Grant.identity_id.in_(identity_ids),
        Grant.revoked_at.is_(None),
        revoked_at=now,
    )


def forget_before(session: Session, moment: float) -> None:
    """Drop challenges with their mails, and allowances, that no limit or person needs any more."""
    old = select(Challenge.id).where(Challenge.created_at < moment)
    session.execute(
        delete(Mail).where(Mail.challenge_id.in_(old)).execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Challenge)
        .where(Challenge.created_at < moment)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Allowance)
        .where(Allowance.updated_at < moment)
        .execution_options(synchronize_session=False)
    )


# What every turn asks is built once: building a statement costs as much as running it.


@cache
def _live_grant() -> Select[Grant]:
    return (
        select(Grant)
        .where(
            Grant.conversation == bindparam("conversation"),
            Grant.revoked_at.is_(None),
            Grant.expires_at > bindparam("now"),
        )
        .order_by(Grant.created_at.desc())
        .limit(1)
    )


@cache
def _revoke_of_others() -> Update:
    grants = table_of(Grant)
    return (
        update(grants)
        .where(
            grants.c.conversation == bindparam("b_conversation"),
            grants.c.identity_id != bindparam("b_identity"),
            grants.c.revoked_at.is_(None),
        )
        .values(revoked_at=bindparam("b_now"))
    )
