"""Grants: what a proof earns. No slot, no token and no word of the bot replaces one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from crm_bridge.people.models import Identity
from crm_bridge.people.schemas import Level
from crm_bridge.storage import in_session, new_id
from crm_bridge.verification import repository
from crm_bridge.verification.limits import Limits
from crm_bridge.verification.models import Grant
from crm_bridge.wiring import Bridge
from runtime.errors import Forbidden

T = TypeVar("T")

SCOPE = "person"
# Extending at every read would make every read a write.
_EXTEND_AFTER_S = 60.0


def grant_required() -> Forbidden:
    """The one refusal of personal data: it doesn't tell what exists."""
    return Forbidden("verify the customer in this conversation first", code="grant_required")


def give(
    session: Session,
    identity: Identity,
    conversation: str,
    person_id: str,
    now: float,
    limits: Limits,
) -> Grant:
    """Grant a conversation one person's data; what it was granted before ends."""
    repository.revoke_of_conversation(session, conversation, now)
    grant = Grant(
        id=new_id("g"),
        conversation=conversation,
        identity_id=identity.id,
        person_id=person_id,
        scope=SCOPE,
        created_at=now,
        expires_at=now + limits.grant_idle_s,
        ends_at=now + limits.grant_total_s,
        revoked_at=None,
    )
    repository.add_grant(session, grant)
    return grant


def level_of(identity: Identity | None, grant: Grant | None) -> Level:
    """unknown, recognised or verified. A grant counts only for the handle that earned it."""
    if identity is None:
        return "unknown"
    if grant is not None and grant.identity_id == identity.id:
        return "verified"
    return "recognised" if identity.verified_at is not None else "unknown"


async def personal_read(bridge: Bridge, conversation: str, query: Callable[[Session, str], T]) -> T:
    """Run `query(session, person_id)` for the person whom a live grant names.

    Raises Forbidden (`grant_required`) without one. Using a grant extends it, up to its end.
    """
    now = bridge.clock.now()

    def work(session: Session) -> tuple[T, Grant]:
        grant = repository.live_grant(session, conversation, now)
        if grant is None or grant.scope != SCOPE:
            raise grant_required()
        return query(session, grant.person_id), grant

    result, grant = await bridge.database.read(in_session(work))
    await keep_alive(bridge, grant, now)
    return result


def granted_person(session: Session, conversation: str, now: float) -> str:
    """Whom a conversation's live grant names, inside a change. Raises Forbidden without one."""
    grant = repository.live_grant(session, conversation, now)
    if grant is None or grant.scope != SCOPE:
        raise grant_required()
    return grant.person_id


async def keep_alive(bridge: Bridge, grant: Grant, now: float) -> None:
    """Slide a grant that was just used."""
    until = min(now + bridge.limits.grant_idle_s, grant.ends_at)
    if until - grant.expires_at >= _EXTEND_AFTER_S:
        await bridge.database.write(
            in_session(lambda session: repository.extend_grant(session, grant.id, until))
        )
