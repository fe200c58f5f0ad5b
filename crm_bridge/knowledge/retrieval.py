"""Hybrid retrieval: sentence vectors for meaning, shared words and letters, a learnt 'no answer'.

Four pieces of evidence for each article: the likest passage in meaning, the article's centre in
meaning, the likest passage in words, and how much of the query the whole article covers. The best
passage alone is a poor guide with short texts (everything resembles something); it counts against
the centre, which is why the weights are learnt: see `learning`. A passage that is nearly the query
itself, in meaning and in words, is a fifth that needs no learning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from crm_bridge.knowledge.articles import Article
from crm_bridge.knowledge.learning import UNLEARNT, Judgement, learn
from crm_bridge.knowledge.ngrams import Coverage, Floats, PassageIndex, features

Encode = Callable[[list[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Match:
    """One article and how likely it answers, from 0 to 1."""

    article: Article
    score: float


class Retriever:
    """The articles of one language, indexed."""

    def __init__(self, articles: Sequence[Article], encode: Encode) -> None:
        self.articles = list(articles)
        self._encode = encode
        self.judgement = UNLEARNT
        if not self.articles:
            return
        texts = [(*a.questions, a.title, *a.paragraphs) for a in self.articles]
        sizes = [len(passages) for passages in texts]
        passages = [text for article in texts for text in article]
        counted = [features(text) for text in passages]
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        self._vectors = np.asarray(encode(passages), dtype=np.float64)
        self._sums = np.add.reduceat(self._vectors, self._starts)
        self._centres = _unit(self._sums)
        self._passages = PassageIndex(counted)
        self._coverage = Coverage(
            [
                sum(counted[start : start + size], Counter[str]())
                for start, size in zip(self._starts, sizes, strict=True)
            ]
        )
        self.judgement = self._learn(counted)

    def search(self, query: str, today: date) -> list[Match]:
        """Every article valid today, best first. Encodes once; safe in a thread."""
        if not self.articles:
            return []
        counts = features(query)
        vector = np.asarray(self._encode([query])[0], dtype=np.float64)
        scores = self.judgement.scores(
            self._evidence(
                self._vectors @ vector,
                self._centres @ vector,
                self._passages.likeness(counts),
                self._coverage.of(counts),
            )
        )
        return [
            Match(self.articles[number], float(scores[number]))
            for number in np.argsort(-scores, kind="stable")
            if self.articles[number].valid_on(today)
        ]

    def _learn(self, counted: Sequence[Counter[str]]) -> Judgement:
        evidence, own = [], []
        for number, article in enumerate(self.articles):
            first = int(self._starts[number])
            for question in range(first, first + len(article.questions)):
                evidence.append(self._left_out(number, question, counted[question]))
                own.append(number)
        return learn(np.array(evidence), np.array(own, dtype=np.intp))

    def _left_out(self, number: int, question: int, counts: Counter[str]) -> Floats:
        """The evidence for a question variant, were it not one."""
        vector = self._vectors[question]
        meaning = self._vectors @ vector
        words = self._passages.likeness(counts)
        meaning[question], words[question] = -1.0, 0.0
        centres = self._centres @ vector
        centres[number] = _unit(self._sums[number] - vector) @ vector
        coverage = self._coverage.of(counts, left_out=(number, counts))
        return self._evidence(meaning, centres, words, coverage)

    def _evidence(self, meaning: Floats, centres: Floats, words: Floats, cover: Floats) -> Floats:
        """One row for each article; `meaning` and `words` are of passages, the others of articles.

        The last column is the likeness of the nearest passage in both at once.
        """
        both = np.maximum(meaning, 0.0) * words
        best = [np.maximum.reduceat(likeness, self._starts) for likeness in (meaning, words, both)]
        return np.stack([best[0], centres, best[1], cover, best[2]], axis=-1)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-9)
    return unit
