"""The form about what is to be done: each answer counts once, the customer has the last word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.conftest import CONVERSATION, Outcome, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.matter import returning

FORM = "request_form"
VALIDATE = f"validate_{FORM}"
ASK = f"action_ask_{FORM}_answer"


async def hear(text: str, intent: str = "nlu_fallback", **options: Any) -> Outcome:
    """A message while the form waits for an answer."""
    request = options.pop("request", None) or returning(confirm=None)
    slots = {"requested_slot": "answer", "request": request, **options.pop("slots", {})}
    return await perform(VALIDATE, text, intent, form=FORM, slots=slots, **options)


def data(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = outcome.slots["request"]["data"]
    return found


async def test_a_yes_fills_the_form() -> None:
    outcome = await hear("sì, confermo", "affirm")
    assert data(outcome)["confirm"]
    assert outcome.form_ended


async def test_each_step_is_asked_once_in_its_turn() -> None:
    request = returning(items=None, reason=None, confirm=None)
    first = await hear("i gomitoli", request=request)
    assert data(first)["items"] == [0]
    asked = await perform(ASK, form=FORM, slots=first.slots)
    assert asked.responses == ["utter_ask_return_item_quantity"]
    second = await hear("due", request=first.slots["request"])
    asked = await perform(ASK, form=FORM, slots=second.slots)
    assert asked.responses == ["utter_ask_return_item_reason"]
    third = await hear("", "inform", entities={"reason": "size"}, request=second.slots["request"])
    asked = await perform(ASK, form=FORM, slots=third.slots)
    assert asked.responses == ["utter_ask_return_item_confirm"]
    assert [b["title"] for b in asked.buttons] == ["Confermo", "Cambia qualcosa", "Lascia stare"]


@pytest.mark.parametrize(
    ("text", "intent", "change"),
    [
        ("no, i ferri", "deny", {"items": [1]}),
        ("no, quello sbagliato è il filato", "correct", {"items": [0]}),
        ("anche i ferri", "nlu_fallback", {"items": [1, 2]}),
        ("no, è difettoso", "correct", {"reason": "damaged"}),
        ("no tutto quanto", "correct", {"items": [0, 1, 2]}),
    ],
)
async def test_a_correction_before_the_yes(text: str, intent: str, change: dict[str, Any]) -> None:
    outcome = await hear(text, intent)
    assert {name: data(outcome)[name] for name in change} == change
    assert data(outcome)["confirm"] is None
    assert not outcome.form_ended


@pytest.mark.parametrize("text", ["non va bene", "non capisco", "🙂", "a" * 3000])
async def test_what_says_nothing_is_asked_again_then_with_a_way_out(text: str) -> None:
    first = await hear(text)
    assert first.slots["asking"]["mode"] == "again"
    second = await hear(text, slots={"asking": first.slots["asking"]})
    assert second.slots["asking"]["mode"] == "way_out"
    assert "request" not in second.slots
    asked = await perform(
        ASK, form=FORM, slots={"request": returning(confirm=None), **second.slots}
    )
    assert asked.responses[0] == "utter_request_way_out"


async def test_saying_the_same_again_corrects_nothing() -> None:
    assert "request" not in (await hear("il cardigan", "correct")).slots


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [
        ("no", "deny", "utter_form_left"),
        ("lascia stare", "deny", "utter_form_left"),
        ("ciao ciao", "goodbye", "utter_goodbye"),
    ],
)
async def test_leaving_drops_it_all(text: str, intent: str, said: str) -> None:
    outcome = await hear(text, intent)
    assert outcome.responses == [said]
    assert outcome.form_ended
    assert outcome.slots["request"] is outcome.slots["matter"] is outcome.slots["wish"] is None
    assert (await perform("action_finish_request", slots=outcome.slots)).responses == []


async def test_leaving_may_say_why() -> None:
    why = "lascia stare, alla fine è piaciuto a mia sorella e lo regalo a lei"
    outcome = await hear(why, "praise", drops=True)
    assert outcome.responses == ["utter_form_left"]
    assert outcome.slots["request"] is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("quanto costa la spedizione?", "shipping_info"),
        ("siete pessimi", "complaint"),
        ("voglio una persona", "talk_to_human"),
        ("quanto tempo ho per il reso?", "return_item"),
    ],
)
async def test_other_wishes_are_left_to_the_rules(text: str, intent: str) -> None:
    assert (await hear(text, intent)).rejected


async def test_starting_over_keeps_what_can_only_be_one_thing() -> None:
    request = returning()
    request["order"]["items"] = request["order"]["items"][2:]
    outcome = await hear(
        "Cambia qualcosa", "inform", entities={"choice": "change"}, request=request
    )
    assert data(outcome) == {"items": [2]}
    outcome = await hear("Cambia qualcosa", "inform", entities={"choice": "change"})
    assert data(outcome) == {}


async def test_another_number_means_another_order(bridge: FakeBridge) -> None:
    bridge.grant(CONVERSATION, "bruno")
    outcome = await hear("LA-20383", "inform", entities={"order_number": "LA-20383"})
    assert outcome.slots["request"]["order"]["number"] == "LA-20383"
    assert outcome.slots["requested_slot"] == "answer"
    outcome = await hear("LA-20310", "inform", entities={"order_number": "LA-20310"})
    assert outcome.responses == ["utter_return_too_late"]
    assert outcome.form_ended
    outcome = await hear("LA-20398", "inform", entities={"order_number": "LA-20398"})
    assert outcome.responses == ["utter_order_not_shown"]
    assert outcome.form_ended


@pytest.mark.parametrize(("intent", "rejected"), [("affirm", True), ("deny", False)])
async def test_a_yes_or_no_is_for_the_question_that_came_between(
    intent: str, rejected: bool
) -> None:
    slots = {"open_question": "offer_person", "asked_in": "m1"}
    outcome = await hear("sì" if rejected else "no", intent, slots=slots)
    assert outcome.rejected is rejected
    assert "request" not in outcome.slots
    if not rejected:
        assert outcome.slots["asking"]["mode"] == "resume"


async def test_a_resumed_form_asks_the_same_again() -> None:
    outcome = await hear("grazie", "thank", answered="utter_welcome")
    assert outcome.slots["asking"]["mode"] == "resume"
    asked = await perform(
        ASK, form=FORM, slots={"request": returning(confirm=None), **outcome.slots}
    )
    assert asked.responses == ["utter_request_resume", "utter_ask_return_item_confirm"]


async def test_a_form_without_a_request_ends_in_silence() -> None:
    outcome = await perform(VALIDATE, "boh", form=FORM, slots={"requested_slot": "answer"})
    assert outcome.form_ended
    assert (await perform(ASK, form=FORM)).responses == []
