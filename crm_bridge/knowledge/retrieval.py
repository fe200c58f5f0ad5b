"""Hybrid retrieval: sentence vectors for meaning, shared words and letters, a learnt 'no answer'.

Three pieces of evidence for each article: its centre in meaning (halfway between its questions and
its text), its likest passage in meaning, and the words and letters it shares with the query. How
they are weighed is learnt from the question variants where there are enough: see `learning`. A
question that is nearly the query itself, in meaning and in words, is a fourth that needs no
learning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from crm_bridge.knowledge.articles import Article
from crm_bridge.knowledge.learning import UNLEARNT, Judgement, learn
from crm_bridge.knowledge.ngrams import Floats, PassageIndex, SharedWords, features

Encode = Callable[[list[str]], npt.NDArray[np.float32]]

# An encoder blurs a long text: it is read in pieces of whole sentences, and only so many of them.
_PIECE_CHARACTERS = 500
_MOST_PIECES = 12
# A question is only left out where others are left to find its article by.
_LEFT_OUT_FROM = 3
# So many questions teach enough; more would only make the start slower, and so many numbers are
# what learning may hold in memory at once.
_MOST_LEFT_OUT = 400
_MOST_EVIDENCE = 8_000_000
_BATCH = 256


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
        asked = [list(dict.fromkeys((*a.questions, a.title))) for a in self.articles]
        told = [_pieces(a.paragraphs) for a in self.articles]
        sizes = [len(q) + len(p) for q, p in zip(asked, told, strict=True)]
        passages = [text for q, p in zip(asked, told, strict=True) for text in (*q, *p)]
        counted = [features(text) for text in passages]
        self._starts = _starts(sizes)
        # Where each article's questions begin among all questions, and where they are passages.
        self._firsts = _starts([len(q) for q in asked])
        self._questions = np.concatenate(
            [start + np.arange(len(q)) for start, q in zip(self._starts, asked, strict=True)]
        )
        self._vectors = np.concatenate(
            [
                np.asarray(encode(passages[start : start + _BATCH]), dtype=np.float64)
                for start in range(0, len(passages), _BATCH)
            ]
        )
        # Questions stand first, then the text: each half has its own centre.
        self._asked = np.stack(
            [
                self._vectors[start : start + len(q)].sum(axis=0)
                for start, q in zip(self._starts, asked, strict=True)
            ]
        )
        whole = np.add.reduceat(self._vectors, self._starts)
        self._told = _unit(whole - self._asked)
        self._centres = _unit(_unit(self._asked) + self._told)
        self._sayings = PassageIndex([counted[place] for place in self._questions])
        self._words = SharedWords(
            [
                _together(features(" ".join(article.tags)), counted[start : start + size])
                for article, start, size in zip(self.articles, self._starts, sizes, strict=True)
            ]
        )
        self.judgement = self._learn(counted)

    def search(self, query: str, today: date) -> list[Match]:
        """Every article valid today, best first. Encodes once; safe in a thread."""
        if not self.articles:
            return []
        counts = features(query)
        vector = np.asarray(self._encode([query])[0], dtype=np.float64)
        evidence = self._evidence(
            self._vectors @ vector,
            self._centres @ vector,
            self._sayings.likeness(counts),
            self._words.of(counts),
        )
        scores = self.judgement.scores(evidence)
        # Scores of what is surely wrong, or surely right, may be equal: the evidence decides.
        order = np.lexsort((-self.judgement.weighed(evidence), -scores))
        return [
            Match(self.articles[number], float(scores[number]))
            for number in order
            if self.articles[number].valid_on(today)
        ]

    def rivals(self) -> Iterator[tuple[Article, str, Article]]:
        """Each question variant, and the article that would be found first were it not one.

        Only of articles with enough questions for one to be missing.
        """
        for number, article in enumerate(self.articles):
            if len(article.questions) < _LEFT_OUT_FROM:
                continue
            for place, question in enumerate(article.questions):
                evidence = self._left_out(number, place, features(question))
                best = int(np.argmax(self.judgement.weighed(evidence)))
                yield article, question, self.articles[best]

    def centres(self) -> Floats:
        """What each article is about, as unit vectors in the order of the articles."""
        return self._centres if self.articles else np.zeros((0, 0))

    def _learn(self, counted: Sequence[Counter[str]]) -> Judgement:
        left_out = [
            (number, place)
            for number, article in enumerate(self.articles)
            if len(article.questions) >= _LEFT_OUT_FROM
            for place in range(len(article.questions))
        ]
        most = max(1, min(_MOST_LEFT_OUT, _MOST_EVIDENCE // (4 * len(self.articles))))
        chosen = left_out[:: -(-len(left_out) // most)] if left_out else []
        if not chosen:
            return UNLEARNT
        evidence = [
            self._left_out(number, place, counted[int(self._starts[number]) + place])
            for number, place in chosen
        ]
        own = np.array([number for number, _ in chosen], dtype=np.intp)
        return learn(np.array(evidence), own)

    def _left_out(self, number: int, place: int, counts: Counter[str]) -> Floats:
        """The evidence for an article's question variant, were it not one."""
        question = int(self._starts[number]) + place
        vector = self._vectors[question]
        meaning = self._vectors @ vector
        words = self._sayings.likeness(counts)
        meaning[question], words[self._firsts[number] + place] = -1.0, 0.0
        centres = self._centres @ vector
        rest = _unit(self._asked[number] - vector) + self._told[number]
        centres[number] = _unit(rest) @ vector
        shared = self._words.of(counts, left_out=(number, counts))
        return self._evidence(meaning, centres, words, shared)

    def _evidence(self, meaning: Floats, centres: Floats, words: Floats, shared: Floats) -> Floats:
        """One row for each article; `meaning` is of passages, `words` of questions, the others of
        articles. The last column is the likeness of the nearest question in both at once.
        """
        nearest = np.maximum.reduceat(meaning, self._starts)
        same = np.maximum.reduceat(np.maximum(meaning[self._questions], 0.0) * words, self._firsts)
        return np.stack([centres, nearest, shared, same], axis=-1)


def _starts(sizes: Sequence[int]) -> npt.NDArray[np.intp]:
    """Where runs of these sizes begin."""
    return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)


def _together(first: Counter[str], others: Sequence[Counter[str]]) -> Counter[str]:
    """All counted together, in `first`: adding Counters copies the sum each time."""
    for other in others:
        first.update(other)
    return first


def _pieces(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs, long ones cut between sentences."""
    pieces: list[str] = []
    for paragraph in paragraphs:
        piece = ""
        for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
            if piece and len(piece) + len(sentence) > _PIECE_CHARACTERS:
                pieces.append(piece)
                piece = ""
            piece = f"{piece} {sentence}".strip()
        pieces.append(piece)
    return pieces[:_MOST_PIECES]


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, 1e-9)
    return unit
