"""Days on which the demo company might be seeded."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from crm_bridge.demo.company import generate
from crm_bridge.demo.model import DemoCompany, Order, Person

A_WEDNESDAY = date(2026, 3, 18)
any_day = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@cache
def company(today: date = A_WEDNESDAY) -> DemoCompany:
    """The company of that day, made once."""
    return generate(today)


def person(made: DemoCompany, first_name: str) -> Person:
    """The hero of that name: heroes come first."""
    return next(p for p in made.people if p.first_name == first_name)


def order(made: DemoCompany, number: str) -> Order:
    """The order of that number."""
    return next(o for o in made.orders if o.number == number)
