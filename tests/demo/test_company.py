"""The demo company is the same for the same day, and adds up."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from crm_bridge.demo.company import generate, tier
from crm_bridge.demo.model import DemoCompany
from crm_bridge.demo.working_days import is_working_day, midnight
from tests.demo.days import A_WEDNESDAY, any_day, company

FICTIONAL_PHONES = re.compile(
    r"\+39 000 [\d ]{7,}|\+31 000 [\d ]{7,}|\+44 7700 900\d{3}|\+1 555 01\d\d"
    r"|\+353 20 91\d \d{4}|\+49 171 39200\d\d|\+46 70 174 06\d\d"
)


def test_same_day_and_seed_give_the_same_company() -> None:
    assert generate(A_WEDNESDAY) == generate(A_WEDNESDAY)
    assert generate(A_WEDNESDAY, seed=1) != generate(A_WEDNESDAY, seed=2)


def test_numbers_are_as_promised() -> None:
    made = company()
    assert len(made.people) == 60
    assert 38 <= len(made.products) <= 46
    assert len(made.orders) == 200
    assert 22 <= len(made.cases) <= 28
    assert len(made.interactions) == 600
    italians = sum(person.language == "it" for person in made.people)
    assert italians / 60 == pytest.approx(0.65, abs=0.03)
    assert {person.country for person in made.people} == {
        *("IT", "GB", "US", "IE", "NL", "DE", "CA", "SE")
    }


def test_ids_handles_and_addresses_are_unique() -> None:
    made = company()
    for values in (
        [person.id for person in made.people],
        [person.email for person in made.people],
        [person.phone for person in made.people],
        [(i.channel, i.account, i.handle) for person in made.people for i in person.identities],
        [product.sku for product in made.products],
        [case.reference for case in made.cases],
        [line.key for line in made.interactions],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_nobody_can_be_reached_by_the_invented_addresses() -> None:
    for person in company().people:
        assert re.fullmatch(r"[a-z]+\.[a-z]+@example\.(com|org|net)", person.email)
        assert FICTIONAL_PHONES.fullmatch(person.phone), person.phone


def test_no_real_account_can_be_taken_for_an_invented_one() -> None:
    for person in company().people:
        for identity in person.identities:
            phone = re.sub(r"\D", "", person.phone)
            whatsapp = identity.channel == "whatsapp" and identity.handle == phone
            ours = identity.channel in {"api", "webchat"}
            assert whatsapp or ours or identity.handle.startswith("demo-")


def test_order_numbers_follow_time() -> None:
    orders = company().orders
    assert [order.number for order in orders] == [f"LA-{n}" for n in range(20201, 20401)]
    assert [order.placed_at for order in orders] == sorted(order.placed_at for order in orders)
    assert timedelta(days=500) < orders[-1].placed_at - orders[0].placed_at < timedelta(days=560)


def test_totals_are_the_items_and_the_postage() -> None:
    prices = {product.sku: product.price for product in company().products}
    for order in company().orders:
        goods = sum((item.price * item.quantity for item in order.items), Decimal(0))
        assert order.total == goods + order.shipping_cost
        assert order.currency == "EUR"
        assert order.items
        assert all(item.price == prices[item.sku] and item.quantity > 0 for item in order.items)


def test_every_status_can_be_seen() -> None:
    statuses = {order.status for order in company().orders}
    assert statuses == {
        *("placed", "paid", "packed", "shipped", "delivered", "cancelled", "returned")
    }


def test_tiers_follow_what_was_bought_in_the_last_year() -> None:
    made = company()
    for person in made.people:
        own = [order for order in made.orders if order.person == person.id]
        assert person.tier == tier(own, midnight(made.today))
    assert {person.tier for person in made.people} == {"gold", "silver", "base"}


@settings(max_examples=25, deadline=None)
@given(any_day)
def test_the_past_holds_together_on_any_day(today: date) -> None:
    made = company(today)
    nothing_lies_in_the_future(made)
    parcels_fit_their_orders(made)
    people_exist_before_they_act(made)
    what_came_back_was_there(made)
    assert (len(made.people), len(made.orders), len(made.interactions)) == (60, 200, 600)


def nothing_lies_in_the_future(made: DemoCompany) -> None:
    moments = [order.placed_at for order in made.orders]
    moments += [line.at for line in made.interactions]
    moments += [case.opened_at for case in made.cases]
    moments += [case.closed_at for case in made.cases if case.closed_at]
    moments += [entry.at for entry in made.points]
    moments += [refund.sent_at or refund.due_at for refund in made.refunds]
    for back in made.returns:
        moments += [at for at in (back.announced_at, back.received_at, back.closed_at) if at]
    for order in made.orders:
        if order.shipment is not None:
            moments.append(order.shipment.shipped_at)
            moments += [order.shipment.delivered_at] if order.shipment.delivered_at else []
    assert all(moment.tzinfo is UTC for moment in moments)
    assert max(moments) < midnight(made.today)


def parcels_fit_their_orders(made: DemoCompany) -> None:
    for order in made.orders:
        parcel = order.shipment
        if order.status in {"placed", "paid", "packed", "cancelled"}:
            assert parcel is None
            continue
        assert parcel is not None
        assert order.placed_at < parcel.shipped_at
        assert parcel.shipped_at.date() < parcel.estimated_delivery
        if order.status == "shipped":
            assert (parcel.status, parcel.delivered_at) == ("in_transit", None)
        else:
            assert parcel.delivered_at is not None
            assert parcel.shipped_at < parcel.delivered_at
            assert parcel.status == order.status
    under_way = [order for order in made.orders if order.status == "shipped"]
    assert 2 <= len(under_way) < 20


def people_exist_before_they_act(made: DemoCompany) -> None:
    first = {person.id: person.created_at for person in made.people}
    assert all(first[order.person] < order.placed_at for order in made.orders)
    assert all(first[line.person] < line.at for line in made.interactions)


def what_came_back_was_there(made: DemoCompany) -> None:
    orders = {order.number: order for order in made.orders}
    for back in made.returns:
        parcel = orders[back.order].shipment
        assert parcel is not None
        assert parcel.delivered_at is not None
        assert parcel.delivered_at < back.announced_at < parcel.delivered_at + timedelta(days=30)
        moments = [back.announced_at, back.received_at, back.closed_at]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        assert all(0 < n <= orders[back.order].items[line].quantity for line, n in back.items)
        assert 0 < back.amount <= orders[back.order].total
    assert {r.order for r in made.refunds} >= {
        order.number for order in made.orders if order.status in ("cancelled", "returned")
    }


def test_every_order_is_sent_to_its_buyers_town() -> None:
    made = company()
    people = {person.id: person for person in made.people}
    for order in made.orders:
        lines = order.ships_to.splitlines()
        assert len(lines) == 3
        assert people[order.person].city in lines[1]
    homes = {(order.person, order.ships_to) for order in made.orders}
    assert len(homes) == len({person for person, _ in homes})


def test_points_are_a_euro_each_of_what_arrived_and_was_kept() -> None:
    made = company()
    for person in made.people:
        own = [o for o in made.orders if o.person == person.id and o.status == "delivered"]
        bought = sum(int(order.total - order.shipping_cost) for order in own)
        back = [r for r in made.returns if r.order in {order.number for order in own}]
        points = sum(entry.points for entry in made.points if entry.person == person.id)
        assert points <= bought
        assert points == bought or back


def test_the_mill_packs_on_working_days_only() -> None:
    promised = {"LA-20372", "LA-20391", "LA-20398"}
    for order in company().orders:
        if order.shipment is not None and order.number not in promised:
            assert is_working_day(order.shipment.shipped_at.date())
