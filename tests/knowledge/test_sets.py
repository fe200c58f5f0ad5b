"""The questions are enough, each about an article that exists, and none stands in one."""

from __future__ import annotations

from collections import Counter

import pytest

from crm_bridge.knowledge.articles import load
from tests.knowledge.sets import EVALUATION_SETS, LANGUAGES, ROOT, evaluation
from tests.nlu.sets import normalised
from understanding.vectors import encode

NEAR_COPY_COSINE = 0.9
ARTICLES, _ = load(ROOT / "data" / "knowledge")

per_language = pytest.mark.parametrize("language", LANGUAGES)


def slugs(language: str) -> set[str]:
    return {article.slug for article in ARTICLES if article.language == language}


def judged(language: str) -> list[str]:
    sets = [evaluation(language, name) for name in EVALUATION_SETS]
    return [
        text for one in sets for text in (*(asked for asked, _ in one.answered), *one.unanswered)
    ]


@per_language
def test_there_are_enough_questions_about_every_article(language: str) -> None:
    asked = evaluation(language)
    counted = Counter(slug for _, slug in asked.answered)
    assert len(asked.answered) >= 150
    assert len(asked.unanswered) >= 40
    assert set(counted) == slugs(language)
    assert min(counted.values()) >= 3
    assert {slug for _, slug in evaluation(language, "fresh").answered} == slugs(language)


@per_language
def test_no_question_stands_twice(language: str) -> None:
    counted = Counter(map(normalised, judged(language)))
    assert [text for text, times in counted.items() if times > 1] == []


@per_language
def test_no_question_stands_in_an_article_or_nearly(language: str) -> None:
    texts = judged(language)
    variants = [
        text
        for article in ARTICLES
        if article.language == language
        for text in (*article.questions, article.title)
    ]
    likeness = encode(texts) @ encode(variants).T
    nearest = likeness.argmax(axis=1)
    copies = [
        (text, variants[column])
        for row, (text, column) in enumerate(zip(texts, nearest, strict=True))
        if likeness[row, column] > NEAR_COPY_COSINE
    ]
    assert copies == []
