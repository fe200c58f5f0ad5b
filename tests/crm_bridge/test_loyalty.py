"""Points: what was earned, what is left, and when it expires."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_bridge.loyalty.models import PointsEntry
from crm_bridge.loyalty.points import Balance, Entry, balance, earned, expiry
from tests.crm_bridge.after_sales import error, verified
from tests.crm_bridge.statements import Statements
from tests.crm_bridge.world import GATEWAY, World, ref

DAY = 86_400.0
TODAY = date(2026, 5, 28)
NOON = datetime(2026, 5, 28, 12, tzinfo=UTC).timestamp()


async def points(world: World, conversation: str = "c1", **options: Any) -> Any:
    return await world.call("GET", "/v1/loyalty", params={"conversation": conversation}, **options)


async def earn(world: World, person: str, amount: int, expires_on: str | None) -> None:
    entry = PointsEntry(
        person_id=person, at=world.clock.now() - 1, points=amount, why="order LA-20398",
        expires_on=expires_on,
    )  # fmt: skip
    await world.run(lambda s: s.add(entry))


async def test_a_customer_sees_their_points(world: World) -> None:
    giulia = await world.customer_with_order()
    emma = await world.person("Emma")
    await world.verify(ref())
    await earn(world, giulia, 150, "2090-03-31")
    await earn(world, giulia, 137, "2089-12-24")
    await earn(world, emma, 999, "2090-01-01")
    answer = await points(world)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "points": 287, "worth": 10.0, "tier": "gold", "next_expiry": "2089-12-24",
        "expiring": 137,
    }  # fmt: skip


async def test_who_never_earned_any_has_none(world: World) -> None:
    await verified(world, tier=None)
    assert (await points(world)).json() == {
        "points": 0, "worth": 0.0, "tier": None, "next_expiry": None, "expiring": 0,
    }  # fmt: skip


async def test_points_are_personal(world: World) -> None:
    await verified(world)
    assert error(await points(world, "c9")) == (403, "grant_required")
    assert error(await points(world, token=GATEWAY)) == (403, "scope_required")


async def test_a_balance_takes_few_queries(world: World) -> None:
    await verified(world)
    with Statements() as statements:
        await points(world)
    assert len(statements.texts) == 3


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([], Balance(0, None, 0)),
        ([(-10, 120, "2026-05-28")], Balance(120, "2026-05-28", 120)),
        ([(-10, 120, "2026-05-27")], Balance(0, None, 0)),
        # What leaves is taken from what would expire first, …
        ([(-9, 50, "2027-01-01"), (-8, 80, "2026-06-30"), (-1, -60, None)],
         Balance(70, "2026-06-30", 20)),
        # … and from no points that were gone by then.
        ([(-900, 100, "2024-12-31"), (-9, 50, "2027-01-01"), (-1, -30, None)],
         Balance(20, "2027-01-01", 20)),
        ([(-900, 100, "2024-12-31"), (-899, -60, None), (-9, 50, "2027-01-01")],
         Balance(50, "2027-01-01", 50)),
        # Nobody owes points.
        ([(-9, 50, "2027-01-01"), (-8, -70, None), (-7, 30, "2028-01-01")],
         Balance(30, "2028-01-01", 30)),
        ([(-9, 50, None)], Balance(50, None, 0)),
    ],
)  # fmt: skip
def test_what_is_left(entries: list[tuple[int, int, str | None]], left: Balance) -> None:
    ledger = [Entry(NOON + days * DAY, count, until) for days, count, until in entries]
    assert balance(ledger, TODAY) == left
    assert balance(reversed(ledger), TODAY) == left


@given(st.lists(st.tuples(st.integers(-700, 0), st.integers(-300, 300)), max_size=20))
def test_a_balance_is_never_less_than_nothing(rows: list[tuple[int, int]]) -> None:
    ledger = [Entry(NOON + d * DAY, n, expiry(NOON + d * DAY) if n > 0 else None) for d, n in rows]
    left = balance(ledger, TODAY)
    assert 0 <= left.expiring <= left.points <= sum(max(n, 0) for _, n in rows)
    assert left.worth_cents == left.points // 100 * 500


def test_a_point_a_euro_for_twenty_four_months() -> None:
    assert (earned(13_899), earned(99)) == (138, 0)
    assert expiry(datetime(2024, 2, 29, 12, tzinfo=UTC).timestamp()) == "2026-02-28"
