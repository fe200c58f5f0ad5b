"""What is put on record, repeated, or passed on at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.intents import INTERRUPTING, RECORDED, REQUESTS, topic_of
from tests.actions.conftest import perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.test_responses import DOMAIN

RECORD = "action_record"


@pytest.mark.parametrize("intent", sorted(RECORDED - {"stop_messages"}))
@pytest.mark.parametrize("language", ["it", "en"])
async def test_a_wish_becomes_a_case_of_its_topic(
    bridge: FakeBridge, intent: str, language: str
) -> None:
    outcome = await perform(RECORD, "ecco cosa vorrei", intent, language=language)
    [call] = bridge.calls("POST", "/v1/cases")
    assert call["body"]["topic"] == topic_of(intent) != "other"
    assert call["body"]["summary"] == "ecco cosa vorrei"
    assert outcome.responses == [f"utter_recorded_{intent}"]
    assert "C-" in outcome.text


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    ("intent", "purpose", "granted"),
    [
        ("newsletter_on", "newsletter", True),
        ("newsletter_off", "newsletter", False),
        ("stop_messages", "messages", False),
    ],
)
async def test_a_consent_of_a_known_address_is_recorded_and_that_is_all(
    bridge: FakeBridge, intent: str, purpose: str, granted: bool, language: str
) -> None:
    bridge.has_email = True
    outcome = await perform(RECORD, "ecco cosa vorrei", intent, language=language)
    [call] = bridge.calls("POST", "/v1/consents")
    assert (call["body"]["purpose"], call["body"]["granted"]) == (purpose, granted)
    assert call["body"]["words"] == "ecco cosa vorrei"
    assert outcome.responses == [f"utter_consent_{intent}"]
    assert bridge.calls("POST", "/v1/cases") == []


async def test_no_more_messages_needs_no_address(bridge: FakeBridge) -> None:
    outcome = await perform(RECORD, "basta scrivermi", "stop_messages")
    assert outcome.responses == ["utter_consent_stop_messages"]


@pytest.mark.parametrize("intent", ["privacy_export", "stop_messages", "newsletter_off"])
async def test_where_others_read_nothing_personal_is_recorded(
    bridge: FakeBridge, intent: str
) -> None:
    outcome = await perform(RECORD, "cancellatemi", intent, public=True)
    assert outcome.responses == ["utter_write_privately"]
    assert bridge.requests == []


async def test_an_idea_may_be_public(bridge: FakeBridge) -> None:
    outcome = await perform(RECORD, "fate il merino verde bosco?", "idea", public=True)
    assert outcome.responses == ["utter_recorded_idea"]


async def test_nothing_recorded_is_said_so(broken: Callable[[str], None]) -> None:
    broken("/v1/cases")
    outcome = await perform(RECORD, "cancellate i miei dati", "privacy_erase")
    assert outcome.responses == ["utter_trouble_record"]
    assert outcome.signals == {"action_failed": {"name": RECORD}}


@pytest.mark.parametrize("intent", sorted(REQUESTS))
async def test_what_a_colleague_can_do_is_offered(bridge: FakeBridge, intent: str) -> None:
    words = "annullate il mio ordine LA-20372, reso non serve"
    outcome = await perform(
        "action_answer_question", words, intent, entities={"order_number": "LA-20372"}
    )
    assert outcome.slots["open_question"] == "offer_case"
    assert outcome.slots["case_draft"] == {
        "topic": topic_of(intent),
        "summary": words,
        "order_number": "LA-20372",
    }
    await perform("action_open_case", "sì", "affirm", slots=outcome.slots)
    [call] = bridge.calls("POST", "/v1/cases")
    assert call["body"]["summary"] == words


async def test_a_serious_matter_goes_to_a_person_with_the_words() -> None:
    words = "mia figlia ha trovato un ago nel maglione e si è ferita"
    outcome = await perform("action_serious_matter", words, "legal_safety")
    assert outcome.responses == ["utter_serious_matter"]
    assert outcome.handoff is not None
    assert outcome.handoff["reason"] == "legal_safety"
    assert outcome.handoff["collected"]["problem"] == words
    assert outcome.form_ended


async def test_the_last_answer_is_repeated_with_its_buttons_and_its_question() -> None:
    said = {
        "event": "bot",
        "text": "Vuoi che ti passi una persona?",
        "data": {"buttons": [{"title": "Sì", "payload": "/affirm"}]},
    }
    slots = {"open_question": "offer_person", "asked_in": "m1", "trouble": "no_answer"}
    outcome = await perform("action_repeat", "come?", "repeat", slots=slots, said=[said])
    assert outcome.text.endswith("Vuoi che ti passi una persona?")
    assert [b["title"] for b in outcome.buttons] == ["Sì"]
    assert outcome.slots["open_question"] == "offer_person"
    assert outcome.slots["asked_in"] == "m2"


async def test_nothing_was_said_yet() -> None:
    outcome = await perform("action_repeat", "eh?", "repeat")
    assert outcome.responses == ["utter_misread"]


async def test_a_correction_without_what_is_meant_asks(bridge: FakeBridge) -> None:
    outcome = await perform("action_order_status", "no, non intendevo quello", "correct")
    assert outcome.responses == ["utter_misread"]
    assert outcome.slots["order_access"] == "answered"
    assert bridge.requests == []


async def test_a_correction_with_a_number_shows_that_order(bridge: FakeBridge) -> None:
    bridge.grant("c1", "giulia")
    outcome = await perform(
        "action_order_status", "no, il LA-20398", "correct", entities={"order_number": "LA-20398"}
    )
    assert "LA-20398" in outcome.text


@pytest.mark.parametrize("form", ["order_status_form", "delivery_problem_form"])
async def test_inside_a_form_repeat_asks_again_in_other_words(form: str) -> None:
    slot = "code" if form == "order_status_form" else "problem"
    outcome = await perform(
        f"validate_{form}", "non ho capito", "repeat", form=form, slots={"requested_slot": slot}
    )
    assert outcome.slots["asking"]["mode"] == "again"
    assert outcome.slots["requested_slot"] == slot


def test_every_intent_is_somebodys() -> None:
    elsewhere = {
        "order_status",
        "affirm",
        "correct",
        "repeat",
        "inform",
        "nlu_fallback",
        "nlu_ambiguous",
    }
    assert set(DOMAIN["intents"]) == INTERRUPTING | elsewhere
