"""The case of a delivery that went wrong: opened once, with a reference and the facts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.fake_orders import day, order
from tests.actions.problem_form import OPEN

DRAFT = {"topic": "delivery_problem", "summary": "bagnato", "order_number": None, "kind": "damaged"}


async def test_a_case_is_opened_and_named(bridge: FakeBridge) -> None:
    outcome = await perform(OPEN, slots={"case_draft": DRAFT})
    assert "pratica C-7K2M2" in outcome.text
    assert outcome.signals == {"problem": {"topic": "delivery_problem"}}
    assert outcome.report["effect"] == {
        "it": "Ha aperto la pratica C-7K2M2",
        "en": "Opened case C-7K2M2",
    }
    [request] = bridge.calls("POST", "/v1/cases")
    assert request["key"] == "t1:m2:action_open_case:1"
    assert "order_number" not in request["body"]
    assert outcome.slots["case_draft"] is None


async def test_a_repeated_turn_opens_one_case(bridge: FakeBridge) -> None:
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    again = await perform(OPEN, slots={"case_draft": DRAFT})
    assert first.text == again.text
    assert len(bridge.cases) == 1


async def test_the_same_thing_twice_is_one_case_unless_wanted(bridge: FakeBridge) -> None:
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    again = await perform(OPEN, slots={**first.slots, "case_draft": DRAFT}, message_id="m3")
    assert again.responses == ["utter_case_already_open"]
    assert again.slots["open_question"] == "offer_case"
    another = await perform(OPEN, slots={**first.slots, **again.slots}, message_id="m4")
    assert another.responses == ["utter_case_opened"]


async def test_nothing_is_read_without_a_grant(bridge: FakeBridge) -> None:
    draft = {**DRAFT, "order_number": "LA-20398", "kind": "not_arrived", "look": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == ["utter_case_opened_order"]


@pytest.mark.parametrize(
    ("person", "number", "responses"),
    [
        ("emma", "LA-20391", ["utter_facts_late", "utter_case_opened_order"]),
        ("paolo", "LA-20372", ["utter_facts_delivered", "utter_case_opened_order"]),
        ("giulia", "LA-20398", ["utter_facts_in_time"]),
        ("tom", "LA-20400", ["utter_facts_not_shipped"]),
    ],
)
async def test_a_verified_customer_hears_the_facts(
    bridge: FakeBridge, person: str, number: str, responses: list[str]
) -> None:
    bridge.grant(CONVERSATION, person)
    draft = {**DRAFT, "order_number": number, "kind": "not_arrived", "look": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == responses
    opened = "utter_case_opened_order" in responses
    assert len(bridge.cases) == int(opened)
    if not opened:
        assert outcome.slots["open_question"] == "offer_case"
        yes = await perform(OPEN, slots=outcome.slots)
        assert yes.responses == ["utter_case_opened_order"]


async def test_a_parcel_without_a_day_is_just_travelling(bridge: FakeBridge) -> None:
    bridge.people["giulia"] = [order("LA-20398", "shipped")]
    bridge.grant(CONVERSATION, "giulia")
    draft = {**DRAFT, "order_number": "LA-20398", "kind": "not_arrived", "look": True}
    assert (await perform(OPEN, slots={"case_draft": draft})).responses == [
        "utter_facts_travelling"
    ]


async def test_damage_needs_no_lecture_about_the_shipment(bridge: FakeBridge) -> None:
    bridge.people["giulia"] = [order("LA-20398", "shipped", estimated_delivery=day(2))]
    bridge.grant(CONVERSATION, "giulia")
    draft = {**DRAFT, "order_number": "LA-20398", "look": True, "sorry": True}
    outcome = await perform(OPEN, slots={"case_draft": draft})
    assert outcome.responses == ["utter_sorry_for_problem", "utter_case_opened_order"]


@pytest.mark.parametrize("language", ["it", "en"])
async def test_the_bridge_is_away_and_the_story_is_kept(
    broken: Callable[[str], None], language: str
) -> None:
    broken("/v1/cases")
    outcome = await perform(OPEN, slots={"case_draft": DRAFT}, language=language)
    assert outcome.responses == ["utter_trouble_case"]
    assert outcome.signals == {"action_failed": {"name": OPEN}}
    assert "case_draft" not in outcome.slots
    assert outcome.slots["open_question"] == "offer_case"
    assert outcome.buttons[0]["payload"] == '/affirm{"choice": "retry_case"}'


async def test_a_try_after_an_answer_that_got_lost_opens_no_second_case(bridge: FakeBridge) -> None:
    bridge.lose_answer("/v1/cases")
    bridge.lose_answer("/v1/cases")
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    assert first.signals.keys() == {"action_failed"}
    slots = {"case_draft": DRAFT, **first.slots}
    again = await perform(OPEN, slots=slots, message_id="m3")
    assert again.signals.keys() == {"action_failed"}
    last = await perform(OPEN, slots={**slots, **again.slots}, message_id="m4")
    assert "pratica C-7K2M2" in last.text
    assert len(bridge.cases) == 1
    assert last.slots["unanswered"] is None


async def test_another_story_after_an_answer_that_got_lost_is_another_case(
    bridge: FakeBridge,
) -> None:
    bridge.lose_answer("/v1/cases")
    first = await perform(OPEN, slots={"case_draft": DRAFT})
    slots = {**first.slots, "case_draft": {**DRAFT, "summary": "manca un gomitolo"}}
    await perform(OPEN, slots=slots, message_id="m3")
    assert [case["summary"] for case in bridge.cases] == ["bagnato", "manca un gomitolo"]
