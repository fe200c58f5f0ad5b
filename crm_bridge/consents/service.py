"""Recording consents: the newest of a purpose is the one that counts, earlier ones are kept."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.consents.schemas import ConsentChange, ConsentRecorded
from crm_bridge.people.models import Consent
from crm_bridge.people.service import ensure_identity


def record(session: Session, change: ConsentChange, now: float) -> ConsentRecorded:
    """Record a consent, or that it is withdrawn, for whoever the conversation is with.

    No grant is needed: nothing is shown, and a withdrawal must never be made hard.
    """
    identity = ensure_identity(session, change.conversation, now)
    where = f"{change.conversation.channel}: {change.words}"
    session.add(
        Consent(
            person_id=identity.person_id,
            purpose=change.purpose,
            granted=change.granted,
            at=now,
            source=where,
        )
    )
    # Only a handle whose owner proved who they are speaks for an address on file.
    has_email = identity.verified_at is not None and bool(identity.person.email)
    return ConsentRecorded(
        purpose=change.purpose, granted=change.granted, at=now, has_email=has_email
    )
