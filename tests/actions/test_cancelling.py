"""Undoing an order: verified first, asked once more, never said before it is done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.conftest import perform
from tests.actions.fake_bridge import FakeBridge

STATUS = "action_order_status"
CANCEL = "action_cancel_order"
NUMBER = "LA-20400"


@pytest.fixture
def mine(bridge: FakeBridge) -> FakeBridge:
    """A verified customer who may still undo their order."""
    bridge.grant("c1", "tom")
    return bridge


def now(bridge: FakeBridge, status: str, *, cancel: bool) -> None:
    [order] = [one for one in bridge.people["tom"] if one["number"] == NUMBER]
    order["status"] = status
    order["allowed"] = {"cancel": cancel, "return_until": None}


async def ask_for_it(**options: Any) -> Any:
    return await perform(
        STATUS, "annullate tutto", "cancel_order", entities={"order_number": NUMBER}, **options
    )


async def test_a_stranger_is_verified_first_and_the_wish_is_kept(bridge: FakeBridge) -> None:
    outcome = await ask_for_it()
    assert outcome.slots["order_access"] == "needed"
    assert outcome.slots["matter"] == "cancel_order"
    assert outcome.slots["topic"] == "order_change"
    assert outcome.responses == []


async def test_once_verified_it_is_asked_before_it_is_done(mine: FakeBridge) -> None:
    now(mine, "paid", cancel=True)
    slots = {"matter": "cancel_order", "order_number": NUMBER}
    outcome = await perform("action_show_order", "482913", "inform", slots=slots)
    assert outcome.responses == ["utter_cancel_confirm"]
    assert outcome.slots["open_question"] == "cancel_order"
    assert outcome.slots["matter"] is None
    assert mine.cancelled == []


@pytest.mark.parametrize("language", ["it", "en"])
async def test_a_yes_undoes_it_and_says_so(mine: FakeBridge, language: str) -> None:
    now(mine, "paid", cancel=True)
    slots = {"order_number": NUMBER}
    outcome = await perform(CANCEL, "sì", "affirm", slots=slots, language=language)
    assert mine.cancelled == [NUMBER]
    assert outcome.responses == ["utter_cancelled"]
    assert NUMBER in outcome.report["effect"][language]


@pytest.mark.parametrize(
    ("status", "response"),
    [
        ("packed", "utter_cancel_packed"),
        ("shipped", "utter_cancel_too_late"),
        ("delivered", "utter_return_too_late"),
        ("returned", "utter_return_known"),
        ("cancelled", "utter_cancel_done_before"),
    ],
)
async def test_what_is_past_undoing_is_told(mine: FakeBridge, status: str, response: str) -> None:
    now(mine, status, cancel=False)
    outcome = await ask_for_it()
    assert outcome.responses == [response]
    offered = status in ("packed", "delivered", "returned")
    assert ("case_draft" in outcome.slots) is offered
    if offered:
        assert outcome.slots["case_draft"]["order_number"] == NUMBER


async def test_what_has_arrived_can_go_back(mine: FakeBridge) -> None:
    now(mine, "delivered", cancel=False)
    [order] = [one for one in mine.people["tom"] if one["number"] == NUMBER]
    order["allowed"]["return_until"] = "2026-12-20"
    outcome = await ask_for_it()
    assert outcome.responses == ["utter_cancel_arrived"]
    assert outcome.slots["open_question"] == "start_matter"
    assert outcome.slots["matter"] == "return_item"
    begin = outcome.buttons[0]["payload"]
    assert begin == f'/return_item{{"choice": "start", "order_number": "{NUMBER}"}}'


async def test_it_went_into_a_box_while_we_were_talking(mine: FakeBridge) -> None:
    now(mine, "packed", cancel=False)
    outcome = await perform(CANCEL, "sì", "affirm", slots={"order_number": NUMBER})
    assert mine.cancelled == []
    assert outcome.responses == ["utter_cancel_packed"]


async def test_the_grant_ran_out_before_the_yes(bridge: FakeBridge) -> None:
    outcome = await perform(CANCEL, "sì", "affirm", slots={"order_number": NUMBER})
    assert bridge.cancelled == []
    assert outcome.responses == []
    assert outcome.slots["matter"] == "cancel_order"
    assert outcome.follows == "order_status_form"


async def test_another_order_named_before_the_yes_is_left_alone(mine: FakeBridge) -> None:
    now(mine, "paid", cancel=True)
    asked = await ask_for_it()
    assert asked.slots["cancelling"] == NUMBER
    slots = {**asked.slots, "order_number": "LA-20401"}
    outcome = await perform(CANCEL, "sì", "affirm", slots=slots)
    assert mine.cancelled == [NUMBER]
    assert NUMBER in outcome.text


@pytest.mark.parametrize(("form", "question"), [(None, "cancel_order"), ("request_form", None)])
async def test_of_two_wishes_the_yes_is_for_the_first_unless_a_form_asks(
    bridge: FakeBridge, form: str | None, question: str | None
) -> None:
    slots = {"open_question": "cancel_order", "asked_in": "m1"}
    outcome = await perform(
        "action_resolve_question",
        "sì",
        "affirm",
        slots=slots,
        form=form,
        previous=("m1/2", "product_question"),
    )
    assert outcome.slots["open_question"] == (question or "nothing")


async def test_a_broken_bridge_promises_nothing(mine: FakeBridge) -> None:
    mine.fail("/v1/orders", 500)
    mine.fail("/v1/orders", 500)
    outcome = await perform(CANCEL, "sì", "affirm", slots={"order_number": NUMBER})
    assert outcome.responses == ["utter_trouble_orders"]
    assert outcome.signals == {"action_failed": {"name": CANCEL}}
    again = outcome.buttons[0]["payload"]
    assert again == f'/cancel_order{{"choice": "start", "order_number": "{NUMBER}"}}'


async def test_in_public_nothing_is_cancelled(mine: FakeBridge) -> None:
    now(mine, "paid", cancel=True)
    outcome = await ask_for_it(public=True)
    assert outcome.responses == ["utter_write_privately"]


async def test_asking_where_it_is_forgets_the_wish(mine: FakeBridge) -> None:
    now(mine, "paid", cancel=True)
    outcome = await perform(
        STATUS,
        "dov'è?",
        "order_status",
        entities={"order_number": NUMBER},
        slots={"matter": "cancel_order"},
    )
    assert outcome.responses == ["utter_order_paid"]
    assert outcome.slots["matter"] is None
