"""The four people and orders that docs, tests and the guided demo rely on, on any day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings

from crm_bridge.demo.model import DemoCompany, Shipment
from tests.demo.days import any_day, company, order, person

on_any_day = settings(max_examples=25, deadline=None)


def parcel(made: DemoCompany, number: str) -> Shipment:
    shipment = order(made, number).shipment
    assert shipment is not None
    return shipment


@on_any_day
@given(any_day)
def test_giulia_is_gold_and_her_parcel_is_due_in_two_days(today: date) -> None:
    made = company(today)
    giulia = person(made, "Giulia")
    assert (giulia.last_name, giulia.email) == ("Ferraris", "giulia.ferraris@example.com")
    assert (giulia.language, giulia.tier) == ("it", "gold")
    expected = order(made, "LA-20398")
    assert (expected.person, expected.status) == (giulia.id, "shipped")
    shipment = parcel(made, "LA-20398")
    assert shipment.status == "in_transit"
    assert shipment.estimated_delivery == today + timedelta(days=2)


@on_any_day
@given(any_day)
def test_emmas_parcel_is_four_days_late(today: date) -> None:
    made = company(today)
    emma = person(made, "Emma")
    assert (emma.last_name, emma.email) == ("Whitfield", "emma.whitfield@example.org")
    assert (emma.language, emma.tier) == ("en", "silver")
    expected = order(made, "LA-20391")
    assert (expected.person, expected.status) == (emma.id, "shipped")
    shipment = parcel(made, "LA-20391")
    assert shipment.delivered_at is None
    assert shipment.estimated_delivery == today - timedelta(days=4)


@on_any_day
@given(any_day)
def test_paolo_has_an_open_case_about_a_damaged_skein(today: date) -> None:
    made = company(today)
    paolo = person(made, "Paolo")
    assert (paolo.last_name, paolo.email) == ("Bianchetti", "paolo.bianchetti@example.net")
    assert (paolo.language, paolo.tier) == ("it", "base")
    expected = order(made, "LA-20372")
    assert (expected.person, expected.status) == (paolo.id, "delivered")
    delivered_at = parcel(made, "LA-20372").delivered_at
    assert delivered_at is not None
    assert delivered_at.date() == today - timedelta(days=9)
    (case,) = [case for case in made.cases if case.person == paolo.id]
    assert (case.status, case.topic) == ("open", "return_refund")
    assert case.order_number == "LA-20372"
    assert case.opened_at > delivered_at


@on_any_day
@given(any_day)
def test_toms_order_is_paid_and_not_yet_shipped(today: date) -> None:
    made = company(today)
    tom = person(made, "Tom")
    assert (tom.last_name, tom.email) == ("Ashworth", "tom.ashworth@example.com")
    assert (tom.language, tom.tier) == ("en", "base")
    expected = order(made, "LA-20400")
    assert (expected.person, expected.status) == (tom.id, "paid")
    assert expected.shipment is None


@on_any_day
@given(any_day)
def test_giulia_waits_for_a_refund_and_emma_got_hers(today: date) -> None:
    made = company(today)
    refunds = {refund.return_reference: refund for refund in made.refunds}
    due, sent = refunds["R-9KXH2"], refunds["R-6TD3W"]
    assert (order(made, due.order).person, due.sent_at) == (person(made, "Giulia").id, None)
    assert due.expected_by > today
    assert order(made, sent.order).person == person(made, "Emma").id
    assert sent.sent_at is not None
    assert sent.sent_at.date() <= sent.expected_by


def test_only_paolo_has_a_case_among_them() -> None:
    made = company()
    heroes = {p.id: p.first_name for p in made.people[:4]}
    assert [heroes[case.person] for case in made.cases if case.person in heroes] == ["Paolo"]


def test_api_handles_are_there_and_not_verified_so_that_the_demo_can_show_it() -> None:
    made = company()
    for first_name in ("Giulia", "Emma", "Paolo", "Tom"):
        handles = {i.channel: i for i in person(made, first_name).identities}
        assert handles["api"].handle == first_name.lower()
        assert not handles["api"].verified
        verified = [channel for channel, identity in handles.items() if identity.verified]
        assert verified == (["telegram"] if first_name == "Giulia" else [])


def test_nobody_else_shares_a_heros_first_name() -> None:
    names = [p.first_name for p in company().people]
    assert all(names.count(name) == 1 for name in ("Giulia", "Emma", "Paolo", "Tom"))
