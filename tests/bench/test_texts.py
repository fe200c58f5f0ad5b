"""What the benchmark's customers say."""

from __future__ import annotations

from itertools import islice

import pytest

from bench.texts import ORDER, Speaker, Utterance, everything, spellings

ORDERS = ("LA-20398", "LA-20211")


@pytest.mark.parametrize("language", ["it", "en"])
def test_half_is_small_talk_and_hardly_a_question_comes_twice(language: str) -> None:
    said = list(islice(Speaker(everything(language), ORDERS, seed=3).mixed(), 400))
    orders = [utterance for utterance in said if utterance.kind == ORDER]
    assert len(orders) == 200
    assert len({utterance.text for utterance in orders}) > 190
    assert {utterance.order for utterance in orders} == set(ORDERS)


def test_questions_go_round_the_subjects() -> None:
    repertoire = everything("it")
    speaker = Speaker(repertoire, ORDERS, seed=5)
    spelt = {
        asked.replace("{n}", written): subject
        for subject, texts in enumerate(repertoire.questions)
        for asked in texts
        for number in ORDERS
        for written in spellings(number)
    }
    subjects = [spelt[speaker.order_status().text] for _ in range(60)]
    for place in range(len(subjects) - 5):
        assert len(set(subjects[place : place + 6])) == 6


def test_the_same_seed_says_the_same() -> None:
    first, second = (Speaker(everything("en"), ORDERS, seed=9).mixed() for _ in range(2))
    assert list(islice(first, 50)) == list(islice(second, 50))


def test_an_order_is_answered_by_the_order_only() -> None:
    asked = Utterance("where is LA-20398?", "order_status", "LA-20398")
    assert asked.is_answered_by("Order LA-20398 (2 × Merino) is on its way.")
    assert not asked.is_answered_by("Order LA-20211 is on its way.")
    assert not asked.is_answered_by("For LA-20398 I have sent you a 6-digit code.")
    assert not asked.is_answered_by("")
