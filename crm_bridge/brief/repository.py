"""The first query of every brief: who the conversation is with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm_bridge.fields import ConversationRef
from crm_bridge.people import repository as people
from crm_bridge.people.models import Identity
from crm_bridge.people.schemas import Level
from crm_bridge.verification import repository as verification
from crm_bridge.verification.grants import level_of
from crm_bridge.verification.models import Grant


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a conversation's handle is known; `grant` only when it is verified."""

    level: Level
    identity: Identity | None
    grant: Grant | None

    @property
    def person_id(self) -> str | None:
        """Who it is: the one proven here, or else the handle's owner."""
        if self.grant is not None:
            return self.grant.person_id
        return self.identity.person_id if self.identity is not None else None


def standing(session: Session, ref: ConversationRef, now: float) -> Standing:
    """Two indexed queries: the handle with its person, and the live grant."""
    identity = people.identity_of(session, ref)
    grant = verification.live_grant(session, ref.id, now)
    level = level_of(identity, grant)
    return Standing(level, identity, grant if level == "verified" else None)
