"""The part of the demo company that came after its orders, as rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crm_bridge.calendar import day_of
from crm_bridge.demo.model import DemoCompany, Order, Return
from crm_bridge.loyalty.models import PointsEntry
from crm_bridge.orders import models as orders
from crm_bridge.orders.allowed import DAY_S, RETURN_DAYS
from crm_bridge.promotions.models import Promotion
from crm_bridge.returns import models as returns
from crm_bridge.storage import Base


def seed_after_sales(session: Session, company: DemoCompany) -> None:
    """Store returns, refunds, points and promotions; the company's orders are stored already."""
    placed = {order.number: order for order in company.orders}
    add(session, returns.Return, [_return(one, placed[one.order]) for one in company.returns])
    add(session, returns.ReturnItem, _items(company, placed))
    add(session, orders.Refund, _refunds(company))
    add(session, PointsEntry, _points(company))
    add(session, Promotion, _promotions(company))


def add(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Store rows, if there are any."""
    if rows:
        session.execute(insert(table), rows)


def cents(amount: Decimal) -> int:
    """Money as tables hold it."""
    return int(amount * 100)


def _return(one: Return, order: Order) -> dict[str, Any]:
    assert order.shipment is not None
    assert order.shipment.delivered_at is not None
    until = order.shipment.delivered_at.timestamp() + RETURN_DAYS * DAY_S
    return {
        "reference": one.reference,
        "order_number": one.order,
        "kind": "return",
        "status": one.status,
        "reason": one.reason,
        "details": one.details,
        "wanted": None,
        "language": one.language,
        "amount_cents": cents(one.amount),
        "free": False,
        "label_cents": None if one.label_cost is None else cents(one.label_cost),
        "send_by": day_of(until).isoformat(),
        "mailed": True,
        "announced_by": "actions",
        "announced_at": one.announced_at.timestamp(),
        "received_at": one.received_at.timestamp() if one.received_at else None,
        "closed_at": one.closed_at.timestamp() if one.closed_at else None,
    }


def _items(company: DemoCompany, placed: dict[str, Order]) -> list[dict[str, Any]]:
    return [
        {
            "reference": one.reference,
            "position": position,
            "name": placed[one.order].items[position].name,
            "quantity": quantity,
            "price_cents": cents(placed[one.order].items[position].price),
        }
        for one in company.returns
        for position, quantity in one.items
    ]


def _refunds(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "order_number": refund.order,
            "return_reference": refund.return_reference,
            "amount_cents": cents(refund.amount),
            "due_at": refund.due_at.timestamp(),
            "expected_by": refund.expected_by.isoformat(),
            "sent_at": refund.sent_at.timestamp() if refund.sent_at else None,
        }
        for refund in company.refunds
    ]


def _points(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "person_id": entry.person,
            "at": entry.at.timestamp(),
            "points": entry.points,
            "why": entry.why,
            "expires_on": _day(entry.expires_on),
        }
        for entry in company.points
    ]


def _promotions(company: DemoCompany) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "percent": one.percent,
            "amount_cents": None if one.amount is None else cents(one.amount),
            "minimum_cents": None if one.minimum is None else cents(one.minimum),
            "first_order_only": one.first_order_only,
            "valid_from": _day(one.valid_from),
            "valid_until": _day(one.valid_until),
            "uses": one.uses,
            "most_uses": one.most_uses,
            "note_it": one.note_it,
            "note_en": one.note_en,
        }
        for one in company.promotions
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
