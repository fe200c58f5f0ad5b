"""The bridge's search of its own articles stays about as good as it was measured."""

from __future__ import annotations

import pytest

from bench.knowledge import Query, answered, measure
from crm_bridge.knowledge.articles import load
from crm_bridge.knowledge.retrieval import Retriever
from tests.knowledge.sets import LANGUAGES, ROOT, evaluation
from understanding.vectors import encode

# A little under what was measured (docs/performance.md), for either language.
SUCCESS_AT_1 = 0.75
RECALL_AT_5 = 0.95
# Of what no article answers, at most so much gets an answer; of the rest, at least so much.
WRONGLY_ANSWERED = 0.25
ANSWERED = 0.3


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_questions_find_their_article(language: str) -> None:
    articles, _ = load(ROOT / "data" / "knowledge")
    retriever = Retriever([one for one in articles if one.language == language], encode)
    asked = evaluation(language)
    found = measure(retriever, [Query(text, frozenset([slug])) for text, slug in asked.answered])
    assert found["success_at_1"] >= SUCCESS_AT_1
    assert found["recall_at_5"] >= RECALL_AT_5
    texts = [text for text, _ in asked.answered]
    assert answered(retriever, texts) >= ANSWERED * len(texts)
    assert answered(retriever, asked.unanswered) <= WRONGLY_ANSWERED * len(asked.unanswered)
