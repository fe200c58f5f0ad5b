"""Queries on people, their handles and their joins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, Update, bindparam, case, delete, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager, selectinload

from crm_bridge.fields import ConversationRef
from crm_bridge.people.models import Identity, Join, JoinMove, Person
from crm_bridge.storage import change, insert_new, new_id, table_of


def identity_of(session: Session, ref: ConversationRef, *, lock: bool = False) -> Identity | None:
    """The handle that a conversation is held with, its person loaded.

    With `lock`, nobody gives it to another person before the transaction ends.
    """
    values = {"channel": ref.channel, "account": ref.account, "handle": ref.handle}
    return session.execute(_identity_of(lock), values).scalar_one_or_none()


def create_contact(session: Session, ref: ConversationRef, now: float) -> Identity:
    """A new contact with this handle, or the handle that another request created meanwhile."""
    person_id = new_id("p")
    insert_new(session, Person, [{"id": person_id, "kind": "contact", "created_at": now}])
    identity = {
        "id": new_id("i"),
        "channel": ref.channel,
        "account": ref.account,
        "handle": ref.handle,
        "person_id": person_id,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    if not insert_new(session, Identity, [identity]):
        session.execute(delete(Person).where(Person.id == person_id))
    found = identity_of(session, ref, lock=True)
    assert found is not None
    return found


def note_seen(session: Session, identity_id: str, name: str | None, at: float) -> None:
    """Remember when a handle last wrote, and under which name; old news changes neither."""
    values = {"b_id": identity_id, "b_at": at, **({"b_name": name} if name else {})}
    session.execute(_note_seen(bool(name)), values)


def note_language(session: Session, person_id: str, language: str) -> None:
    """Remember a contact's language; a customer's is what their record says."""
    change(
        session,
        Person,
        Person.id == person_id,
        Person.kind == "contact",
        or_(Person.language.is_(None), Person.language != language),
        language=language,
    )


def person(session: Session, person_id: str) -> Person | None:
    """One person, without relations."""
    return session.get(Person, person_id)


def person_with_relations(session: Session, person_id: str) -> Person | None:
    """One person with handles and consents."""
    query = (
        select(Person)
        .options(selectinload(Person.identities), selectinload(Person.consents))
        .where(Person.id == person_id)
    )
    return session.execute(query).scalar_one_or_none()


def identities_of(session: Session, person_id: str) -> Sequence[Identity]:
    """Every handle of a person."""
    query = select(Identity).where(Identity.person_id == person_id)
    return session.execute(query).scalars().all()


def move_identities(session: Session, identity_ids: Sequence[str], into: str) -> None:
    """Give handles to another person."""
    change(session, Identity, Identity.id.in_(identity_ids), person_id=into)


def set_verified(session: Session, identity_id: str, at: float | None) -> None:
    """Say when a handle was last verified, or that it is not."""
    change(session, Identity, Identity.id == identity_id, verified_at=at)


def set_joined_into(session: Session, person_id: str, into: str | None) -> None:
    """Mark a contact as being another person, or as itself again."""
    change(session, Person, Person.id == person_id, joined_into=into)


def joins_of(session: Session, person_id: str) -> Sequence[Join]:
    """Joins that brought handles to or took them from a person, newest first."""
    query = (
        select(Join)
        .where(or_(Join.into_person == person_id, Join.from_person == person_id))
        .order_by(Join.at.desc())
        .limit(100)
    )
    return session.execute(query).scalars().all()


def join_for_update(session: Session, join_id: str) -> Join | None:
    """One join with its moves, locked until the transaction ends."""
    query = (
        select(Join).options(selectinload(Join.moves)).where(Join.id == join_id).with_for_update()
    )
    return session.execute(query).scalar_one_or_none()


def owned_by(session: Session, identity_ids: Sequence[str], person_id: str) -> int:
    """How many of these handles belong to that person now."""
    query = (
        select(func.count())
        .select_from(Identity)
        .where(Identity.id.in_(identity_ids), Identity.person_id == person_id)
    )
    return session.execute(query).scalar_one()


def later_joins(session: Session, join: Join, identity_ids: Sequence[str]) -> int:
    """How many joins not undone moved one of these handles after this one."""
    query = (
        select(func.count())
        .select_from(JoinMove)
        .join(Join, Join.id == JoinMove.join_id)
        .where(
            JoinMove.identity_id.in_(identity_ids),
            Join.id != join.id,
            Join.at >= join.at,
            Join.undone_at.is_(None),
        )
    )
    return session.execute(query).scalar_one()


# What every turn asks is built once: building a statement costs as much as running it.


@cache
def _identity_of(lock: bool) -> Select[Identity]:
    query = (
        select(Identity)
        .join(Identity.person)
        .options(contains_eager(Identity.person))
        .where(
            Identity.channel == bindparam("channel"),
            Identity.account == bindparam("account"),
            Identity.handle == bindparam("handle"),
        )
    )
    return query.with_for_update(of=Identity, key_share=True) if lock else query


@cache
def _note_seen(named: bool) -> Update:
    c = table_of(Identity).c
    at = bindparam("b_at", type_=c.last_seen_at.type)
    is_newest = c.last_seen_at <= at
    values = {c.last_seen_at: case((is_newest, at), else_=c.last_seen_at)}
    if named:
        name = bindparam("b_name", type_=c.display_name.type)
        is_wanted = or_(is_newest, c.display_name.is_(None))
        values[c.display_name] = case((is_wanted, name), else_=c.display_name)
    return update(table_of(Identity)).where(c.id == bindparam("b_id")).values(values)
