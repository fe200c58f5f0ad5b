"""Figures of held-out examples: intervals, calibration, confusions, precision and recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.guard.predictions import AMBIGUOUS, OUT_OF_SCOPE, REJECTED

_BINS = 10


@dataclass(frozen=True)
class Held:
    """One training example as a model read it that was fitted without it; `line` counts from 1."""

    text: str
    language: str
    file: str
    line: int
    expected: str
    predicted: str
    first: str
    second: str
    confidence: float

    @property
    def decided(self) -> str:
        """What it counts as: a rejected message is one that is out of scope; one that is asked
        about counts as its likelier reading."""
        if self.predicted == REJECTED:
            return OUT_OF_SCOPE
        return self.first if self.predicted == AMBIGUOUS else self.predicted

    @property
    def right(self) -> bool:
        """Whether it is read as labelled."""
        return self.decided == self.expected

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


def of_json(entries: Iterable[Mapping[str, Any]]) -> list[Held]:
    """The examples that `python -m bot.crossvalidation` writes."""
    return [Held(**entry) for entry in entries]


@dataclass(frozen=True)
class Bin:
    """Messages whose confidence lies between `low` and `high`."""

    low: float
    high: float
    count: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """Share of them whose likeliest intent is right."""
        return self.right / self.count if self.count else 0.0


def calibration(held: Sequence[Held]) -> list[Bin]:
    """Ten bins of equal width by confidence of the likeliest intent, whatever was decided then."""
    bins = []
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        inside = [
            one
            for one in held
            if low <= one.confidence < high or (number == _BINS - 1 and one.confidence == 1)
        ]
        right = sum(one.first == one.expected for one in inside)
        mean = sum(one.confidence for one in inside) / len(inside) if inside else (low + high) / 2
        bins.append(Bin(low, high, len(inside), right, mean))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (Naeini et al. 2015): mean gap between confidence and accuracy,
    weighted by messages, 0 to 1."""
    total = sum(one.count for one in bins)
    gaps = sum(one.count * abs(one.accuracy - one.confidence) for one in bins)
    return gaps / total if total else 0.0


@dataclass(frozen=True)
class Scores:
    """How one intent is read."""

    intent: str
    examples: int
    right: int
    given: int

    @property
    def precision(self) -> float:
        """Of those that were read as it, the share that is it."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Of its examples, the share that was read as it."""
        return self.right / self.examples if self.examples else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def scores(held: Sequence[Held], intents: Sequence[str]) -> list[Scores]:
    """The scores of each intent."""
    examples = Counter(one.expected for one in held)
    given = Counter(one.decided for one in held)
    right = Counter(one.expected for one in held if one.right)
    return [Scores(name, examples[name], right[name], given[name]) for name in intents]


@dataclass(frozen=True)
class Confusion:
    """One intent read as another, with the examples; the surest mistakes first."""

    expected: str
    decided: str
    examples: tuple[Held, ...]


def confusions(held: Sequence[Held], most: int = 15) -> list[Confusion]:
    """The most frequent ones."""
    wrong: dict[tuple[str, str], list[Held]] = {}
    for one in held:
        if not one.right:
            wrong.setdefault((one.expected, one.decided), []).append(one)
    ranked = sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Confusion(expected, decided, tuple(sorted(some, key=lambda one: -one.confidence)))
        for (expected, decided), some in ranked[:most]
    ]
