"""No article is certain: the nearest are offered, and one of them is given when it is tapped."""

from __future__ import annotations

from typing import Any

import pytest

from actions.knowledge import shortened
from tests.actions.conftest import perform
from tests.actions.fake_bridge import FakeBridge

ANSWER = "action_answer_question"
NEAR: list[dict[str, Any]] = [
    {"slug": "lavare-merino", "title": "Come lavare la lana merino", "score": 0.4, "url": "-"},
    {"slug": "resi-30-giorni", "title": "Resi entro 30 giorni", "score": 0.3, "url": "-"},
    {"slug": "tarme", "title": "Tarme", "score": 0.2, "url": "-"},
]
QUESTION = "sul cappotto della nonna come mi regolo"


async def test_the_two_nearest_are_offered_and_none_of_them(bridge: FakeBridge) -> None:
    bridge.near = NEAR
    outcome = await perform(ANSWER, QUESTION, "garment_care")
    assert outcome.responses == ["utter_maybe"]
    assert [b["payload"] for b in outcome.buttons] == [
        '/garment_care{"article": "lavare-merino"}',
        '/garment_care{"article": "resi-30-giorni"}',
        "/deny",
    ]
    assert all(len(b["title"]) <= 20 for b in outcome.buttons)
    assert outcome.slots["open_question"] == "which_article"
    assert outcome.slots["last_question"] == QUESTION


@pytest.mark.parametrize("title", ["Come lavare la lana…", ""], ids=["tapped", "its number typed"])
async def test_a_chosen_one_is_given_and_the_question_kept(bridge: FakeBridge, title: str) -> None:
    outcome = await perform(
        ANSWER,
        title,
        "garment_care",
        entities={"article": "lavare-merino"},
        slots={"last_question": QUESTION},
        readings=["garment_care"],
    )
    assert outcome.responses == ["utter_answer"]
    assert "acqua fredda" in outcome.text
    assert outcome.slots["last_question"] == QUESTION
    assert outcome.slots["open_question"] == "did_it_help"


async def test_one_that_is_gone_meanwhile_is_looked_for(bridge: FakeBridge) -> None:
    outcome = await perform(
        ANSWER,
        "Non c'è più",
        "garment_care",
        entities={"article": "sparito"},
        readings=["garment_care"],
    )
    assert outcome.responses == ["utter_no_answer"]


@pytest.mark.parametrize("score", [0.0, 0.05])
async def test_what_is_far_away_is_not_offered(bridge: FakeBridge, score: float) -> None:
    bridge.near = [{**NEAR[0], "score": score}]
    outcome = await perform(ANSWER, QUESTION, "garment_care")
    assert outcome.responses == ["utter_no_answer"]


async def test_nothing_is_offered_where_others_read(bridge: FakeBridge) -> None:
    bridge.near = NEAR
    outcome = await perform(ANSWER, QUESTION, "garment_care", public=True)
    assert outcome.responses == ["utter_no_answer"]


@pytest.mark.parametrize(
    ("title", "button"),
    [
        ("Tarme", "Tarme"),
        ("Resi entro 30 giorni", "Resi entro 30 giorni"),
        ("Come lavare la lana merino", "Come lavare la lana…"),
        ("Club Aurora: punti e livelli", "Club Aurora: punti…"),
        ("Sovrabbondantissimamente", "Sovrabbondantissima…"),
    ],
)
def test_titles_fit_a_button(title: str, button: str) -> None:
    assert shortened(title) == button
