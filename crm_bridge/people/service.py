"""Who is this? Handles become contacts, proofs join them to people, and joins can be undone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm_bridge.cases import repository as cases
from crm_bridge.fields import ConversationRef
from crm_bridge.people import masking, repository
from crm_bridge.people.models import Identity, Join, JoinMove, Person
from crm_bridge.people.schemas import (
    ConsentView,
    IdentityView,
    JoinList,
    JoinView,
    PersonDetails,
    PersonView,
)
from crm_bridge.storage import new_id
from crm_bridge.timeline import repository as timeline
from crm_bridge.verification import repository as verification
from runtime.errors import Conflict, NotFound


def ensure_identity(session: Session, ref: ConversationRef, now: float) -> Identity:
    """The conversation's handle, locked; one never seen before becomes a contact."""
    found = repository.identity_of(session, ref, lock=True)
    return found or repository.create_contact(session, ref, now)


def join_by_proof(session: Session, identity: Identity, person_id: str, now: float) -> Join | None:
    """Give a handle to the person its owner proved to be, with all that was said through it.

    A contact is nobody else, so all of it becomes that person's. A handle that already is another
    customer's moves alone: what was said before stays in the history of who said it, and the
    newest proof decides whose the handle is.
    """
    current = identity.person
    verified_before = identity.verified_at
    repository.set_verified(session, identity.id, now)
    if current.id == person_id:
        return None
    is_contact = current.kind == "contact"
    moved = list(repository.identities_of(session, current.id)) if is_contact else [identity]
    ids = [one.id for one in moved]
    repository.move_identities(session, ids, person_id)
    interactions = moved_cases = 0
    if is_contact:
        interactions = timeline.move(session, ids, current.id, person_id)
        moved_cases = cases.move(session, ids, current.id, person_id)
        repository.set_joined_into(session, current.id, person_id)
    join = Join(
        id=new_id("j"),
        from_person=current.id,
        into_person=person_id,
        reason="one_time_code",
        at=now,
        moved_interactions=interactions,
        moved_cases=moved_cases,
        undone_at=None,
        undone_by=None,
        moves=[
            JoinMove(
                identity_id=one.id,
                verified_before=verified_before if one.id == identity.id else one.verified_at,
            )
            for one in moved
        ],
    )
    session.add(join)
    return join


def undo_join(session: Session, join_id: str, by: str, now: float) -> JoinView:
    """Give handles back to whom they were taken from, with what was said through them since.

    Raises NotFound, or Conflict when it was undone before or a later join moved a handle on.
    """
    join = repository.join_for_update(session, join_id)
    if join is None:
        raise NotFound("there is no such join")
    if join.undone_at is not None:
        raise Conflict("this join was undone before", code="already_undone")
    ids = [move.identity_id for move in join.moves]
    moved_on = repository.owned_by(session, ids, join.into_person) != len(ids)
    if moved_on or repository.later_joins(session, join, ids):
        raise Conflict("a later join moved a handle on: undo that one first", code="joined_again")
    repository.move_identities(session, ids, join.from_person)
    timeline.move(session, ids, join.into_person, join.from_person)
    cases.move(session, ids, join.into_person, join.from_person)
    for move in join.moves:
        repository.set_verified(session, move.identity_id, move.verified_before)
    repository.set_joined_into(session, join.from_person, None)
    verification.revoke_of_identities(session, ids, now)
    join.undone_at, join.undone_by = now, by
    return JoinView.model_validate(join)


def joins(session: Session, person_id: str) -> JoinList:
    """Joins from or into a person. Raises NotFound."""
    _existing(repository.person(session, person_id))
    found = repository.joins_of(session, person_id)
    return JoinList(joins=[JoinView.model_validate(join) for join in found])


def details(session: Session, person_id: str) -> PersonDetails:
    """A person as an agent sees them; a contact that was joined is who it turned out to be."""
    person = _existing(repository.person_with_relations(session, person_id))
    if person.joined_into is not None:
        person = _existing(repository.person_with_relations(session, person.joined_into))
    return PersonDetails(
        person=person_view(person),
        identities=identity_views(person),
        consents=consent_views(person),
    )


def person_view(person: Person) -> PersonView:
    """The allow-listed fields of a person."""
    return PersonView.model_validate(
        {
            "id": person.id,
            "kind": person.kind,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": masking.email(person.email),
            "phone": masking.phone(person.phone),
            "language": person.language,
            "city": person.city,
            "country": person.country,
            "tier": person.tier,
            "created_at": person.created_at,
        }
    )


def identity_views(person: Person) -> list[IdentityView]:
    """Every handle of a person; handles that are addresses or numbers are masked too."""
    return [
        IdentityView(
            channel=one.channel,
            account=one.account,
            handle=masking.handle(one.handle),
            display_name=one.display_name,
            verified=one.verified_at is not None,
            last_seen_at=one.last_seen_at,
        )
        for one in person.identities
    ]


def consent_views(person: Person) -> list[ConsentView]:
    """The newest consent for each purpose."""
    newest = {consent.purpose: consent for consent in person.consents}
    return [ConsentView.model_validate(consent) for consent in newest.values()]


def _existing(person: Person | None) -> Person:
    if person is None:
        raise NotFound("there is no such person")
    return person
