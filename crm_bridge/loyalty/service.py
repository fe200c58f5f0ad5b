"""Points of the one person a conversation was granted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_bridge.calendar import day_of
from crm_bridge.fields import euros
from crm_bridge.loyalty.models import PointsEntry
from crm_bridge.loyalty.points import Entry, balance
from crm_bridge.loyalty.schemas import LoyaltyView
from crm_bridge.people import repository as people


def of_person(session: Session, person_id: str, now: float) -> LoyaltyView:
    """What a person has earned and can still spend."""
    person = people.person(session, person_id)
    query = select(PointsEntry.at, PointsEntry.points, PointsEntry.expires_on).where(
        PointsEntry.person_id == person_id
    )
    left = balance((Entry(*row) for row in session.execute(query)), day_of(now))
    return LoyaltyView(
        points=left.points,
        worth=euros(left.worth_cents),
        tier=person.tier if person else None,
        next_expiry=left.next_expiry,
        expiring=left.expiring,
    )
