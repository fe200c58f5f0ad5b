"""What weights make of many messages at once, and which readings two of them disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.deciding import Reading, Rules, decide
from bot.nlu.learning import leading
from bot.nlu.linear import (
    Settings,
    Weights,
    calibrated,
    encoder_probabilities,
    mixture,
    ngram_probabilities,
)
from bot.nlu.model import Judgement
from bot.nlu.thresholds import Thresholds


@dataclass(frozen=True)
class Judge:
    """Both linear models with all that turns their scores into readings."""

    intents: tuple[str, ...]
    settings: Settings
    thresholds: Thresholds
    rules: Rules
    encoder: Weights
    ngrams: Weights

    def judged(self, vectors: np.ndarray, rows: csr_matrix, similarity: np.ndarray) -> Judged:
        """Judge messages by unit vectors (n × d), n-gram rows, and cosine to the nearest example
        (n). Rows of before a new word came have fewer columns than there are weights."""
        known = Weights(self.ngrams.matrix[: rows.shape[1]], self.ngrams.bias)
        mixed = mixture(
            encoder_probabilities(vectors, self.encoder),
            ngram_probabilities(rows, known),
            self.settings.encoder_share,
        )
        found = leading(mixed)
        score = found.best * similarity
        rejected = (score < self.thresholds.score) | (found.lead < self.thresholds.margin)
        ambiguous = ~rejected & (found.lead < self.thresholds.ambiguous)
        # Two of a kind are read alike: the second matters only where one could be asked about.
        second = np.where(ambiguous, found.second, -1)
        kind = np.stack([found.first, second, rejected, ambiguous], axis=1)
        return Judged(self, mixed, score, found.lead, kind)


@dataclass(frozen=True)
class Judged:
    """Judgements of messages; `kind` holds all that a reading's intent depends on."""

    judge: Judge
    mixed: np.ndarray
    score: np.ndarray
    margin: np.ndarray
    kind: np.ndarray

    def reading(self, place: int, text: str) -> Reading:
        """The reading of the message at this place, whose text is given as it was written."""
        judgement = self.judgement(place)
        return decide(judgement, text, self.judge.intents, self.judge.rules)

    def judgement(self, place: int) -> Judgement:
        """The judgement about the message at this place."""
        return Judgement(
            calibrated(self.mixed[[place]], self.judge.settings.temperature)[0],
            float(self.score[place]),
            float(self.margin[place]),
            bool(self.kind[place, 2]),
            bool(self.kind[place, 3]),
        )

    def unlike(self, other: Judged) -> Sequence[int]:
        """Places whose readings may differ between the two."""
        return [int(place) for place in np.flatnonzero((self.kind != other.kind).any(axis=1))]
