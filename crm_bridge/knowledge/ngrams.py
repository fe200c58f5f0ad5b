"""Likeness of texts by the words and letters they share, without accents and capitals.

Finds what sentence vectors blur (names of yarns, sizes, odd words) and forgives typos.
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_WORD = re.compile(r"\w+")
_MAX_CHARACTERS = 1000
_SIZES = (3, 4, 5)
# BM25: how soon a term repeated says no more, and how much a long document is held against it.
_SATURATION = 1.2
_LENGTH = 0.5


def features(text: str) -> Counter[str]:
    """Words (marked `=`) and letter 3- to 5-grams within words."""
    counts: Counter[str] = Counter()
    for word in _WORD.findall(_plain(text[:_MAX_CHARACTERS])):
        counts[f"={word}"] += 1
        padded = f" {word} "
        for size in _SIZES:
            counts.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return counts


def rarity(size: int, frequency: int) -> float:
    """How much a term says that `frequency` of `size` texts hold: BM25's weight, never below 0."""
    return math.log1p((size - frequency + 0.5) / (frequency + 0.5))


class PassageIndex:
    """TF-IDF cosines between a query and each of a fixed list of passages."""

    def __init__(self, passages: Sequence[Counter[str]]) -> None:
        self._size = len(passages)
        frequency = Counter(name for counts in passages for name in counts)
        # Terms never seen weigh as the rarest: what a query says beyond the articles lowers its
        # likeness, and that is what tells a question without an answer.
        self._unseen = rarity(self._size, 0)
        self._weights = {name: rarity(self._size, n) for name, n in frequency.items()}
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for number, counts in enumerate(passages):
            for name, value in self._unit(counts).items():
                rows, values = postings.setdefault(name, ([], []))
                rows.append(number)
                values.append(value)
        self._postings = {
            name: (np.array(rows, dtype=np.intp), np.array(values))
            for name, (rows, values) in postings.items()
        }

    def likeness(self, query: Counter[str]) -> Floats:
        """One cosine for each passage."""
        scores = np.zeros(self._size)
        for name, value in self._unit(query).items():
            if (found := self._postings.get(name)) is not None:
                rows, values = found
                scores[rows] += value * values
        return scores

    def _unit(self, counts: Counter[str]) -> dict[str, float]:
        raw = {
            name: (1.0 + math.log(n)) * self._weights.get(name, self._unseen)
            for name, n in counts.items()
        }
        length = math.sqrt(sum(value * value for value in raw.values()))
        return {name: value / length for name, value in raw.items()} if length else {}


class SharedWords:
    """BM25 between a query and each of a fixed list of documents, as a share from 0 to about 1.

    1 is a document that holds every term of the query about as often as is usual. Terms that no
    document holds count in the share: what a query says beyond a document lowers it.
    """

    def __init__(self, documents: Sequence[Counter[str]]) -> None:
        self._size = len(documents)
        self._lengths = np.array([sum(counts.values()) for counts in documents], dtype=np.float64)
        self._usual = max(float(self._lengths.mean()), 1.0) if self._size else 1.0
        # Many documents have millions of terms between them: flat arrays instead of lists.
        postings: dict[str, tuple[array[int], array[float]]] = {}
        for number, counts in enumerate(documents):
            for name, times in counts.items():
                rows, values = postings.setdefault(name, (array("q"), array("d")))
                rows.append(number)
                values.append(times)
        self._postings = {
            name: (np.asarray(rows), np.asarray(values))
            for name, (rows, values) in postings.items()
        }
        self._nobody = (np.array([], dtype=np.int64), np.array([]))

    def of(self, query: Counter[str], left_out: tuple[int, Counter[str]] | None = None) -> Floats:
        """One share for each document, as if the `left_out` passage of one were not there."""
        shares, total = np.zeros(self._size), 0.0
        lengths = self._lengths
        if left_out is not None:
            lengths = lengths.copy()
            lengths[left_out[0]] -= sum(left_out[1].values())
        damping = _SATURATION * (1.0 - _LENGTH + _LENGTH * lengths / self._usual)
        for name in query:
            rows, times = self._postings.get(name, self._nobody)
            if left_out is not None and name in left_out[1]:
                times = times - np.where(rows == left_out[0], left_out[1][name], 0)
                rows, times = rows[times > 0], times[times > 0]
            weight = rarity(self._size, len(rows))
            total += weight
            shares[rows] += weight * (_SATURATION + 1.0) * times / (times + damping[rows])
        return shares / total if total else shares


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
