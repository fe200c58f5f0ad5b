"""Code and grant: every step and every way off it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.actions.conftest import CONVERSATION, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.order_form import ASK_CODE, FORM, VALIDATE, hear, hear_number, send


async def test_a_code_is_sent_once_and_asked_for(bridge: FakeBridge) -> None:
    outcome = await send()
    assert outcome.responses == ["utter_code_sent"]
    assert "LA-20398" in outcome.text
    assert "entro 10 minuti" in outcome.text
    assert outcome.report["effect"] == {
        "it": "Ha chiesto un codice di verifica per l'ordine LA-20398",
        "en": "Asked for a verification code for order LA-20398",
    }
    assert outcome.slots["challenge"]["id"] == "ch1"
    [request] = bridge.calls("POST", "/v1/verification/challenges")
    assert request["key"] == "t1:m2:action_send_code:1"
    assert request["body"]["conversation"] == {
        "id": CONVERSATION,
        "channel": "api",
        "account": "default",
        "handle": "giulia-app",
    }


async def test_the_words_are_the_same_for_an_order_that_does_not_exist(bridge: FakeBridge) -> None:
    real, invented = await send("LA-20398"), await send("LA-99999", message_id="m3")
    assert real.text.replace("LA-20398", "N") == invented.text.replace("LA-99999", "N")


async def test_a_repeated_turn_sends_one_code(bridge: FakeBridge) -> None:
    await send()
    await send()
    assert len(bridge.mails) == 1


async def test_the_right_code_opens_the_door(bridge: FakeBridge) -> None:
    sent = await send()
    outcome = await hear(bridge.code, entities={"code": bridge.code}, slots=sent.slots)
    assert outcome.form_ended
    assert outcome.slots["order_access"] == "granted"
    assert outcome.slots["code"] == "accepted"
    assert bridge.code not in str(outcome.events)
    assert bridge.grants[CONVERSATION] == "giulia"


async def test_a_code_with_a_space_in_a_sentence(bridge: FakeBridge) -> None:
    sent = await send()
    spaced = f"mi dice {bridge.code[:3]} {bridge.code[3:]} credo"
    outcome = await hear(spaced, "nlu_fallback", slots=sent.slots)
    assert outcome.slots["order_access"] == "granted"


async def test_wrong_codes_are_counted_down_and_signalled(bridge: FakeBridge) -> None:
    slots = dict((await send()).slots)
    texts, signals = [], []
    for n in range(5):
        outcome = await hear(
            "000000", entities={"code": "000000"}, slots=slots, message_id=f"m{n + 10}"
        )
        slots.update(outcome.slots)
        slots["requested_slot"] = "code"
        texts.append(outcome.text)
        signals.append(outcome.signals["verification_failed"]["count"])
    assert "ancora 4 volte" in texts[0]
    assert "un solo tentativo" in texts[3]
    assert signals == [1, 2, 3, 4, 5]
    assert outcome.form_ended
    assert outcome.slots["order_access"] == "refused"
    assert outcome.slots["open_question"] == "offer_person"
    assert outcome.slots["order_number"] is None


async def test_a_code_whose_answer_got_lost_is_not_a_failure(bridge: FakeBridge) -> None:
    sent = await send()
    bridge.grant(CONVERSATION, "giulia")
    bridge.challenges["ch1"]["wrong"] = 5
    outcome = await hear(bridge.code, entities={"code": bridge.code}, slots=sent.slots)
    assert outcome.slots["order_access"] == "granted"


async def test_another_order_number_starts_over(bridge: FakeBridge) -> None:
    sent = await send()
    outcome = await hear(
        "no, LA-20391",
        "deny",
        entities={"order_number": "LA-20391"},
        slots={**sent.slots, "order_number": "LA-20391"},
    )
    assert outcome.slots["order_number"] == "LA-20391"
    assert outcome.slots["asking"]["mode"] == "first"
    again = await send("LA-20391", "m3", challenge=sent.slots["challenge"])
    assert again.slots["challenge"]["order"] == "LA-20391"


async def test_a_code_with_a_digit_missing_is_no_order(bridge: FakeBridge) -> None:
    sent = await send()
    outcome = await hear(
        "the code is 12345",
        entities={"order_number": "LA-12345"},
        slots={**sent.slots, "order_number": "LA-12345"},
    )
    assert outcome.slots["order_number"] == "LA-20398"
    assert outcome.slots["asking"]["mode"] == "again"


async def test_the_same_number_again_is_patience(bridge: FakeBridge) -> None:
    sent = await send()
    outcome = await hear("LA-20398", entities={"order_number": "LA-20398"}, slots=sent.slots)
    assert outcome.slots["asking"]["mode"] == "patient"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("non mi è arrivato niente", {}),
        ("can you send it again", {}),
        ("", {"choice": "resend_code"}),
    ],
)
async def test_a_new_code_on_request(
    bridge: FakeBridge, text: str, entities: dict[str, str]
) -> None:
    sent = await send()
    heard = await hear(text, "item_damaged", entities=entities, slots=sent.slots)
    assert heard.slots["asking"]["mode"] == "resend"
    asked = await perform(
        ASK_CODE,
        text,
        "inform",
        form=FORM,
        slots={**sent.slots, **heard.slots, "order_number": "LA-20398"},
        message_id="m3",
    )
    assert asked.responses == ["utter_code_resent"]
    assert len(bridge.mails) == 2


async def test_after_two_new_codes_a_person_is_offered(bridge: FakeBridge) -> None:
    before = {"id": "ch0", "order": "LA-20398", "resends": 1, "expires_at": time.time() + 60}
    asked = await perform(
        ASK_CODE,
        form=FORM,
        slots={"order_number": "LA-20398", "asking": {"mode": "resend"}, "challenge": before},
    )
    assert asked.responses == ["utter_code_resent_way_out"]


async def test_the_parcel_is_not_the_code(bridge: FakeBridge) -> None:
    sent = await send()
    assert (await hear("il pacco non è arrivato", "parcel_late", slots=sent.slots)).rejected


async def test_a_code_that_ran_out_is_replaced(bridge: FakeBridge) -> None:
    old = {"id": "ch0", "order": "LA-20398", "resends": 0, "expires_at": time.time() - 1}
    heard = await hear("123456", entities={"code": "123456"}, slots={"challenge": old})
    assert heard.slots["asking"]["mode"] == "expired"
    asked = await perform(
        ASK_CODE, form=FORM, slots={"order_number": "LA-20398", "challenge": old, **heard.slots}
    )
    assert asked.responses == ["utter_code_expired"]


async def test_starting_again_soon_does_not_send_again(bridge: FakeBridge) -> None:
    sent = await send()
    started = await perform(
        VALIDATE,
        "?",
        "order_status",
        form=FORM,
        starts=True,
        slots={**sent.slots, "order_number": "LA-20398"},
    )
    asked = await perform(
        ASK_CODE, form=FORM, slots={**sent.slots, **started.slots, "order_number": "LA-20398"}
    )
    assert asked.responses == ["utter_ask_code_again"]
    assert len(bridge.mails) == 1


async def test_ok_is_patience_and_yes_to_a_person_is_a_person(bridge: FakeBridge) -> None:
    sent = await send()
    patient = await hear("ok un attimo", "affirm", slots=sent.slots)
    assert patient.slots["asking"]["mode"] == "patient"
    asked_before = {"open_question": "offer_person", "asked_in": "m1"}
    assert (await hear("sì", "affirm", slots={**sent.slots, **asked_before})).rejected


@pytest.mark.parametrize("text", ["quale codice?", "non me lo ricordo il codice", "what code"])
async def test_questions_about_the_code_are_answered(bridge: FakeBridge, text: str) -> None:
    outcome = await hear(text, "product_question", slots=(await send()).slots)
    assert outcome.slots["asking"] == {"mode": "again", "failures": 0}


@pytest.mark.parametrize("text", ["aspetta un attimo", "un momento che lo cerco", "hang on"])
async def test_who_asks_for_time_gets_it(bridge: FakeBridge, text: str) -> None:
    outcome = await hear(text, "nlu_fallback", slots=(await send()).slots)
    assert outcome.slots["asking"]["mode"] == "patient"
    number = await hear_number(text, "nlu_fallback")
    assert number.slots["asking"]["mode"] == "patient"


async def test_words_that_the_form_understood_were_not_rejected(bridge: FakeBridge) -> None:
    sent = await send()
    understood = await hear("mandamene un altro", "nlu_fallback", slots=sent.slots)
    assert understood.slots["rejected_streak"] == 0
    for lost in (await hear("mah", "nlu_fallback", slots=sent.slots), await hear_number("mah")):
        assert "rejected_streak" not in lost.slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("non ho più accesso a quella mail", "product_question"),
        ("I no longer use that address", "nlu_fallback"),
        ("no guarda così non va bene", "deny"),
    ],
)
async def test_who_cannot_get_a_code_is_offered_a_person(
    bridge: FakeBridge, text: str, intent: str
) -> None:
    outcome = await hear(text, intent, slots=(await send()).slots)
    assert outcome.slots["asking"]["mode"] == "way_out"


async def test_a_code_that_comes_after_all(bridge: FakeBridge) -> None:
    slots = {**(await send()).slots, "order_number": "LA-20398"}
    entities = {"code": bridge.code}
    asked = await perform(
        "action_order_status", bridge.code, "inform", entities=entities, slots=slots
    )
    assert asked.slots["order_access"] == "needed"
    started = await perform(
        VALIDATE, bridge.code, "inform", form=FORM, starts=True, entities=entities, slots=slots
    )
    assert started.slots["order_access"] == "granted"
    assert started.form_ended


async def test_a_limit_is_said_as_it_is(bridge: FakeBridge) -> None:
    bridge.fail("/v1/verification/challenges", 429, "too_many")
    assert (await send()).responses == ["utter_code_limit"]
    sent = await send(message_id="m3")
    bridge.fail("/v1/verification/answers", 429, "too_many")
    outcome = await hear("123456", entities={"code": "123456"}, slots=sent.slots)
    assert outcome.responses == ["utter_verification_failed"]


async def test_the_form_survives_a_failure_at_its_very_start(bridge: FakeBridge) -> None:
    slots = {**(await send()).slots, "order_number": "LA-20398"}
    bridge.fail("/v1/verification/answers", 500)
    started = await perform(
        VALIDATE, "1", "inform", form=FORM, starts=True, entities={"code": "123456"}, slots=slots
    )
    assert started.slots["requested_slot"] == "code"


@pytest.mark.parametrize("status", [404, 409])
async def test_a_challenge_that_is_gone_is_made_again(bridge: FakeBridge, status: int) -> None:
    sent = await send()
    bridge.fail("/v1/verification/answers", status)
    outcome = await hear("123456", entities={"code": "123456"}, slots=sent.slots)
    assert outcome.slots["asking"]["mode"] == "expired"
    assert outcome.slots["requested_slot"] == "code"


# The bridge is away


@pytest.mark.parametrize("language", ["it", "en"])
async def test_no_code_can_be_sent(broken: Callable[[str], None], language: str) -> None:
    broken("/v1/verification/challenges")
    outcome = await send(language=language)
    assert outcome.responses == ["utter_trouble_code_send"]
    assert "action_failed" in outcome.signals
    assert outcome.slots["challenge"] is None


async def test_after_that_anything_tries_again() -> None:
    outcome = await hear("riprova", "nlu_fallback", slots={"challenge": None})
    assert outcome.slots["asking"]["mode"] == "first"


async def test_no_code_can_be_checked(bridge: FakeBridge, broken: Callable[[str], None]) -> None:
    sent = await send()
    broken("/v1/verification/answers")
    outcome = await hear("123456", entities={"code": "123456"}, slots=sent.slots)
    assert outcome.responses == ["utter_trouble_code_check"]
    assert outcome.slots["requested_slot"] == "code"
    assert not outcome.form_ended
    asked = await perform(
        ASK_CODE, form=FORM, slots={**sent.slots, **outcome.slots, "order_number": "LA-20398"}
    )
    assert asked.text == ""


async def test_a_try_after_an_answer_that_got_lost_sends_no_second_code(
    bridge: FakeBridge,
) -> None:
    bridge.lose_answer("/v1/verification/challenges")
    first = await send()
    assert first.responses == ["utter_trouble_code_send"]
    again = await send(message_id="m3", **first.slots)
    assert again.responses == ["utter_code_sent"]
    assert len(bridge.mails) == 1


async def test_minutes_later_it_is_a_new_code(
    bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.lose_answer("/v1/verification/challenges")
    first = await send()
    later = time.time() + 300
    monkeypatch.setattr("actions.unanswered.time.time", lambda: later)
    await send(message_id="m3", **first.slots)
    assert len(bridge.mails) == 2


async def test_a_code_sent_before_runs_out_as_of_then(
    bridge: FakeBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.lose_answer("/v1/verification/challenges")
    first = await send()
    begun = time.time()
    monkeypatch.setattr("actions.unanswered.time.time", lambda: begun + 90)
    again = await send(message_id="m3", **first.slots)
    assert len(bridge.mails) == 1
    assert 505 <= again.slots["challenge"]["expires_at"] - (begun + 90) <= 511
