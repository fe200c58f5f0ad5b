"""Queries on orders."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from crm_bridge.orders.models import Order, OrderChange, Refund
from crm_bridge.people.models import Person

# An order has few returns and refunds: joined, they cost no statement of their own.
_WHOLE = (
    joinedload(Order.shipment),
    selectinload(Order.items),
    joinedload(Order.returns),
    joinedload(Order.refunds),
)
_WHOLE_AFTER_LOCK = (
    joinedload(Order.shipment),
    selectinload(Order.items),
    selectinload(Order.returns),
    selectinload(Order.refunds),
)
_NEVER_PAID = ("placed", "cancelled", "returned")


def by_number(session: Session, number: str, *, lock: bool = False) -> Order | None:
    """One order with all that belongs to it; with `lock`, its own until the transaction ends.

    What belongs to it is read after the lock is held, so that it is as the last holder left it.
    """
    found = session.execute(_by_number(lock), {"number": number})
    return found.unique().scalar_one_or_none()


def change_status(session: Session, order: Order, status: str, by: str, at: float) -> None:
    """Give an order another status and remember who did."""
    change = OrderChange(
        order_number=order.number, at=at, by=by, status=status, status_before=order.status
    )
    session.add(change)
    order.status = status


def change_address(session: Session, order: Order, address: str, by: str, at: float) -> None:
    """Send an order somewhere else and remember who did, and where it was to go before."""
    change = OrderChange(
        order_number=order.number,
        at=at,
        by=by,
        status=order.status,
        status_before=order.status,
        address_before=order.ships_to or "",
    )
    session.add(change)
    order.ships_to = address


def owe(order: Order, refund: Refund) -> None:
    """Note that money goes back for an order, whose refunds must be loaded."""
    order.refunds.append(refund)


def newest(session: Session, person_id: str, limit: int) -> Sequence[Order]:
    """A person's newest orders with all that belongs to them, newest first."""
    query = (
        select(Order)
        .options(*_WHOLE)
        .where(Order.person_id == person_id)
        .order_by(Order.placed_at.desc(), Order.number.desc())
        .limit(limit)
    )
    return session.execute(query).unique().scalars().all()


def newest_without_lines(session: Session, person_id: str, limit: int) -> Sequence[Order]:
    """A person's newest orders with parcels only, newest first."""
    values = {"person_id": person_id, "most": limit}
    return session.execute(_newest_without_lines(), values).scalars().all()


def lifetime_cents(session: Session, person_id: str) -> int:
    """What a person has paid for and kept, in cents."""
    query = select(func.coalesce(func.sum(Order.total_cents), 0)).where(
        Order.person_id == person_id, Order.status.not_in(_NEVER_PAID)
    )
    return int(session.execute(query).scalar_one())


def buyer(session: Session, number: str) -> tuple[str, str | None] | None:
    """Who placed an order, and their e-mail address; nothing else of it is read."""
    query = (
        select(Person.id, Person.email)
        .join(Order, Order.person_id == Person.id)
        .where(Order.number == number)
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


# What every turn asks is built once: building a statement costs as much as running it.


@cache
def _by_number(lock: bool) -> Select[Order]:
    query = select(Order).where(Order.number == bindparam("number"))
    if lock:
        return query.options(*_WHOLE_AFTER_LOCK).with_for_update(of=Order)
    return query.options(*_WHOLE)


@cache
def _newest_without_lines() -> Select[Order]:
    return (
        select(Order)
        .options(joinedload(Order.shipment))
        .where(Order.person_id == bindparam("person_id"))
        .order_by(Order.placed_at.desc(), Order.number.desc())
        .limit(bindparam("most"))
    )
