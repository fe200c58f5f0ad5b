"""Queries on returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from crm_bridge.orders.models import Order, Product
from crm_bridge.returns.models import Return, ReturnItem
from crm_bridge.storage import insert_new


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of one line that were announced before, as a return or an exchange."""

    position: int
    quantity: int
    kind: str


def add(session: Session, row: dict[str, Any]) -> bool:
    """Store a new return; False when its reference is taken."""
    return insert_new(session, Return, [row]) == 1


def add_items(session: Session, items: Iterable[ReturnItem]) -> None:
    """Store the pieces of a return."""
    session.add_all(items)
    session.flush()


def announced(session: Session, order_number: str) -> list[Piece]:
    """Every piece of an order that comes back; what was refused stays the customer's."""
    query = (
        select(ReturnItem.position, ReturnItem.quantity, Return.kind)
        .join(Return, Return.reference == ReturnItem.reference)
        .where(Return.order_number == order_number, Return.status != "refused")
    )
    return [Piece(*row) for row in session.execute(query)]


def of_kind(session: Session, skus: Iterable[str], kind: str) -> set[str]:
    """Which of these products are of a kind."""
    query = select(Product.sku).where(Product.sku.in_(sorted(set(skus))), Product.kind == kind)
    return set(session.execute(query).scalars())


def of_person(session: Session, person_id: str, limit: int) -> Sequence[tuple[Return, str]]:
    """A person's newest returns with their pieces and currency, newest first."""
    query = (
        select(Return, Order.currency)
        .join(Order, Order.number == Return.order_number)
        .options(selectinload(Return.items))
        .where(Order.person_id == person_id)
        .order_by(Return.announced_at.desc(), Return.reference)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
