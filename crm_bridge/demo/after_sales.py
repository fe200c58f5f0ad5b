"""What came after the orders: returns, money that went back, and points of the club.

The heroes' returns are promised in `texts/hero_returns.yml`; everybody else's follow from orders
that came back or were cancelled. Prices and days are those of the bridge's own terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from crm_bridge.calendar import day_of, working_days_after
from crm_bridge.cases.references import ALPHABET
from crm_bridge.demo.catalogue import BY_SKU
from crm_bridge.demo.model import Order, Person, Points, Refund, Return
from crm_bridge.demo.tables import chance, table
from crm_bridge.demo.working_days import at, midnight
from crm_bridge.loyalty import points
from crm_bridge.orders.refunds import AFTER_CANCELLATION_DAYS, AFTER_RETURN_DAYS
from crm_bridge.returns.terms import LABEL_CENTS, LABEL_COUNTRY, NOT_TAKEN_BACK

_HERO_RETURNS: list[dict[str, Any]] = table("hero_returns")
_REASONS = ("changed_mind", "size", "not_as_expected", "other")
_LABEL = Decimal(LABEL_CENTS) / 100


def returns(
    today: date, seed: int, placed: Sequence[Order], people: Mapping[str, Person]
) -> list[Return]:
    """Everything that was sent back, oldest order first."""
    rng = chance(seed, "returns")
    promised = {row["order"]: row for row in _HERO_RETURNS}
    result = []
    for order in placed:
        if order.number in promised:
            result.append(_promised(today, order, promised[order.number], people[order.person]))
        elif order.status == "returned":
            result.append(_all_of_it(rng, order, people[order.person]))
    return result


def refunds(today: date, placed: Sequence[Order], back: Sequence[Return]) -> list[Refund]:
    """Money for what was cancelled and for what came back."""
    result = [_cancelled(today, order) for order in placed if order.status == "cancelled"]
    for one in back:
        if one.received_at is not None:
            due = _working_day(one.received_at, AFTER_RETURN_DAYS)
            result.append(
                Refund(one.order, one.reference, one.amount, one.received_at, due, one.closed_at)
            )
    return result


def ledger(placed: Sequence[Order], back: Sequence[Return]) -> list[Points]:
    """Points that arrived orders earned, and those that went with what came back."""
    return sorted(_entries(placed, back), key=lambda entry: (entry.at, entry.why))


def _entries(placed: Sequence[Order], back: Sequence[Return]) -> Iterator[Points]:
    orders = {order.number: order for order in placed}
    for order in placed:
        if order.shipment is not None and order.shipment.delivered_at is not None:
            when = order.shipment.delivered_at
            goods = order.total - order.shipping_cost
            good_until = date.fromisoformat(points.expiry(when.timestamp()))
            yield Points(order.person, when, _earned(goods), f"order {order.number}", good_until)
    for one in back:
        if one.received_at is not None:
            order = orders[one.order]
            goods = _goods(order, one.items)
            yield Points(
                order.person, one.received_at, -_earned(goods), f"return {one.reference}", None
            )


def _promised(today: date, order: Order, row: dict[str, Any], person: Person) -> Return:
    items = tuple((line, count) for line, count in row["items"])
    refunded = row.get("refunded")
    label = _LABEL if person.country == LABEL_COUNTRY else None
    return Return(
        reference=row["reference"],
        order=order.number,
        status="received" if refunded is None else "refunded",
        reason=row["reason"],
        details=row["details"],
        language=person.language,
        items=items,
        amount=_goods(order, items) - (label or 0),
        label_cost=label,
        announced_at=at(today - timedelta(days=row["announced"]), 18, 10),
        received_at=at(today - timedelta(days=row["received"]), 11, 35),
        closed_at=None if refunded is None else at(today - timedelta(days=refunded), 9, 5),
    )


def _all_of_it(rng: Random, order: Order, person: Person) -> Return:
    assert order.shipment is not None
    assert order.shipment.delivered_at is not None
    items = tuple(
        (position, line.quantity)
        for position, line in enumerate(order.items)
        if BY_SKU[line.sku].kind != NOT_TAKEN_BACK
    )
    goods = _goods(order, items)
    whole = goods == order.total - order.shipping_cost
    label = _LABEL if person.country == LABEL_COUNTRY else None
    announced = order.shipment.delivered_at + timedelta(days=rng.randint(1, 3), hours=3)
    received = announced + timedelta(days=rng.randint(4, 8))
    return Return(
        reference="R-" + "".join(rng.choice(ALPHABET) for _ in range(5)),
        order=order.number,
        status="refunded",
        reason=rng.choice(_REASONS),
        details=None,
        language=person.language,
        items=items,
        amount=max(
            Decimal(0), goods + (order.shipping_cost if whole else 0) - (label or Decimal(0))
        ),
        label_cost=label,
        announced_at=announced,
        received_at=received,
        closed_at=at(_working_day(received, rng.randint(2, AFTER_RETURN_DAYS)), 9, 5),
    )


def _cancelled(today: date, order: Order) -> Refund:
    undone_at = order.placed_at + timedelta(hours=2)
    due = _working_day(undone_at, AFTER_CANCELLATION_DAYS)
    sent_at = at(due, 9, 5)
    return Refund(
        order=order.number,
        return_reference=None,
        amount=order.total,
        due_at=undone_at,
        expected_by=due,
        sent_at=sent_at if sent_at < midnight(today) else None,
    )


def _goods(order: Order, items: Sequence[tuple[int, int]]) -> Decimal:
    return sum((order.items[line].price * count for line, count in items), Decimal(0))


def _earned(goods: Decimal) -> int:
    return points.earned(int(goods * 100))


def _working_day(moment: datetime, count: int) -> date:
    return working_days_after(day_of(moment.timestamp()), count)
