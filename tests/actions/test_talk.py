"""Greeting, answers, yes and no, people, and not understanding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.conftest import found, perform
from tests.actions.fake_bridge import FakeBridge

GIULIA = {"customer_level": "recognised", "first_name": "Giulia"}


# Greeting


@pytest.mark.parametrize(
    ("slots", "public", "response"),
    [
        ({"customer_level": "unknown"}, False, "utter_greet"),
        ({"customer_level": "unknown", "first_name": "Giulia"}, False, "utter_greet"),
        (GIULIA, False, "utter_greet_by_name"),
        ({**GIULIA, "open_case": True}, False, "utter_greet_open_case_by_name"),
        ({**GIULIA, "first_name": None, "open_case": True}, False, "utter_greet_open_case"),
        ({**GIULIA, "open_case": True}, True, "utter_greet"),
    ],
)
async def test_greets_by_what_it_may_know(
    slots: dict[str, object], public: bool, response: str
) -> None:
    assert (
        await perform("action_greet", "ciao", "greet", slots=slots, public=public)
    ).responses == [response]


async def test_a_promise_is_recalled_once() -> None:
    promise = {"agent_promise": "ti rimborsiamo la spedizione"}
    first = await perform("action_greet", "ciao", "greet", slots=promise)
    assert "ti rimborsiamo la spedizione" in first.text
    again = await perform("action_greet", "ciao", "greet", slots={**promise, **first.slots})
    assert "rimborsiamo" not in again.text


async def test_a_promise_is_never_said_in_public() -> None:
    promise = {"agent_promise": "ti rimborsiamo la spedizione"}
    outcome = await perform("action_greet", "ciao", "greet", slots=promise, public=True)
    assert "rimborsiamo" not in outcome.text


# Questions

ASK = "action_answer_question"


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("it", "quanto tempo ho per un reso?", "Hai 30 giorni"),
        ("en", "how do I return it?", "You have 30 days"),
    ],
)
async def test_an_article_answers(
    bridge: FakeBridge, language: str, question: str, answer: str
) -> None:
    outcome = await perform(ASK, question, "return_item", language=language)
    assert answer in outcome.text
    assert "https://www.lanificioaurora.example/" in outcome.text
    assert [b["payload"] for b in outcome.buttons] == ["/affirm", "/deny"]
    assert outcome.slots["open_question"] == "did_it_help"
    assert outcome.slots["last_question"] == question
    [request] = bridge.requests
    assert request["query"] == {"q": question, "language": language, "limit": "3"}


async def test_the_same_answer_isnt_given_twice_in_a_row(bridge: FakeBridge) -> None:
    first = await perform(ASK, "quanto costa il reso?", "return_item", message_id="m1")
    again = await perform(
        ASK, "sì ma il reso quanto mi viene?", "return_item", slots=first.slots, message_id="m2"
    )
    assert again.responses == ["utter_same_answer"]
    assert again.signals["question_repeated"] == {"intent": "return_item", "count": 2}
    assert again.slots["open_question"] == "offer_case"
    later = await perform(
        ASK, "il reso?", "return_item", slots=first.slots, previous=("m5", "greet"), message_id="m6"
    )
    assert later.responses == ["utter_answer"]


async def test_no_article_no_answer(bridge: FakeBridge) -> None:
    outcome = await perform(ASK, "avete lana di vigogna?", "product_question")
    assert outcome.responses == ["utter_no_answer"]
    assert outcome.slots["open_question"] == "offer_person"
    assert outcome.slots["trouble"] == "no_answer"


async def test_inside_a_form_it_answers_and_asks_nothing(bridge: FakeBridge) -> None:
    outcome = await perform(ASK, "quanto costa il reso?", "return_item", form="order_status_form")
    assert outcome.responses == ["utter_answer_in_passing"]
    assert outcome.buttons == []
    assert "open_question" not in outcome.slots


async def test_a_button_is_not_a_question(bridge: FakeBridge) -> None:
    outcome = await perform(ASK, "", "product_question")
    assert outcome.responses == ["utter_ask_question"]
    assert bridge.requests == []


@pytest.mark.parametrize("language", ["it", "en"])
async def test_the_library_is_closed(broken: Callable[[str], None], language: str) -> None:
    broken("/v1/knowledge")
    outcome = await perform(ASK, "reso? return?", "return_item", language=language)
    assert outcome.responses == ["utter_trouble_knowledge"]
    assert outcome.signals == {"action_failed": {"name": ASK}}


# Yes and no


@pytest.mark.parametrize(
    ("asked_in", "question"), [("m1", "did_it_help"), ("m0", "nothing"), (None, "nothing")]
)
async def test_a_yes_answers_the_last_question_only(asked_in: str | None, question: str) -> None:
    slots = {"open_question": "did_it_help", "asked_in": asked_in}
    outcome = await perform("action_resolve_question", "sì", "affirm", slots=slots)
    assert outcome.slots == {"open_question": question}


async def test_not_helped_becomes_a_draft() -> None:
    slots = {"last_question": "quanto costa il reso?", "topic": "return_refund"}
    outcome = await perform("action_offer_case", "no", "deny", slots=slots)
    assert outcome.slots["case_draft"] == {
        "topic": "return_refund",
        "summary": "quanto costa il reso?",
        "order_number": None,
    }
    assert outcome.slots["open_question"] == "offer_case"
    assert len(outcome.buttons) == 3


@pytest.mark.parametrize(
    ("action", "intent"), [("action_offer_case", "deny"), ("action_complaint", "complaint")]
)
async def test_an_answer_that_did_not_help_is_recorded(
    bridge: FakeBridge, action: str, intent: str
) -> None:
    question = "quanto costa il reso?"
    first = await perform(ASK, question, "return_item", message_id="m1")
    outcome = await perform(action, "no per niente", intent, slots=first.slots)
    assert outcome.responses == ["utter_offer_case"]
    slug = first.slots["last_answer"]["slug"]
    assert bridge.judged == [
        {"question": question, "slug": slug, "language": "it", "helped": False}
    ]
    assert bridge.requests[-1]["key"] == "t1:m2:not_helped:1"


async def test_the_question_that_got_the_same_answer_again_is_recorded(bridge: FakeBridge) -> None:
    first = await perform(ASK, "quanto costa il reso?", "return_item", message_id="m1")
    await perform(ASK, "sì ma il reso quanto mi viene?", "return_item", slots=first.slots)
    assert [judged["question"] for judged in bridge.judged] == ["sì ma il reso quanto mi viene?"]


async def test_a_no_long_after_the_answer_says_nothing_about_it(bridge: FakeBridge) -> None:
    first = await perform(ASK, "quanto costa il reso?", "return_item", message_id="m1")
    await perform("action_offer_case", "no", "deny", slots=first.slots, previous=("m7", "greet"))
    assert bridge.judged == []


async def test_what_cannot_be_recorded_spoils_no_answer(
    bridge: FakeBridge, broken: Callable[[str], None]
) -> None:
    first = await perform(ASK, "quanto costa il reso?", "return_item", message_id="m1")
    broken("/v1/knowledge/feedback")
    outcome = await perform("action_offer_case", "no", "deny", slots=first.slots)
    assert outcome.responses == ["utter_offer_case"]
    assert outcome.slots["open_question"] == "offer_case"
    assert "action_failed" not in outcome.signals


async def test_a_case_without_words_is_still_a_case(bridge: FakeBridge) -> None:
    offered = await perform("action_offer_case", "no", "deny")
    await perform("action_open_case", "sì", "affirm", slots=offered.slots)
    assert bridge.cases[0]["summary"]
    assert bridge.cases[0]["topic"] == "other"


# Complaints and people


@pytest.mark.parametrize("language", ["it", "en"])
async def test_a_complaint_gets_a_person_offered(language: str) -> None:
    outcome = await perform("action_complaint", "vergogna", "complaint", language=language)
    assert "dispiace" in outcome.text or "sorry" in outcome.text
    assert outcome.buttons[0]["payload"] == "/talk_to_human"
    assert outcome.slots["open_question"] == "offer_person"


async def test_you_did_not_help_is_a_no() -> None:
    slots = {"open_question": "did_it_help", "asked_in": "m1", "last_question": "e il reso?"}
    outcome = await perform("action_complaint", "non mi aiutate", "complaint", slots=slots)
    assert outcome.responses == ["utter_offer_case"]
    assert outcome.slots["case_draft"]["summary"] == "e il reso?"


async def test_the_story_after_a_complaint_is_heard() -> None:
    slots = {"open_question": "offer_person", "asked_in": "m1", "trouble": "complaint"}
    text = "nessuno risponde alle mie mail da giorni"
    heard = await perform("action_fallback", text, slots=slots, previous=("m1", "complaint"))
    assert heard.events[-1]["name"] == "delivery_problem_form"
    assert heard.slots["rejected_streak"] == 0


async def test_a_person_gets_all_that_was_said() -> None:
    slots = {
        "order_number": "LA-20398",
        "topic": "order_status",
        "last_question": "quanto costa il reso?",
        "agent_promise": "un buono",
        "last_case": {"reference": "C-7K2MP"},
    }
    outcome = await perform(
        "action_request_person",
        "una persona",
        "talk_to_human",
        form="order_status_form",
        slots=slots,
    )
    assert outcome.handoff == {
        "reason": "asked_for_person",
        "collected": {
            "form": "order_status_form",
            "topic": "order_status",
            "order_number": "LA-20398",
            "last_question": "quanto costa il reso?",
            "case": "C-7K2MP",
            "promise": "un buono",
        },
    }
    assert outcome.responses == ["utter_request_person_told"]
    assert outcome.form_ended
    assert {"event": "active_loop", "name": None, "timestamp": None} in outcome.events


async def test_a_person_sees_what_was_named_just_now_and_before() -> None:
    outcome = await perform(
        "action_request_person",
        "mi chiamate al 340 1234567? una persona",
        "talk_to_human",
        entities=found(("phone", "+393401234567"), ("email", "ada@example.com")),
        named_before=found(
            ("product", "CAR-BET"), ("amount", "129.00 EUR", "paid"), ("product", "CAR-BET")
        ),
    )
    assert outcome.handoff is not None
    assert outcome.handoff["collected"]["mentioned"] == "CAR-BET, 129.00 EUR, +393401234567"


async def test_a_person_is_called_for_the_reason_it_was_offered_for() -> None:
    slots = {"trouble": "no_answer", "open_question": "offer_person", "asked_in": "m1"}
    outcome = await perform("action_request_person", "sì", "affirm", slots=slots)
    assert outcome.handoff == {"reason": "no_answer", "collected": {}}
    assert outcome.responses == ["utter_request_person"]
    stale = await perform(
        "action_request_person", "una persona", "talk_to_human", slots={**slots, "asked_in": "m0"}
    )
    assert stale.handoff is not None
    assert stale.handoff["reason"] == "asked_for_person"


# Not understood


@pytest.mark.parametrize(
    ("streak", "previous", "response"),
    [
        (1, "greet", "utter_rephrase"),
        (2, "greet", "utter_choices"),
        (0, "nlu_fallback", "utter_choices"),
    ],
)
async def test_not_understood_twice_offers_choices(
    streak: int, previous: str, response: str
) -> None:
    outcome = await perform(
        "action_fallback", "xyz", slots={"rejected_streak": streak}, previous=("m1", previous)
    )
    assert outcome.responses == [response]


async def test_an_order_number_in_what_was_not_understood() -> None:
    outcome = await perform("action_fallback", "xyz", entities={"order_number": "LA-20398"})
    assert "LA-20398" in outcome.text
    assert outcome.buttons == [
        {"title": "Dov'è l'ordine", "payload": '/order_status{"order_number": "LA-20398"}'}
    ]


async def test_an_order_and_what_is_wrong_with_it_is_a_problem() -> None:
    outcome = await perform(
        "action_fallback", "LA-20398 tutto bagnato", entities={"order_number": "LA-20398"}
    )
    assert outcome.responses == []
    assert outcome.events[-1]["name"] == "delivery_problem_form"


async def test_whatever_breaks_there_is_a_word_and_no_quote(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("la mia password è segretissima")

    monkeypatch.setattr("actions.greeting.recall", broken)
    outcome = await perform("action_greet", "ciao", "greet")
    assert outcome.responses[-1] == "utter_trouble"
    assert outcome.report["ok"] is False
    assert "ValueError at broken" in caplog.text
    assert "segretissima" not in caplog.text
