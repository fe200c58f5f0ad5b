"""Which of two things is meant: the customer taps, and what they wrote counts."""

from __future__ import annotations

import pytest
import yaml

from actions.clarify import meanings
from tests.actions.conftest import perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.responses import ROOT
from tests.actions.test_responses import DOMAIN

CLARIFY = "action_clarify"
UNCLEAR = {"text": "il reso e i soldi?", "asked_in": "m1"}


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("it", ["Fare un reso", "Il mio rimborso", "Altro"]),
        ("en", ["Return something", "My refund", "Something else"]),
    ],
)
async def test_the_two_likeliest_are_offered(language: str, titles: list[str]) -> None:
    readings = ["return_item", "refund_status", "cancel_order"]
    outcome = await perform(
        CLARIFY, "il reso e i soldi?", "nlu_ambiguous", language=language, readings=readings
    )
    assert outcome.responses == ["utter_clarify"]
    assert [button["title"] for button in outcome.buttons] == titles
    assert outcome.buttons[1]["payload"] == "/refund_status"
    assert outcome.slots["unclear"] == {"text": "il reso e i soldi?", "asked_in": "m2"}


async def test_the_tap_is_answered_with_the_words_written_before(bridge: FakeBridge) -> None:
    outcome = await perform("action_answer_question", "", "return_item", slots={"unclear": UNCLEAR})
    [request] = bridge.requests
    assert request["query"]["q"] == UNCLEAR["text"]
    assert outcome.slots["last_question"] == UNCLEAR["text"]


async def test_an_older_message_doesnt_count(bridge: FakeBridge) -> None:
    slots = {"unclear": {**UNCLEAR, "asked_in": "m0"}}
    outcome = await perform("action_answer_question", "", "return_item", slots=slots)
    assert outcome.responses == ["utter_ask_question"]


async def test_a_story_told_ambiguously_isnt_told_twice(bridge: FakeBridge) -> None:
    slots = {"unclear": {"text": "il maglione è arrivato bucato, soldi?", "asked_in": "m1"}}
    outcome = await perform(
        "validate_delivery_problem_form",
        "",
        "item_damaged",
        slots=slots,
        form="delivery_problem_form",
        starts=True,
    )
    assert outcome.slots["problem"] == "il maglione è arrivato bucato, soldi?"
    assert outcome.slots["requested_slot"] == "order_number"


async def test_neither_of_the_two(bridge: FakeBridge) -> None:
    outcome = await perform("action_order_status", "", "inform", entities={"choice": "neither"})
    assert outcome.responses == ["utter_rephrase"]


def test_every_intent_that_can_be_asked_for_has_its_button() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    [classifier] = [c for c in config["pipeline"] if "never_asked" in c]
    ruled = {"inform", "nlu_fallback", "nlu_ambiguous", classifier["out_of_scope_intent"]}
    assert set(meanings()) == set(DOMAIN["intents"]) - ruled - set(classifier["never_asked"])
    for titles in meanings().values():
        assert set(titles) == {"it", "en"}
        assert all(1 <= len(title) <= 20 for title in titles.values())
    for group in classifier["same_answer"]:
        assert set(group) <= set(DOMAIN["intents"])
