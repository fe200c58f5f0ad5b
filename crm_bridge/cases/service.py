"""Opening, changing and listing cases."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from crm_bridge.cases import repository
from crm_bridge.cases.models import CaseChange
from crm_bridge.cases.references import new_reference
from crm_bridge.cases.schemas import CaseList, CaseOpening, CasePatch, CaseSummary, CaseView
from crm_bridge.orders.numbers import normalised
from crm_bridge.people.service import ensure_identity
from runtime.errors import NotFound, Temporary

_LISTED = 20
_TRIES = 12


def open_case(
    session: Session,
    opening: CaseOpening,
    now: float,
    reference: Callable[[], str] = new_reference,
) -> CaseView:
    """Open a case for whoever the conversation is with. Raises Temporary without a free name."""
    identity = ensure_identity(session, opening.conversation, now)
    row = {
        "person_id": identity.person_id,
        "identity_id": identity.id,
        "conversation": opening.conversation.id,
        "channel": opening.conversation.channel,
        "topic": opening.topic,
        "status": "open",
        "summary": opening.summary,
        "order_number": normalised(opening.order_number) if opening.order_number else None,
        "language": opening.language,
        "promise": None,
        "outcome": None,
        "opened_at": now,
        "updated_at": now,
        "closed_at": None,
    }
    for _ in range(_TRIES):
        name = reference()
        if repository.add(session, {"reference": name, **row}):
            return CaseView.model_validate({"reference": name, **row})
    raise Temporary("no free case reference was found", retry_after=1)


def change(session: Session, reference: str, patch: CasePatch, by: str, now: float) -> CaseView:
    """Change a case and remember who did; a case that is opened again is not closed. NotFound."""
    case = repository.by_reference(session, reference.upper(), lock=True)
    if case is None:
        raise NotFound("there is no such case")
    if patch.status is not None:
        case.status = patch.status
        case.closed_at = now if patch.status == "resolved" else None
    case.outcome = patch.outcome or case.outcome
    case.promise = patch.promise or case.promise
    case.updated_at = now
    repository.add_change(
        session,
        CaseChange(
            reference=case.reference,
            at=now,
            by=by,
            status=patch.status,
            outcome=patch.outcome,
            promise=patch.promise,
        ),
    )
    return CaseView.model_validate(case)


def of_conversation(session: Session, conversation: str) -> CaseList:
    """Cases of a conversation and of whom it is held with, newest first."""
    found = repository.of_conversation(session, conversation, _LISTED)
    return CaseList(cases=[CaseView.model_validate(case) for case in found])


def of_person(session: Session, person_id: str, limit: int) -> list[CaseView]:
    """A person's newest cases, newest first."""
    return [CaseView.model_validate(c) for c in repository.of_person(session, person_id, limit)]


def open_summaries(session: Session, person_id: str, limit: int) -> list[CaseSummary]:
    """A person's open cases in one line each, newest first."""
    found = repository.open_of_person(session, person_id, limit)
    return [CaseSummary.model_validate(case) for case in found]
