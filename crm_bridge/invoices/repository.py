"""Queries on invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_bridge.invoices.models import Invoice
from crm_bridge.storage import insert_new


def of_order(session: Session, order_number: str) -> Invoice | None:
    """The invoice of an order, if it was given one."""
    query = select(Invoice).where(Invoice.order_number == order_number)
    return session.execute(query).scalar_one_or_none()


def last_serial(session: Session, year: int) -> int:
    """The highest number that was given in a year; 0 before the first."""
    query = select(func.coalesce(func.max(Invoice.serial), 0)).where(Invoice.year == year)
    return int(session.execute(query).scalar_one())


def add(session: Session, row: dict[str, Any]) -> bool:
    """Store an invoice; False when its number was taken meanwhile."""
    return insert_new(session, Invoice, [row]) == 1
