"""Two hundred orders over eighteen months, LA-20201 to LA-20400 in the order they were placed.

Chance decides baskets, buyers and delays; the orders in `texts/hero_orders.yml` are promised to
docs and tests, and keep their distance from today whatever day it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

from crm_bridge.demo.catalogue import LAST_EVENTS, basket, item, shipping_cost, zone_of
from crm_bridge.demo.model import Order, OrderItem, OrderStatus, Person, Shipment
from crm_bridge.demo.people import Profile
from crm_bridge.demo.tables import chance, table
from crm_bridge.demo.working_days import add_working_days, at, midnight

ORDERS = 200
FIRST_NUMBER = 20201
_HERO_ORDERS: dict[str, dict[str, Any]] = {row["number"]: row for row in table("hero_orders")}

# (position, days before today's midnight): business grows a little, and the last orders fall
# where the heroes' stories need them.
_OLDEST_DAYS, _GROWTH = 547.0, 1.25
_ANCHORS = ((172, 33.2), (191, 13.3), (198, 2.4), (200, 0.2))
# So that every status is there to be seen: one being packed, one waiting for a bank transfer.
_UNSHIPPED: dict[str, OrderStatus] = {"LA-20397": "packed", "LA-20399": "placed"}


def orders(today: date, seed: int, profiles: Sequence[Profile]) -> list[Order]:
    """All orders, oldest first."""
    rng = chance(seed, "orders")
    buyers = _Buyers(rng, profiles)
    result = []
    for position in range(1, ORDERS + 1):
        number = f"LA-{FIRST_NUMBER + position - 1}"
        placed_at = _placed_at(rng, today, position)
        row = _HERO_ORDERS.get(number)
        if row is None:
            result.append(_any_order(rng, today, number, placed_at, buyers.next()))
        else:
            result.append(_hero_order(rng, today, row, placed_at, buyers.hero(row["person"])))
    return result


def _placed_at(rng: Random, today: date, position: int) -> datetime:
    days = _days_ago(position)
    spacing = abs(_days_ago(position) - _days_ago(min(position + 1, ORDERS)))
    if all(position != anchor for anchor, _ in _ANCHORS):
        days += rng.uniform(-0.3, 0.3) * min(spacing, _spacing_before(position))
    whole = math.ceil(days)
    # The part of a day is squeezed into waking hours, 05:00 to 22:00 UTC; order is kept.
    moment = midnight(today) - timedelta(days=whole) + timedelta(hours=5 + 17 * (whole - days))
    return moment.replace(microsecond=0)


def _spacing_before(position: int) -> float:
    return abs(_days_ago(max(position - 1, 1)) - _days_ago(position)) or 1.0


def _days_ago(position: int) -> float:
    first, recent = _ANCHORS[0]
    if position <= first:
        rest = 1 - (position - 1) / (first - 1)
        return float(recent + (_OLDEST_DAYS - recent) * rest**_GROWTH)
    for (left, left_days), (right, right_days) in pairwise(_ANCHORS):
        if position <= right:
            share = (position - left) / (right - left)
            return left_days + (right_days - left_days) * share
    raise ValueError(position)


class _Buyers:
    """Who places the next order: a few people buy often, some never do, heroes only by plan."""

    def __init__(self, rng: Random, profiles: Sequence[Profile]) -> None:
        self._rng = rng
        self._heroes = {p.person.first_name: p.person for p in profiles if p.hero}
        others = [p.person for p in profiles if not p.hero]
        self._people = others[: len(others) - 6]
        self._weights = [rng.lognormvariate(0, 0.9) for _ in self._people]

    def next(self) -> Person:
        return self._rng.choices(self._people, weights=self._weights)[0]

    def hero(self, first_name: str) -> Person:
        return self._heroes[first_name]


@dataclass(frozen=True, slots=True)
class _Journey:
    status: OrderStatus
    shipment: Shipment | None = None


def _any_order(rng: Random, today: date, number: str, placed_at: datetime, person: Person) -> Order:
    items = basket(rng, person.language)
    if number in _UNSHIPPED:
        journey = _Journey(_UNSHIPPED[number])
    elif rng.random() < 0.05 and placed_at < midnight(today) - timedelta(days=2):
        journey = _Journey("cancelled")
    else:
        journey = _journey(rng, today, placed_at, person)
    return _order(number, person, placed_at, items, journey)


def _journey(rng: Random, today: date, placed_at: datetime, person: Person) -> _Journey:
    end = midnight(today)
    pack_day = add_working_days(placed_at.date(), rng.choice((1, 1, 2)))
    shipped_at = at(pack_day, rng.randint(8, 14), rng.randrange(60), rng.randrange(60))
    if shipped_at >= end:
        packed_at = shipped_at - timedelta(hours=18)
        if packed_at < end:
            return _Journey("packed")
        return _Journey("placed" if rng.random() < 0.3 else "paid")
    zone = zone_of(person.country)
    due = add_working_days(pack_day, zone.days[1])
    late = rng.random() < 0.09
    transit = zone.days[1] + rng.randint(3, 5) if late else rng.randint(*zone.days)
    day = add_working_days(pack_day, transit)
    delivered_at = at(day, rng.randint(7, 16), rng.randrange(60), rng.randrange(60))
    carrier = rng.choice(zone.carriers)
    tracking = _tracking(rng, carrier)
    if delivered_at >= end:
        event = rng.choice(LAST_EVENTS[person.language]["in_transit"]).format(city=person.city)
        return _Journey(
            "shipped", Shipment(carrier, tracking, "in_transit", shipped_at, due, None, event)
        )
    returned = rng.random() < 0.05 and delivered_at < end - timedelta(days=25)
    state = "returned" if returned else "delivered"
    event = rng.choice(LAST_EVENTS[person.language][state])
    shipment = Shipment(
        carrier,
        tracking,
        "returned" if returned else "delivered",
        shipped_at,
        due,
        delivered_at,
        event,
    )
    return _Journey("returned" if returned else "delivered", shipment)


def _hero_order(
    rng: Random, today: date, row: dict[str, Any], placed_at: datetime, person: Person
) -> Order:
    items = tuple(item(sku, count, person.language, *size) for sku, count, *size in row["items"])
    if row.get("status") is None:
        # No hero has an old order that went wrong: a plain journey, repeated until it is one.
        journey = _journey(rng, today, placed_at, person)
        while journey.status != "delivered":
            journey = _journey(rng, today, placed_at, person)
    else:
        journey = _promised(rng, today, row, person)
    return _order(row["number"], person, placed_at, items, journey)


def _promised(rng: Random, today: date, row: dict[str, Any], person: Person) -> _Journey:
    status: OrderStatus = row["status"]
    if "shipped" not in row:
        return _Journey(status)
    carrier = zone_of(person.country).carriers[0]
    delivered = row.get("delivered")
    events = LAST_EVENTS[person.language]["delivered"]
    shipment = Shipment(
        carrier=carrier,
        tracking=_tracking(rng, carrier),
        status="in_transit" if delivered is None else "delivered",
        shipped_at=at(today - timedelta(days=row["shipped"]), 9, 40),
        estimated_delivery=today + timedelta(days=row["due"]),
        delivered_at=None if delivered is None else at(today - timedelta(days=delivered), 10, 25),
        last_event=row.get("last_event", events[0]),
    )
    return _Journey(status, shipment)


def _order(
    number: str,
    person: Person,
    placed_at: datetime,
    items: tuple[OrderItem, ...],
    journey: _Journey,
) -> Order:
    postage = shipping_cost(items, person.country)
    goods = sum((line.price * line.quantity for line in items), Decimal(0))
    return Order(
        number=number,
        person=person.id,
        placed_at=placed_at,
        items=items,
        shipping_cost=postage,
        total=goods + postage,
        currency="EUR",
        status=journey.status,
        shipment=journey.shipment,
    )


def _tracking(rng: Random, carrier: str) -> str:
    letters = "".join(word[0] for word in carrier.split())
    return f"{letters}{rng.randrange(10**9, 10**10)}IT"
