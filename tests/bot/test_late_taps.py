"""A tapped yes or no belongs to the question it stands under."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.care import late_taps
from bot.care.output import CareOutput
from bot.care.requests import IncomingMessage, Payload

SLOTS = [AnySlot(name, mappings=[{}]) for name in ("asked_in", "open_question", "requested_slot")]


def tap(intent: str = "affirm", asked_in: str | None = "m1") -> IncomingMessage:
    return IncomingMessage("m9", "Sì", Payload(intent, {}, asked_in), "it", 0.0)


def tracker(*events: Event, messages: int = 1) -> DialogueStateTracker:
    said = [
        UserUttered("…", metadata={"message_id": f"m{number + 1}"}) for number in range(messages)
    ]
    return DialogueStateTracker.from_events("c1", [*said, *events], slots=SLOTS)


async def reply(**button: Any) -> dict[str, Any]:
    output = CareOutput("api")
    await output.send_response("c1", {"text": "Va bene?", "buttons": [{"title": "Sì", **button}]})
    said = output.said.reply("m1")
    assert said is not None
    payload: dict[str, Any] = said["buttons"][0]["payload"]
    return payload


async def test_a_bare_yes_remembers_its_question() -> None:
    assert await reply(payload="/affirm") == {"intent": "affirm", "entities": {"asked_in": "m1"}}
    assert await reply(payload="/deny") == {"intent": "deny", "entities": {"asked_in": "m1"}}


@pytest.mark.parametrize(
    ("payload", "entities"),
    [
        ("/talk_to_human", {}),
        ('/affirm{"choice": "retry"}', {"choice": "retry"}),
        ('/inform{"choice": "give_up"}', {"choice": "give_up"}),
    ],
)
async def test_what_says_itself_what_it_means_needs_none(
    payload: str, entities: dict[str, str]
) -> None:
    assert (await reply(payload=payload))["entities"] == entities


def test_a_tap_right_after_the_question_is_an_answer() -> None:
    assert not late_taps.is_late(tap(), tracker())


def test_the_second_wish_of_a_message_is_no_other_message() -> None:
    second = UserUttered("…", metadata={"message_id": "m1/2"})
    assert not late_taps.is_late(tap(), tracker(second))


def test_a_tap_after_another_message_is_late() -> None:
    assert late_taps.is_late(tap(), tracker(messages=2))


def test_buttons_from_before_there_was_a_mark_are_answers() -> None:
    assert not late_taps.is_late(tap(asked_in=None), tracker(messages=2))


def test_in_an_open_form_its_question_is_put_again() -> None:
    asked = tracker(ActiveLoop("request_form"), messages=2)
    assert late_taps.in_its_place(tap("deny"), asked).payload == Payload("repeat", {})


@pytest.mark.parametrize("question", ["cancel_order", "offer_case", "offer_person", "start_matter"])
def test_what_a_yes_would_set_going_is_asked_again(question: str) -> None:
    asked = tracker(SlotSet("open_question", question), SlotSet("asked_in", "m2"), messages=2)
    assert late_taps.in_its_place(tap(), asked).payload == Payload("repeat", {})


@pytest.mark.parametrize(
    ("question", "asked_in"), [("did_it_help", "m2"), ("cancel_order", "m1"), (None, None)]
)
def test_where_nothing_waits_it_is_only_a_word(question: str | None, asked_in: str | None) -> None:
    asked = tracker(SlotSet("open_question", question), SlotSet("asked_in", asked_in), messages=2)
    message = tap()
    assert late_taps.in_its_place(message, asked) == message
