"""Answers that did not help are on record, without a trace of who asked."""

from __future__ import annotations

from typing import Any

import pytest

from crm_bridge.knowledge.models import AnswerFeedback
from tests.crm_bridge.world import ACTIONS, GATEWAY, World

PATH = "/v1/knowledge/feedback"


def said(**fields: Any) -> dict[str, Any]:
    return {
        "question": "posso lavare il cardigan in lavatrice?",
        "slug": "lavare-superwash",
        "language": "it",
        "helped": False,
        **fields,
    }


async def test_a_question_is_kept_with_its_article_and_without_personal_data(world: World) -> None:
    question = "non aiuta, scrivetemi a rosa@example.com, ordine LA-20398"
    answer = await world.call("POST", PATH, said(question=question))
    assert answer.status_code == 201
    assert answer.json()["slug"] == "lavare-superwash"
    (kept,) = await world.rows(AnswerFeedback)
    assert (kept.slug, kept.language, kept.helped) == ("lavare-superwash", "it", False)
    assert kept.text == "non aiuta, scrivetemi a ⟦email⟧, ordine LA-⟦number⟧"


async def test_a_repeated_call_records_it_once(world: World) -> None:
    for _ in range(2):
        await world.call("POST", PATH, said(helped=True), key="t1:m2:not_helped:1")
    (kept,) = await world.rows(AnswerFeedback)
    assert kept.helped is True


async def test_a_long_question_is_kept_in_part(world: World) -> None:
    assert (await world.call("POST", PATH, said(question="perché " * 1000))).status_code == 201
    (kept,) = await world.rows(AnswerFeedback)
    assert len(kept.text) == 500


async def test_only_the_bot_may_say_so(world: World) -> None:
    answer = await world.call("POST", PATH, said(), token=GATEWAY)
    assert answer.status_code == 403
    assert await world.rows(AnswerFeedback) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "../../etc"},
        {"slug": ""},
        {"language": "fr"},
        {"question": ""},
        {"question": "\0"},
        {"helped": "perhaps"},
        {"more": 1},
    ],
)
async def test_what_makes_no_sense_is_refused(world: World, fields: dict[str, Any]) -> None:
    answer = await world.call("POST", PATH, said(**fields), token=ACTIONS)
    assert answer.status_code == 422
    assert await world.rows(AnswerFeedback) == []
