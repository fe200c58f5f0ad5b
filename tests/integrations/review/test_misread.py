"""What was read with confidence, and wrongly: what shows it, and what looks like it and isn't."""

from __future__ import annotations

from typing import Any

import pytest

from .inboxes import Inbox

PERSON: dict[str, Any] = {"intent": "talk_to_human", "handoff": {"reason": "asked"}}
ITEMS: dict[str, Any] = {"form": "return_form", "slot": "items"}
ELSE: dict[str, Any] = {"actions": [{"name": "action_answer_question", "ok": True}]}
ASKS_AGAIN: dict[str, Any] = {**ITEMS, **ELSE}


async def reasons(inbox: Inbox) -> dict[str, list[str]]:
    """The inbox's messages with why they are in it."""
    await inbox.catch_up()
    return {text: each["reasons"] for text, each in (await inbox.messages()).items()}


# Asking for a person


async def test_who_plainly_asks_for_a_person_was_understood(inbox: Inbox) -> None:
    conversation = await inbox.says("vorrei parlare con una persona", **PERSON)
    assert await reasons(inbox) == {}
    # The case is there all the same.
    assert await inbox.world.handoff(conversation)


@pytest.mark.parametrize(
    "reading",
    [
        {"confidence": 0.6},
        {"also": {"intent": "order_status", "confidence": 0.9}},
        {"intent": "nlu_fallback", "rejected": True},
    ],
)
async def test_what_may_mean_something_else_too_comes_in(
    inbox: Inbox, reading: dict[str, Any]
) -> None:
    await inbox.says("un umano e il pacco", **{**PERSON, **reading})
    assert "escalated" in (await reasons(inbox))["un umano e il pacco"]


async def test_the_wish_before_it_is_the_one_to_look_at(inbox: Inbox) -> None:
    await inbox.says("ciao", intent="greet")
    await inbox.says("cambiare la mail", intent="change_address", confidence=0.98)
    await inbox.says("voglio una persona", **PERSON)
    assert await reasons(inbox) == {"cambiare la mail": ["escalated"]}
    shown = (await inbox.messages())["cambiare la mail"]
    assert shown["next"] == "handed_over"


@pytest.mark.parametrize(
    "before",
    [
        {"intent": "greet"},
        {"intent": "thank"},
        {"intent": "ask_bot"},
        {"intent": "complaint"},
        {"intent": "order_status", "payload": {"intent": "order_status", "entities": {}}},
    ],
)
async def test_what_says_no_wish_of_its_own_stays_out(inbox: Inbox, before: dict[str, Any]) -> None:
    await inbox.says("prima", **before)
    await inbox.says("voglio una persona", **PERSON)
    assert await reasons(inbox) == {}


async def test_an_answer_to_a_form_does_not_come_in_for_it(inbox: Inbox) -> None:
    await inbox.says("vorrei rendere il cardigan", intent="return_item", **ITEMS)
    await inbox.says("non lo so", intent="out_of_scope", **ITEMS)
    await inbox.says("voglio una persona", **PERSON)
    assert await reasons(inbox) == {}


async def test_a_wish_of_an_hour_ago_does_not_come_in_for_it(inbox: Inbox) -> None:
    await inbox.says("cambiare la mail", intent="change_address")
    inbox.world.clock.advance(2 * 3600.0)
    await inbox.says("voglio una persona", **PERSON)
    assert await reasons(inbox) == {}


async def test_a_tap_on_the_offered_person_accuses_nobody(inbox: Inbox) -> None:
    await inbox.says("cambiare la mail", intent="change_address")
    person = {"intent": "talk_to_human", "entities": {}}
    await inbox.says("Passami una persona", payload=person, **PERSON)
    assert await reasons(inbox) == {}


async def test_an_agents_label_still_reaches_the_request(inbox: Inbox) -> None:
    conversation = await inbox.says("mi chiamate?", **PERSON)
    await inbox.label(conversation, "store_info", None)
    assert await reasons(inbox) == {"mi chiamate?": ["labelled"]}


# Said twice to a form


async def test_an_answer_that_was_taken_for_a_question_and_said_again(inbox: Inbox) -> None:
    await inbox.says("vorrei fare un reso", intent="return_item", **ITEMS)
    first, then = "quello con il buono sconto di natale", "quello in sconto, il cardigan"
    await inbox.says(first, intent="promo_code", confidence=0.99, **ASKS_AGAIN)
    assert await reasons(inbox) == {}
    await inbox.says(then, intent="promo_code", form="return_form", slot="reason")
    assert await reasons(inbox) == {first: ["repeated"]}


@pytest.mark.parametrize(
    ("first", "then", "reading"),
    [
        # Nothing to do with the form, and answered.
        ("quanto costa la spedizione", "il cardigan", ASKS_AGAIN),
        ("mi serve anche la fattura", "il cardigan betulla", ASKS_AGAIN),
        # A question is none the less one for being followed by its own words.
        ("quando arriva il pacco grande?", "il pacco grande", ASKS_AGAIN),
        # The form took it, and asks for something else or for more of the same.
        ("il cardigan betulla", "il cardigan betulla", {**ELSE, "form": "f", "slot": "reason"}),
        ("era tutto bagnato", "era tutto bagnato fradicio", {**ITEMS, "actions": [
            {"name": "validate_return_form", "ok": True},
            {"name": "action_ask_return_form_items", "ok": True}]}),
    ],
)  # fmt: skip
async def test_an_ordinary_interruption_stays_out(
    inbox: Inbox, first: str, then: str, reading: dict[str, Any]
) -> None:
    await inbox.says("vorrei fare un reso", intent="return_item", **ITEMS)
    await inbox.says(first, intent="shipping_info", confidence=0.95, **reading)
    await inbox.says(then, intent="product_question", confidence=0.9, **ITEMS)
    assert await reasons(inbox) == {}


@pytest.mark.parametrize("intent", ["inform", "affirm", "nlu_ambiguous"])
async def test_values_and_courtesies_may_be_said_twice(inbox: Inbox, intent: str) -> None:
    await inbox.says("vorrei fare un reso", intent="return_item", **ITEMS)
    await inbox.says("ordine numero cinque", intent=intent, **ASKS_AGAIN)
    await inbox.says("ordine numero cinque", intent=intent, **ITEMS)
    assert "repeated" not in (await reasons(inbox)).get("ordine numero cinque", [])


async def test_out_of_any_form_nothing_is_asked_again(inbox: Inbox) -> None:
    await inbox.says("quello con il buono", intent="promo_code", **ELSE)
    await inbox.says("quello con il buono sconto", intent="promo_code", **ELSE)
    assert await reasons(inbox) == {}
