"""Everything the classifier learns beyond its weights, on the training data alone.

Mixture and rejection thresholds, in small sets regularisation too, come from cross-validation that
leaves whole intents out: what the model then says about their examples is what it will say about
questions nobody foresaw. Examples labelled out of scope, where there are any, count as such too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from itertools import product

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.ambiguity import choose_lead
from bot.nlu.linear import (
    Settings,
    Weights,
    calibrated,
    encoder_probabilities,
    fit_both,
    fit_encoder,
    fit_ngrams,
    mixture,
    ngram_probabilities,
)
from bot.nlu.thresholds import Judged, Thresholds, best_quality, best_thresholds, most_lost_of

# Narrow on purpose: beyond these the choice followed the noise of small sets.
ENCODER_C = (20.0, 60.0)
NGRAM_C = (5.0, 20.0)
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7)
_CHOICES = tuple(product(ENCODER_C, NGRAM_C, SHARES[1:]))
_WORTH_CHANGING = 0.003
TEMPERATURES = tuple(np.round(np.geomspace(0.25, 2.5, 24), 3))
# A part of a message counts as a wish of its own when it is clearer than this share of messages.
CLEAR = 0.3
SEED = 1827
_SELECTION_EXAMPLES = 1200
_ROUND_EXAMPLES = 10_000
# From here on n-grams have seen enough, and trying every regularisation would take minutes.
_SMALL = 3000
LARGE = Settings(encoder_c=20.0, ngram_c=20.0, encoder_share=0.4)
# Training costs examples × intents; so much of it goes into rounds of each kind.
_ROUNDS_COST = 200_000


@dataclass(frozen=True)
class Examples:
    """Training data: vectors (n × d), n-gram rows (n × vocabulary), labels (n, 0 … intents-1).

    Their order must be as good as random, and that of the examples alone (bot.nlu.fitting): parts
    of them are taken from the front.
    """

    vectors: np.ndarray
    rows: csr_matrix
    labels: np.ndarray
    intents: int

    def at(self, chosen: np.ndarray) -> Examples:
        """The examples at these positions; labels keep their numbers."""
        return Examples(self.vectors[chosen], self.rows[chosen], self.labels[chosen], self.intents)


def choose(
    examples: Examples, out_of_scope: int | None
) -> tuple[Settings, Thresholds, Weights | None]:
    """Everything that is learnt beyond the weights: settings of the mixture, then thresholds.

    Also what the first round learnt of n-grams, which lies near what the whole set will teach.
    """
    small = len(examples.labels) <= _SMALL
    settings = _settings_of_few(examples, out_of_scope) if small else LARGE
    # Thresholds of a sample of this size are those of the whole, and a third of the work.
    sample = examples.at(_subsample(examples.labels, _ROUND_EXAMPLES))
    parts: list[tuple[_Tables, np.ndarray]] = []
    near = None
    for inside, outside, unknown in _rounds(sample, out_of_scope):
        held_out = sample.at(outside)
        # Where it begins changes nothing of what a round finds: each ends at its own minimum.
        tables = _tables(sample.at(inside), held_out, settings, near)
        near = near or tables.learnt
        parts.append((tables, _truth(held_out, unknown)))
    if not parts:
        return settings, Thresholds(), None
    if not small:
        # A sample would learn too little of n-grams and lean on the encoder: the whole set tells.
        share = max(SHARES, key=lambda one: _quality_with(parts, one, settings, out_of_scope))
        settings = replace(settings, encoder_share=share)
        settings = replace(settings, temperature=_temperature(parts, settings))
    judged = _joined([_judge(tables, settings, truth, out_of_scope) for tables, truth in parts])
    best = best_thresholds(judged, most_lost_of(len(examples.labels) / examples.intents))
    kept = (judged.score >= best.score) & (judged.margin >= best.margin)
    right = kept & (judged.truth >= 0) & (judged.predicted == judged.truth)
    clear = float(np.quantile(judged.score[right], CLEAR)) if right.any() else Thresholds.clear
    return settings, replace(best, ambiguous=choose_lead(judged, kept), clear=clear), near


def _settings_of_few(examples: Examples, out_of_scope: int | None) -> Settings:
    """Regularisation, mixture and temperature of a small set, by trying them all."""
    sample = examples.at(_subsample(examples.labels, _SELECTION_EXAMPLES))
    rounds = list(_rounds(sample, out_of_scope))
    if not rounds:
        return Settings()
    parts = [
        (_tables(sample.at(inside), sample.at(outside)), _truth(sample.at(outside), unknown))
        for inside, outside, unknown in rounds
    ]
    best, chosen = 0.0, Settings()
    for settings in [chosen, *(Settings(*choice) for choice in _CHOICES)]:
        judged = _joined([_judge(part, settings, truth, out_of_scope) for part, truth in parts])
        quality = best_quality(judged)
        # The usual settings stay unless others are better by more than noise.
        if quality > best + _WORTH_CHANGING:
            best, chosen = quality, settings
    folds = _folds(sample.labels, 4)
    tables = [
        (
            _tables(
                sample.at(np.flatnonzero(folds != n)), sample.at(np.flatnonzero(folds == n)), chosen
            ),
            sample.labels[folds == n],
        )
        for n in range(4)
        if (folds == n).any()
    ]
    return replace(chosen, temperature=_temperature(tables, chosen))


def _quality_with(
    parts: list[tuple[_Tables, np.ndarray]],
    share: float,
    settings: Settings,
    out_of_scope: int | None,
) -> float:
    """How well known and unknown are told apart with this share of the encoder."""
    tried = replace(settings, encoder_share=share)
    judged = [_judge(tables, tried, truth, out_of_scope) for tables, truth in parts]
    return best_quality(_joined(judged))


def nearest(vectors: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Cosine of each unit vector to its nearest known one, at least 0."""
    if not len(known) or not len(vectors):
        return np.zeros(len(vectors), np.float32)
    best = [
        (vectors[start : start + 512] @ known.T).max(axis=1)
        for start in range(0, len(vectors), 512)
    ]
    return np.clip(np.concatenate(best), 0.0, 1.0)


