"""Where an order is: only what the bridge lets this conversation see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actions import order_words
from actions.dates import day_of, spoken
from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.fake_orders import day, order

ACTION = "action_order_status"


async def test_a_stranger_must_be_verified_and_learns_nothing(bridge: FakeBridge) -> None:
    outcome = await perform(
        ACTION, "dov'è LA-20398", "order_status", entities={"order_number": "LA-20398"}
    )
    assert outcome.slots["order_access"] == "needed"
    assert outcome.text == ""


async def test_slots_are_no_proof(bridge: FakeBridge) -> None:
    claims = {"customer_level": "verified", "code": "accepted", "order_access": "granted"}
    outcome = await perform(ACTION, "dov'è?", "order_status", slots=claims)
    assert outcome.slots["order_access"] == "needed"


async def test_a_verified_customer_sees_the_order_at_once(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(ACTION, "dov'è il mio ordine?", "order_status")
    assert outcome.slots["order_access"] == "answered"
    assert "LA-20398 (4 × Merino Oropa, Ferri 4 mm) è in viaggio" in outcome.text
    assert "BRT, tracking BRT2039877" in outcome.text
    assert spoken(date.fromisoformat(day(2)), "it") in outcome.text


async def test_a_late_order_is_admitted_and_a_case_offered(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "emma")
    outcome = await perform(ACTION, "where is it?", "order_status", language="en")
    assert "is late, and I'm sorry" in outcome.text
    assert spoken(date.fromisoformat(day(-4)), "en") in outcome.text
    assert outcome.slots["open_question"] == "offer_case"
    assert outcome.slots["case_draft"]["topic"] == "delivery_problem"
    assert outcome.buttons[0] == {"title": "Open a case", "payload": "/affirm"}


@pytest.mark.parametrize(
    ("person", "response"), [("paolo", "utter_order_delivered"), ("tom", "utter_order_paid")]
)
async def test_other_states(bridge: FakeBridge, person: str, response: str) -> None:
    bridge.grant(CONVERSATION, person)
    assert (await perform(ACTION, "dov'è?", "order_status")).responses == [response]


async def test_several_orders_are_a_choice(bridge: FakeBridge) -> None:
    bridge.people["giulia"].insert(0, order("LA-20399", "paid"))
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(ACTION, "dov'è il mio ordine?", "order_status")
    assert outcome.responses == ["utter_choose_order"]
    assert [b["payload"] for b in outcome.buttons] == [
        '/inform{"order_number": "LA-20399"}',
        '/inform{"order_number": "LA-20398"}',
    ]
    assert all(len(b["title"]) <= 20 for b in outcome.buttons)


@pytest.mark.parametrize("text", ["e l'altro ordine?", "show me all my orders"])
async def test_another_order_is_one_of_the_others(bridge: FakeBridge, text: str) -> None:
    bridge.people["giulia"].append(order("LA-20311", "delivered", delivered_at=day(-30)))
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(ACTION, text, "order_status", slots={"order_number": "LA-20398"})
    assert [b["payload"] for b in outcome.buttons] == ['/inform{"order_number": "LA-20311"}']


async def test_a_tapped_order_is_shown(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(ACTION, "", "inform", entities={"order_number": "LA-20398"})
    assert outcome.responses == ["utter_order_shipped"]


async def test_anothers_order_needs_its_own_code(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(
        ACTION, "e LA-20391?", "order_status", entities={"order_number": "LA-20391"}
    )
    assert outcome.slots["order_access"] == "needed"
    assert outcome.text == ""


async def test_no_orders(bridge: FakeBridge) -> None:
    bridge.people["nobody"] = []
    bridge.grant(CONVERSATION, "nobody")
    assert (await perform(ACTION, "?", "order_status")).responses == ["utter_no_orders"]


async def test_an_order_that_vanished(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    bridge.fail("/v1/orders/", 404)
    outcome = await perform(ACTION, "?", "inform", entities={"order_number": "LA-20398"})
    assert outcome.responses == ["utter_order_unknown"]


async def test_nothing_personal_in_public(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform(ACTION, "dov'è il mio ordine?", "order_status", public=True)
    assert outcome.responses == ["utter_write_privately"]
    assert bridge.requests == []


async def test_a_code_that_nobody_asked_for(bridge: FakeBridge) -> None:
    outcome = await perform(ACTION, "123456", "inform", entities={"code": "123456"})
    assert outcome.responses == ["utter_inform_unclear"]
    assert outcome.slots["order_access"] == "answered"


@pytest.mark.parametrize("language", ["it", "en"])
async def test_the_bridge_is_away(broken: Callable[[str], None], language: str) -> None:
    broken("/v1/orders")
    outcome = await perform(ACTION, "?", "order_status", language=language)
    assert outcome.responses == ["utter_trouble_orders"]
    assert outcome.signals == {"action_failed": {"name": ACTION}}
    assert outcome.report == {"name": ACTION, "ok": False, "effect": None}
    assert outcome.slots["order_access"] == "answered"


async def test_our_own_mistakes_are_apologised_for_too(bridge: FakeBridge) -> None:
    bridge.fail("/v1/orders", 401, "unauthenticated")
    outcome = await perform(ACTION, "?", "order_status")
    assert outcome.responses == ["utter_trouble_orders"]


async def test_a_number_after_an_answer_is_for_a_case(bridge: FakeBridge) -> None:
    slots = {
        "open_question": "did_it_help",
        "asked_in": "m1",
        "topic": "return_refund",
        "last_question": "posso annullare?",
    }
    number = {"order_number": "LA-20400"}
    outcome = await perform(ACTION, "LA-20400", "inform", entities=number, slots=slots)
    assert outcome.slots["case_draft"] == {
        "topic": "return_refund",
        "summary": "posso annullare?",
        "order_number": "LA-20400",
    }
    assert outcome.slots["open_question"] == "offer_case"
    assert [b["payload"] for b in outcome.buttons] == [
        "/affirm",
        "/deny",
        '/order_status{"order_number": "LA-20400"}',
    ]


async def test_after_the_code_the_order_is_shown(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "giulia")
    outcome = await perform("action_show_order", slots={"order_number": "LA-20398"})
    assert outcome.responses == ["utter_order_shipped"]


async def test_even_after_a_code_the_bridge_decides(bridge: FakeBridge) -> None:
    outcome = await perform(
        "action_show_order", slots={"order_number": "LA-20398", "code": "accepted"}
    )
    assert outcome.responses == ["utter_order_not_shown"]
    assert outcome.slots["open_question"] == "offer_person"


def test_days_are_the_shops() -> None:
    assert day_of("2026-11-21T23:30:00Z") == date(2026, 11, 22)
    assert day_of("2026-11-21") == date(2026, 11, 21)
    assert day_of("soon") is None
    assert day_of(None) is None


@pytest.mark.parametrize(
    ("language", "day_", "text"),
    [
        ("it", date(2026, 11, 26), "giovedì 26 novembre"),
        ("en", date(2026, 11, 26), "Thursday 26 November"),
        ("it", date(2026, 11, 23), "domani, lunedì 23 novembre"),
        ("en", date(2026, 11, 21), "yesterday, Saturday 21 November"),
        ("it", date(2026, 11, 22), "oggi, domenica 22 novembre"),
        ("en", date(2027, 1, 4), "Monday 4 January 2027"),
    ],
)
def test_days_are_spoken(language: str, day_: date, text: str) -> None:
    assert spoken(day_, language, now=date(2026, 11, 22)) == text


def test_items_are_named_shortly() -> None:
    lines = [{"name": "Mucrone Granito (lana aran, 100 g)", "quantity": 9}]
    assert order_words.items({"items": lines}, "it") == "9 × Mucrone Granito"


def test_long_orders_are_cut_short() -> None:
    lines = [{"name": f"Filato {n}", "quantity": 1} for n in range(5)]
    assert order_words.items({"items": lines}, "it").endswith("Filato 2 e altri 2 articoli")
    assert order_words.items({"items": lines[:4]}, "it").endswith("e un altro articolo")
    assert order_words.items({"items": lines[:4]}, "en").endswith("Filato 2 and 1 more")


def test_late_is_the_day_after() -> None:
    due = {"status": "shipped", "shipment": {"estimated_delivery": "2026-11-22"}}
    assert not order_words.is_late(due, date(2026, 11, 22))
    assert order_words.is_late(due, date(2026, 11, 23))
