"""Queries on the outbox. A row is leased before it is sent and never sent twice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from crm_bridge.mails.models import Mail
from crm_bridge.people.models import Person
from crm_bridge.storage import new_id
from crm_bridge.verification.models import Challenge

# A letter is tried for a day: one that comes later surprises more than it helps.
LETTER_TRIED_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: one of the two."""

    return_reference: str | None = None
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class DueMail:
    """A leased mail with what its text needs; nothing to send when `state` isn't `open`.

    A code has a challenge; a letter is about one of the other things.
    """

    id: str
    lease: str
    attempts: int
    challenge_id: str | None
    conversation: str
    purpose: str
    about: About
    state: str
    language: str
    expires_at: float
    first_name: str | None
    address: str | None


def queue(session: Session, challenge_id: str, now: float) -> None:
    """Put a challenge's one mail into the outbox."""
    _queue(session, now, challenge_id=challenge_id)


def queue_letter(session: Session, person_id: str, language: str, now: float, about: About) -> None:
    """Put a letter to a person into the outbox."""
    _queue(
        session,
        now,
        person_id=person_id,
        language=language,
        return_reference=about.return_reference,
        invoice_number=about.invoice_number,
    )


def invoice_waits(session: Session, invoice_number: str) -> bool:
    """Whether a copy of this invoice is on its way already."""
    query = select(Mail.id).where(
        Mail.invoice_number == invoice_number, Mail.state.in_(("pending", "sending"))
    )
    return session.execute(query.limit(1)).first() is not None


def _queue(session: Session, now: float, **about: str | None) -> None:
    session.add(
        Mail(
            id=new_id("e"),
            **about,
            state="pending",
            attempts=0,
            next_at=now,
            lease=None,
            lease_until=None,
            created_at=now,
            finished_at=None,
            problem=None,
        )
    )
    session.flush()


def lease_due(session: Session, now: float, lease_s: float, limit: int) -> list[DueMail]:
    """Take mails that are due; another sender passes over rows that this one holds."""
    query = (
        select(Mail, Challenge, Person.first_name, Person.email)
        .join(Challenge, Challenge.id == Mail.challenge_id, isouter=True)
        .join(
            Person,
            Person.id == func.coalesce(Challenge.person_id, Mail.person_id),
            isouter=True,
        )
        .where(Mail.state == "pending", Mail.next_at <= now)
        .order_by(Mail.next_at)
        .limit(limit)
        .with_for_update(of=Mail, skip_locked=True)
    )
    due = []
    for mail, challenge, first_name, address in session.execute(query).all():
        mail.state = "sending"
        mail.lease = new_id("l")
        mail.lease_until = now + lease_s
        mail.attempts += 1
        due.append(_due(mail, challenge, first_name, address))
    return due


def _due(
    mail: Mail, challenge: Challenge | None, first_name: str | None, address: str | None
) -> DueMail:
    assert mail.lease is not None
    return DueMail(
        id=mail.id,
        lease=mail.lease,
        attempts=mail.attempts,
        challenge_id=mail.challenge_id,
        conversation=challenge.conversation if challenge else "",
        purpose=challenge.purpose if challenge else "",
        about=About(mail.return_reference, mail.invoice_number),
        state=challenge.state if challenge else "open",
        language=(challenge.language if challenge else mail.language) or "it",
        expires_at=challenge.expires_at if challenge else mail.created_at + LETTER_TRIED_S,
        first_name=first_name,
        address=address,
    )


def finish(session: Session, mail: DueMail, state: str, problem: str | None, now: float) -> None:
    """Write how a leased mail ended, unless its lease was lost meanwhile."""
    session.execute(
        update(Mail)
        .where(Mail.id == mail.id, Mail.lease == mail.lease, Mail.state == "sending")
        .values(state=state, problem=problem, finished_at=now, lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def retry_later(session: Session, mail: DueMail, problem: str, at: float) -> None:
    """Put a mail that certainly was not sent back into the outbox."""
    session.execute(
        update(Mail)
        .where(Mail.id == mail.id, Mail.lease == mail.lease, Mail.state == "sending")
        .values(state="pending", problem=problem, next_at=at, lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def give_up_lost(session: Session, now: float) -> None:
    """Mails whose sender died may have been sent: they are never sent again."""
    session.execute(
        update(Mail)
        .where(Mail.state == "sending", Mail.lease_until < now)
        .values(state="unknown", problem="sender_lost", finished_at=now, lease=None)
        .execution_options(synchronize_session=False)
    )


def any_due(session: Session, now: float) -> bool:
    """Whether a mail waits to be sent, or was lost by a sender."""
    waiting = select(Mail.id).where(Mail.state == "pending", Mail.next_at <= now)
    lost = select(Mail.id).where(Mail.state == "sending", Mail.lease_until < now)
    return bool(session.execute(select(or_(waiting.exists(), lost.exists()))).scalar_one())


def forget_letters_before(session: Session, moment: float) -> None:
    """Drop letters that nobody asks about any more; codes go with their challenges."""
    session.execute(
        delete(Mail)
        .where(Mail.challenge_id.is_(None), Mail.created_at < moment)
        .execution_options(synchronize_session=False)
    )