@dataclass(frozen=True)
class Lead:
    """Of each row: the best intent and the next (-1 where there is none), the best's probability,
    and how far it leads."""

    first: np.ndarray
    second: np.ndarray
    best: np.ndarray
    lead: np.ndarray


def leading(probabilities: np.ndarray) -> Lead:
    """The two best intents of each row of probabilities (n × intents)."""
    if probabilities.shape[1] == 1:
        best = probabilities[:, 0]
        nobody = np.zeros(len(best), int)
        return Lead(nobody, nobody - 1, best, best)
    order = np.argsort(probabilities, axis=1)
    first, second = order[:, -1], order[:, -2]
    rows = np.arange(len(order))
    best = probabilities[rows, first]
    return Lead(first, second, best, best - probabilities[rows, second])


@dataclass(frozen=True)
class _Tables:
    """Probabilities of held-out examples by regularisation, and their nearest example's cosine;
    `learnt` are the n-grams' weights (all intents), where one regularisation was asked for."""

    encoder: dict[float, np.ndarray]
    ngrams: dict[float, np.ndarray]
    similarity: np.ndarray
    learnt: Weights | None = None


def _tables(
    inside: Examples,
    outside: Examples,
    settings: Settings | None = None,
    start: Weights | None = None,
) -> _Tables:
    """Train on `inside`, predict `outside`; intents that `inside` lacks get probability zero."""
    present, local = np.unique(inside.labels, return_inverse=True)
    if settings is None:
        encoders = {c: fit_encoder(inside.vectors, local, len(present), c) for c in ENCODER_C}
        ngrams = {c: fit_ngrams(inside.rows, local, len(present), c) for c in NGRAM_C}
        learnt = None
    else:
        begin = None if start is None else Weights(start.matrix[:, present], start.bias[present])
        encoder, learnt = fit_both(
            inside.vectors, inside.rows, local, len(present), settings, begin
        )
        encoders, ngrams = {settings.encoder_c: encoder}, {settings.ngram_c: learnt}
        learnt = _widened(learnt, present, inside.intents)

    def placed(probabilities: np.ndarray) -> np.ndarray:
        whole = np.zeros((len(outside.labels), inside.intents))
        whole[:, present] = probabilities
        return whole

    return _Tables(
        {c: placed(encoder_probabilities(outside.vectors, one)) for c, one in encoders.items()},
        {c: placed(ngram_probabilities(outside.rows, one)) for c, one in ngrams.items()},
        nearest(outside.vectors, inside.vectors),
        learnt,
    )


