"""The order's number: asked for, found in what is said, given up."""

from __future__ import annotations

import pytest

from tests.actions.conftest import found, perform
from tests.actions.order_form import ASK_NUMBER, FORM, VALIDATE, hear_number


async def test_the_form_asks_for_the_number_first() -> None:
    outcome = await perform(VALIDATE, "dov'è?", "order_status", form=FORM, starts=True)
    assert outcome.slots["requested_slot"] == "order_number"


async def test_a_number_that_is_known_is_not_asked_for() -> None:
    outcome = await perform(
        VALIDATE, "?", "order_status", form=FORM, starts=True, slots={"order_number": "LA-20398"}
    )
    assert outcome.slots["requested_slot"] == "code"
    assert outcome.slots["code"] is None


async def test_a_number_is_taken() -> None:
    outcome = await hear_number("LA-20398", entities={"order_number": "LA-20398"})
    assert outcome.slots["order_number"] == "LA-20398"
    assert outcome.slots["requested_slot"] == "code"


async def test_five_bare_digits_are_a_number_where_one_was_asked_for() -> None:
    outcome = await hear_number("penso 20398 ma non ci giuro", "nlu_fallback")
    assert outcome.slots["order_number"] == "LA-20398"


@pytest.mark.parametrize(
    "numbers",
    [
        found(("order_number", "LA-20398", "not"), ("order_number", "LA-20391")),
        found(("order_number", "LA-20391"), ("order_number", "LA-20398", "not")),
    ],
    ids=["first", "last"],
)
async def test_a_number_that_is_taken_back_is_not_taken(numbers: list[dict[str, str]]) -> None:
    outcome = await hear_number("non il 20398, il 20391", "correct", entities=numbers)
    assert outcome.slots["order_number"] == "LA-20391"


async def test_five_digits_that_are_taken_back_are_no_number() -> None:
    numbers = found(("order_number", "LA-20398", "not"))
    outcome = await hear_number("non è LA-20398", "correct", entities=numbers)
    assert outcome.slots.get("order_number") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("non ce l'ho", "it"), ("dove lo trovo?", "it"), ("I don't have it", "en")],
)
async def test_without_a_number_it_tells_where_to_look(text: str, language: str) -> None:
    heard = await hear_number(text, "deny", language=language)
    assert heard.slots["asking"]["mode"] == "where"
    asked = await perform(ASK_NUMBER, form=FORM, slots=heard.slots, language=language)
    assert asked.responses == ["utter_ask_order_number_where"]


async def test_not_understood_is_asked_differently_then_with_a_way_out() -> None:
    first = await hear_number("mah", "nlu_fallback")
    assert first.slots["asking"] == {"mode": "again", "failures": 1}
    second = await hear_number("mah", "nlu_fallback", slots={"asking": first.slots["asking"]})
    assert second.slots["asking"]["mode"] == "way_out"
    asked = await perform(ASK_NUMBER, form=FORM, slots=second.slots)
    assert asked.responses == ["utter_ask_order_number_way_out"]
    drop = '/inform{"choice": "give_up"}'
    assert [b["payload"] for b in asked.buttons] == ["/talk_to_human", drop]
    assert asked.slots["open_question"] == "offer_person"


@pytest.mark.parametrize(
    "intent", ["return_item", "product_question", "complaint", "thank", "deny", "goodbye"]
)
async def test_other_messages_are_left_to_the_rules(intent: str) -> None:
    assert (await hear_number("…", intent)).rejected


async def test_a_question_with_a_number_in_it_is_the_number() -> None:
    outcome = await hear_number("no, è LA-20391", "deny", entities={"order_number": "LA-20391"})
    assert outcome.slots["order_number"] == "LA-20391"


async def test_after_an_interruption_the_form_goes_on() -> None:
    resumed = await perform(
        VALIDATE,
        "quanto costa un reso?",
        "return_item",
        form=FORM,
        answered="action_answer_question",
        slots={"requested_slot": "order_number"},
    )
    assert resumed.slots["requested_slot"] == "order_number"
    asked = await perform(ASK_NUMBER, form=FORM, slots=resumed.slots)
    assert asked.responses == ["utter_ask_order_number_resume"]


async def test_what_is_not_ours_counts_as_not_understood() -> None:
    resumed = await perform(
        VALIDATE,
        "che tempo fa?",
        "out_of_scope",
        form=FORM,
        answered="utter_out_of_scope",
        slots={"requested_slot": "order_number", "asking": {"mode": "resume", "failures": 1}},
    )
    assert resumed.slots["asking"]["mode"] == "way_out"


@pytest.mark.parametrize(
    "text", ["lascia stare", "lasci perdere", "lasciate stare", "never mind", "annulla"]
)
async def test_giving_up_ends_the_form(text: str) -> None:
    outcome = await hear_number(text, "nlu_fallback")
    assert outcome.responses == ["utter_form_left"]
    assert outcome.form_ended
    assert outcome.slots["order_access"] == "refused"


@pytest.mark.parametrize("text", ["annulla l'ordine", "cancel my order"])
async def test_cancelling_the_order_is_not_giving_up(text: str) -> None:
    assert (await hear_number(text, "return_item")).rejected


@pytest.mark.parametrize("text", ["non lasciate stare", "non lascio perdere", "don't forget it"])
async def test_holding_on_is_not_giving_up(text: str) -> None:
    outcome = await hear_number(text, "deny")
    assert "utter_form_left" not in outcome.responses
    assert outcome.slots["requested_slot"] == "order_number"


async def test_a_question_is_not_lost_in_giving_up() -> None:
    assert (await hear_number("non importa, come si lava?", "garment_care")).rejected


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("lascia stare, il pacco è arrivato proprio adesso, tutto bene", "parcel_late"),
        ("never mind, I sorted it out with the courier this morning", "order_problem"),
    ],
)
async def test_who_drops_it_first_may_say_why(text: str, intent: str) -> None:
    outcome = await hear_number(text, intent, drops=True)
    assert outcome.responses == ["utter_form_left"]
    assert outcome.form_ended


async def test_who_drops_it_and_tells_what_is_wrong_is_heard() -> None:
    outcome = await hear_number("lascia stare, è arrivato bucato", "item_damaged", drops=True)
    assert outcome.rejected


@pytest.mark.parametrize(
    "text", ["never mind, found it: LA-20391", "never mind. wait, found it: LA-20391"]
)
async def test_a_number_that_turns_up_after_all_counts(text: str) -> None:
    found = {"order_number": "LA-20391"}
    outcome = await hear_number(text, "correct", entities=found, drops=True)
    assert outcome.slots["order_number"] == "LA-20391"
    assert outcome.slots["requested_slot"] == "code"
