"""What actions leave for designers: which article answered, which step a shared form asks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.conftest import perform
from tests.actions.fake_bridge import FakeBridge

ANSWER = "action_answer_question"
NEAR = {"slug": "lavare-merino", "title": "Come lavare la lana merino", "score": 0.4, "url": "-"}
WORDS = "sul cappotto di Giulia Ferraris come mi regolo"


async def test_a_question_without_an_article_is_a_gap(bridge: FakeBridge) -> None:
    outcome = await perform(ANSWER, WORDS, "garment_care")
    assert outcome.signals == {
        "knowledge_gap": {"intent": "garment_care", "nearest": None, "score": 0.0}
    }


async def test_the_nearest_article_is_named_with_its_score(bridge: FakeBridge) -> None:
    bridge.near = [NEAR]
    outcome = await perform(ANSWER, WORDS, "garment_care")
    assert outcome.signals["knowledge_gap"]["nearest"] == "lavare-merino"
    assert outcome.signals["knowledge_gap"]["score"] == 0.4


@pytest.mark.parametrize("form", [None, "order_status_form"])
async def test_an_article_that_answered_is_named(bridge: FakeBridge, form: str | None) -> None:
    outcome = await perform(ANSWER, "come lavo il merino?", "garment_care", form=form)
    assert outcome.signals == {
        "article_given": {"slug": "lavare-merino", "intent": "garment_care", "chosen": False}
    }


async def test_one_of_the_nearest_was_chosen(bridge: FakeBridge) -> None:
    outcome = await perform(
        ANSWER,
        "Come lavare la lana…",
        "garment_care",
        entities={"article": "lavare-merino"},
        slots={"last_question": WORDS},
        readings=["garment_care"],
    )
    assert outcome.signals["article_given"]["chosen"] is True


async def test_an_answer_that_did_not_help_is_named_with_its_question(bridge: FakeBridge) -> None:
    given = {"slug": "lavare-merino", "given_in": "m1"}
    outcome = await perform(
        "action_offer_case",
        "no",
        "deny",
        slots={"last_answer": given, "last_question": WORDS},
        previous=("m1", "garment_care"),
    )
    assert outcome.signals == {
        "article_not_helped": {"slug": "lavare-merino", "intent": "garment_care"}
    }


def request(**data: Any) -> dict[str, Any]:
    lines = [{"position": 0, "name": "Cardigan Betulla", "quantity": 1}]
    return {
        "matter": "return_item",
        "order": {"number": "LA-20381", "items": lines},
        "data": {"items": [0], "quantity": {"0": 1}, "reason": "size", **data},
    }


@pytest.mark.parametrize("how", ["first", "silent"])
async def test_a_shared_form_names_its_flow_and_step(bridge: FakeBridge, how: str) -> None:
    slots = {"request": request(), "asking": {"mode": how, "failures": 0}}
    outcome = await perform("action_ask_request_form_answer", slots=slots, form="request_form")
    assert outcome.signals == {
        "form_asks": {"form": "request_form", "flow": "return_item", "step": "confirm"}
    }


async def test_a_confirmed_request_is_filled(bridge: FakeBridge) -> None:
    slots = {"request": request(), "requested_slot": "answer"}
    outcome = await perform(
        "validate_request_form", "sì", "affirm", slots=slots, form="request_form"
    )
    assert outcome.signals == {"form_filled": {"form": "request_form", "flow": "return_item"}}


async def test_a_dropped_request_is_not(bridge: FakeBridge) -> None:
    slots = {"request": request(), "requested_slot": "answer"}
    outcome = await perform(
        "validate_request_form", "lascia stare", "deny", slots=slots, form="request_form"
    )
    assert outcome.slots["requested_slot"] is None
    assert outcome.signals == {}


async def test_a_story_told_at_once_fills_its_form(bridge: FakeBridge) -> None:
    outcome = await perform(
        "validate_delivery_problem_form",
        "Il pacco LA-20398 non è mai arrivato, sono passate due settimane",
        "parcel_missing",
        entities={"order_number": "LA-20398"},
        form="delivery_problem_form",
        starts=True,
    )
    assert outcome.signals == {"form_filled": {"form": "delivery_problem_form"}}


async def test_no_trace_holds_a_customers_words(bridge: FakeBridge) -> None:
    bridge.near = [NEAR]
    outcome = await perform(ANSWER, WORDS, "garment_care")
    assert "Giulia" not in str(outcome.signals)
