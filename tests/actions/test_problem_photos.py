"""A photo of what is wrong: asked for where it shows something, and never insisted on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.conftest import Outcome, perform
from tests.actions.fake_bridge import FakeBridge
from tests.actions.problem_form import FORM, OPEN, hear, start


async def ask_photo(text: str, intent: str = "nlu_fallback", **options: Any) -> Outcome:
    """A message while the photo is asked for."""
    told = {
        "problem": "il cardigan è bucato",
        "order_number": "LA-20372",
        "topic": "delivery_problem",
    }
    return await hear("photo", text, intent, slots={**told, **options.pop("slots", {})}, **options)


@pytest.mark.parametrize(
    "text", ["l'ordine LA-20372 è arrivato bucato", "order LA-20372 came torn", "colore sbagliato"]
)
async def test_what_a_photo_shows_is_asked_for_one(bridge: FakeBridge, text: str) -> None:
    outcome = await start(text, slots={"order_number": "LA-20372"})
    assert outcome.slots["requested_slot"] == "photo"
    asked = await perform(f"action_ask_{FORM}_photo", form=FORM, slots=outcome.slots)
    assert asked.responses == ["utter_ask_problem_photo_sorry"]


async def test_a_photo_that_comes_with_the_words_isn_t_asked_for(bridge: FakeBridge) -> None:
    number = {"order_number": "LA-20372"}
    outcome = await start("è arrivato bucato", slots=number, attachments=1)
    assert outcome.form_ended
    assert outcome.slots["case_draft"]["summary"] == "è arrivato bucato (con foto in chat)"


async def test_a_photo_that_comes_before_the_number_isn_t_asked_for(bridge: FakeBridge) -> None:
    first = await start("è arrivato bucato", attachments=1)
    assert first.slots["requested_slot"] == "order_number"
    number = {"order_number": "LA-20372"}
    second = await hear(
        "order_number", "LA-20372", "inform", entities=number, slots={**first.slots, **number}
    )
    assert second.form_ended
    assert "foto" in second.slots["case_draft"]["summary"]


async def test_the_photo_of_an_earlier_case_is_not_this_one(bridge: FakeBridge) -> None:
    slots = {"order_number": "LA-20372", "photo": "sent"}
    assert (await start("è arrivato bucato", slots=slots)).slots["requested_slot"] == "photo"


async def test_a_photo_alone_is_the_answer() -> None:
    outcome = await ask_photo("", "inform", entities={"choice": "attachment"}, attachments=2)
    assert outcome.form_ended
    assert outcome.slots["photo"] == "sent"
    assert outcome.slots["case_draft"]["summary"] == "il cardigan è bucato (con foto in chat)"


async def test_what_is_written_under_the_photo_is_kept() -> None:
    outcome = await ask_photo("anche la manica è scucita", attachments=1)
    assert "anche la manica è scucita" in outcome.slots["case_draft"]["summary"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no", "deny"),
        ("non ce l'ho la foto", "nlu_fallback"),
        ("non riesco a mandarla", "payment_problem"),
        ("la mando più tardi", "nlu_fallback"),
        ("I can't take a picture", "out_of_scope"),
        ("I threw the whole thing away", "correct"),
        ("arrivederci", "goodbye"),
    ],
)
async def test_without_a_photo_the_case_is_opened_all_the_same(text: str, intent: str) -> None:
    outcome = await ask_photo(text, intent)
    assert outcome.form_ended
    assert outcome.slots["photo"] == "none"
    assert outcome.slots["case_draft"]["summary"].startswith("il cardigan è bucato")
    assert "foto in chat" not in outcome.slots["case_draft"]["summary"]


async def test_more_of_the_story_instead_is_noted_and_asked_once_more() -> None:
    first = await ask_photo("e il filo tira dappertutto")
    assert first.slots["problem"].endswith("e il filo tira dappertutto")
    assert first.slots["asking"] == {"mode": "noted", "failures": 1}
    second = await ask_photo("è una vergogna davvero", slots={"asking": first.slots["asking"]})
    assert second.form_ended


async def test_a_question_before_the_photo_is_answered_first() -> None:
    assert (await ask_photo("quanto costa il reso?", "return_item")).rejected


@pytest.mark.parametrize(
    ("kind", "reason"), [("damaged", "damaged"), ("wrong", "wrong_item"), ("missing", None)]
)
async def test_what_came_damaged_or_wrong_can_go_back(
    bridge: FakeBridge, kind: str, reason: str | None
) -> None:
    draft = {"topic": "delivery_problem", "summary": "x", "order_number": "LA-20372", "kind": kind}
    outcome = await perform(OPEN, "no", "deny", slots={"case_draft": draft})
    payloads = [b["payload"] for b in outcome.buttons]
    wanted = f'/return_item{{"order_number": "LA-20372", "reason": "{reason}"}}'
    assert payloads == ([wanted] if reason else [])