def _widened(weights: Weights, present: np.ndarray, intents: int) -> Weights:
    """Weights of all intents; those that weren't learnt have none."""
    matrix = np.zeros((len(weights.matrix), intents), np.float32)
    bias = np.zeros(intents, np.float32)
    matrix[:, present], bias[present] = weights.matrix, weights.bias
    return Weights(matrix, bias)


def _truth(outside: Examples, left_out: np.ndarray) -> np.ndarray:
    return np.where(np.isin(outside.labels, left_out), -1, outside.labels)


def _judge(
    tables: _Tables, settings: Settings, truth: np.ndarray, out_of_scope: int | None
) -> Judged:
    encoder, ngrams = tables.encoder[settings.encoder_c], tables.ngrams[settings.ngram_c]
    found = leading(mixture(encoder, ngrams, settings.encoder_share))
    predicted, second, left_out = found.first, found.second, truth < 0
    if out_of_scope is not None:
        truth, predicted, second = (
            np.where(labels == out_of_scope, -1, labels) for labels in (truth, predicted, second)
        )
    score = found.best * tables.similarity
    return Judged(predicted, second, score, found.lead, truth, left_out)


def _joined(parts: list[Judged]) -> Judged:
    columns = zip(*(astuple(part) for part in parts), strict=True)
    return Judged(*(np.concatenate(column) for column in columns))


def _rounds(
    examples: Examples, out_of_scope: int | None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Training positions, held-out positions and left-out intents of each round.

    Ordinary folds show how the known look; folds of whole intents, few at a time so that the rest
    of the model stays as it is, show how the unknown look.
    """
    random = np.random.RandomState(SEED)
    labels = examples.labels
    intents = np.setdiff1d(np.unique(labels), [] if out_of_scope is None else [out_of_scope])
    if len(intents) < 2:
        return
    most = int(np.clip(_ROUNDS_COST // (len(labels) * len(intents)), 1, 8))
    folds = _folds(labels, 5, random)
    for fold in range(min(most, 5)):
        if (folds == fold).any():
            yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold), np.empty(0, int)
    for left_out in np.array_split(random.permutation(intents), min(8, len(intents)))[:most]:
        unknown = np.isin(labels, left_out)
        yield np.flatnonzero(~unknown), np.flatnonzero(unknown), left_out


def _temperature(parts: list[tuple[_Tables, np.ndarray]], settings: Settings) -> float:
    """Temperature with the least log loss on held-out examples; `parts` are their tables and true
    labels (-1: none that was learnt)."""
    losses = np.zeros(len(TEMPERATURES))
    for tables, truth in parts:
        encoder, ngrams = tables.encoder[settings.encoder_c], tables.ngrams[settings.ngram_c]
        known = np.flatnonzero(truth >= 0)
        mixed = mixture(encoder, ngrams, settings.encoder_share)[known]
        for index, temperature in enumerate(TEMPERATURES):
            right = calibrated(mixed, temperature)[np.arange(len(known)), truth[known]]
            losses[index] -= np.log(np.maximum(right, 1e-6)).sum()
    return float(TEMPERATURES[int(np.argmin(losses))]) if losses.any() else 1.0


def _folds(
    labels: np.ndarray, count: int, random: np.random.RandomState | None = None
) -> np.ndarray:
    """Fold of each example, spread evenly within intents; -1 for an intent's only example."""
    random = random or np.random.RandomState(SEED)
    folds = np.full(len(labels), -1)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            folds[members] = (np.arange(len(members)) + random.randint(count)) % count
    return folds


def _subsample(labels: np.ndarray, most: int) -> np.ndarray:
    if len(labels) <= most:
        return np.arange(len(labels))
    shares = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    keep = [members[: max(4, len(members) * most // len(labels))] for members in shares]
    return np.sort(np.concatenate(keep))
