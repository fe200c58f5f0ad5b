"""Likeness of texts by the words and letters they share, without accents and capitals.

Finds what sentence vectors blur (names of yarns, sizes, odd words) and forgives typos.
"""

from __future__ import annotations

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

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


class _Postings:
    """In which of the texts each term stands, and with which value. A query has hundreds of terms:
    they are looked up together, in the order in which they are asked for.
    """

    def __init__(self, texts: Iterable[Mapping[str, float]]) -> None:
        # Many documents have millions of terms between them: flat arrays instead of lists.
        postings: dict[str, tuple[array[int], array[float]]] = {}
        for number, terms in enumerate(texts):
            for name, value in terms.items():
                rows, values = postings.setdefault(name, (array("q"), array("d")))
                rows.append(number)
                values.append(value)
        self._place = {name: place for place, name in enumerate(postings)}
        # Behind the last term stands one that no text has.
        sizes = [*(len(rows) for rows, _ in postings.values()), 0]
        self._sizes = np.array(sizes, dtype=np.intp)
        self._starts = np.concatenate([[0], np.cumsum(self._sizes)[:-1]]).astype(np.intp)
        flat = [np.asarray(rows) for rows, _ in postings.values()]
        self._rows = np.concatenate([np.zeros(0, np.int64), *flat])
        self._values = np.concatenate([np.zeros(0), *(np.asarray(v) for _, v in postings.values())])

    def of(self, names: Iterable[str]) -> tuple[Places, Places, Floats]:
        """For all names at once: which of them (by its place in `names`), text and value."""
        nobody = len(self._place)
        places = np.array([self._place.get(name, nobody) for name in names], dtype=np.intp)
        sizes = self._sizes[places]
        which = np.repeat(np.arange(len(places)), sizes)
        begins = np.cumsum(sizes) - sizes
        found = np.arange(len(which)) + (self._starts[places] - begins)[which]
        return which, self._rows[found], self._values[found]


class PassageIndex:
    """TF-IDF cosines between a query and each of a fixed list of passages."""

    def __init__(self, passages: Sequence[Counter[str]]) -> None:
        self._size = len(passages)
        frequency = Counter(name for counts in passages for name in counts)
        # Terms never seen weigh as the rarest: what a query says beyond the articles lowers its
        # likeness, and that is what tells a question without an answer.
        self._unseen = rarity(self._size, 0)
        self._weights = {name: rarity(self._size, n) for name, n in frequency.items()}
        self._postings = _Postings(self._unit(counts) for counts in passages)

    def likeness(self, query: Counter[str]) -> Floats:
        """One cosine for each passage."""
        unit = self._unit(query)
        which, rows, values = self._postings.of(unit)
        weights = np.fromiter(unit.values(), np.float64, len(unit))
        return _sums(rows, weights[which] * values, self._size)

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
        self._postings = _Postings(documents)
        self._rarity = np.array([rarity(self._size, n) for n in range(self._size + 1)])

    def of(self, query: Counter[str], left_out: tuple[int, Counter[str]] | None = None) -> Floats:
        """One share for each document, as if the `left_out` passage of one were not there."""
        which, rows, times = self._postings.of(query)
        lengths = self._lengths
        if left_out is not None:
            document, counts = left_out
            lengths = lengths.copy()
            lengths[document] -= sum(counts.values())
            gone = np.array([counts.get(name, 0) for name in query], dtype=np.float64)
            times = times - np.where(rows == document, gone[which], 0.0)
            left = times > 0
            which, rows, times = which[left], rows[left], times[left]
        damping = _SATURATION * (1.0 - _LENGTH + _LENGTH * lengths / self._usual)
        weights = self._rarity[np.bincount(which, minlength=len(query))]
        says = weights[which] * (_SATURATION + 1.0) * times / (times + damping[rows])
        shares = _sums(rows, says, self._size)
        total = float(np.cumsum(weights)[-1]) if len(weights) else 0.0
        return shares / total if total else shares


def _sums(places: Places, values: Floats, size: int) -> Floats:
    """The sum of the values of each place, added in their order."""
    # Of nothing at all numpy makes whole numbers.
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
