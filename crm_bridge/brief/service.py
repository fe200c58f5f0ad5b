"""Briefs for the bot and for agents: a fixed number of indexed queries each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from crm_bridge.brief import repository
from crm_bridge.brief.repository import Standing
from crm_bridge.brief.schemas import AgentBrief, BotBrief
from crm_bridge.cases import service as cases
from crm_bridge.fields import ConversationRef, euros
from crm_bridge.orders import repository as orders_repository
from crm_bridge.orders import service as orders
from crm_bridge.people import repository as people_repository
from crm_bridge.people import service as people
from crm_bridge.timeline import repository as timeline
from crm_bridge.timeline.models import Interaction
from crm_bridge.timeline.schemas import TimelineEntry

_CASES = 10
_ORDERS = 5
_TIMELINE = 10


def for_bot(session: Session, ref: ConversationRef, now: float) -> tuple[BotBrief, Standing]:
    """What the bot may know at this level, and the standing it follows from."""
    standing = repository.standing(session, ref, now)
    if standing.level == "unknown" or standing.person_id is None:
        return BotBrief(level="unknown"), standing
    person = people_repository.person(session, standing.person_id)
    assert person is not None, "a foreign key says so"
    open_cases = cases.open_summaries(session, person.id, _CASES)
    verified = standing.level == "verified"
    brief = BotBrief(
        level=standing.level,
        first_name=person.first_name,
        language=person.language,
        open_case=bool(open_cases),
        tier=person.tier,
        cases=open_cases if verified else [],
        orders=orders.summaries(session, person.id, _ORDERS) if verified else [],
    )
    return brief, standing


def for_agent(session: Session, ref: ConversationRef, now: float) -> AgentBrief:
    """What an agent's card shows."""
    standing = repository.standing(session, ref, now)
    if standing.person_id is None:
        return AgentBrief(level=standing.level)
    person = people_repository.person_with_relations(session, standing.person_id)
    assert person is not None, "a foreign key says so"
    history = timeline.newest(session, person.id, _TIMELINE)
    return AgentBrief(
        person=people.person_view(person),
        level=standing.level,
        identities=people.identity_views(person),
        tier=person.tier,
        lifetime_value=euros(orders_repository.lifetime_cents(session, person.id)),
        orders=orders.recent_masked(session, person.id, now, _ORDERS),
        cases=cases.of_person(session, person.id, _CASES),
        timeline=[TimelineEntry.model_validate(entry) for entry in history],
        consents=people.consent_views(person),
        preferred_channel=_preferred_channel(history) or ref.channel,
        language=person.language,
    )


def _preferred_channel(history: Sequence[Interaction]) -> str | None:
    """Where this person wrote most often lately."""
    used = Counter(entry.channel for entry in history if entry.role == "customer")
    return used.most_common(1)[0][0] if used else None
