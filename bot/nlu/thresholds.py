"""Rejection thresholds: which held-out examples should have been understood, and which not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MARGINS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)
# Share of messages taken to be about something else when thresholds are weighed: what a care bot
# sees lies between a fifth and a half.
OUT_OF_SCOPE_SHARE = 0.35
# Share of those that examples labelled out of scope stand for, where there are any.
LABELLED_SHARE = 0.75


@dataclass(frozen=True)
class Thresholds:
    """A message is rejected below `score` (mixed probability, not calibrated, × cosine to the
    nearest example) or when the two best intents are nearer to one another than `margin`; it is
    ambiguous when they are nearer than `ambiguous`. From `clear` on a part of a message
    is understood better than many messages."""

    score: float = 0.25
    margin: float = 0.0
    ambiguous: float = 0.0
    clear: float = 0.5


@dataclass(frozen=True)
class Judged:
    """Predictions about held-out examples: label, the next best, score of the first, its margin,
    true label (-1: none), and whether that is one the model was kept from learning."""

    predicted: np.ndarray
    second: np.ndarray
    score: np.ndarray
    margin: np.ndarray
    truth: np.ndarray
    left_out: np.ndarray


def best_thresholds(judged: Judged, most_lost: float) -> Thresholds:
    """The middle of the thresholds that are as good as the best one, and the smallest margin that
    helps; but never one that rejects more than `most_lost` of what was understood rightly."""
    weights = _weights(judged)
    if weights is None:
        return Thresholds()
    unknown = judged.truth < 0
    candidates = np.unique(np.quantile(judged.score, np.linspace(0, 1, 121)))
    table = np.array(
        [[_quality(judged, weights, score, margin) for score in candidates] for margin in MARGINS]
    )
    margin = int(np.flatnonzero(table.max(axis=1) >= table.max() - 0.002)[0])
    good = np.flatnonzero(table[margin] >= table[margin].max() - 0.004)
    right = judged.score[(judged.predicted == judged.truth) & ~unknown]
    bearable = float(np.quantile(right, most_lost)) if len(right) else 1.0
    return Thresholds(min(float(np.median(candidates[good])), bearable), MARGINS[margin])


def most_lost_of(examples_an_intent: float) -> float:
    """Share of rightly understood held-out messages that rejection may cost.

    With few examples the finished model knows noticeably more than those that were tried; with
    many, held-out examples are near copies of others and customers' messages are not.
    """
    return float(np.clip(0.3 / np.sqrt(examples_an_intent), 0.04, 0.07))


def _quality(judged: Judged, weights: np.ndarray, score: float, margin: float) -> float:
    """Weighted multi-class Matthews correlation (Gorodkin 2004), rejection being a class."""
    rejected = (judged.score < score) | (judged.margin < margin)
    predicted = np.where(rejected, -1, judged.predicted) + 1
    truth = judged.truth + 1
    size = int(max(predicted.max(), truth.max())) + 1
    true_mass = np.bincount(truth, weights, size)
    predicted_mass = np.bincount(predicted, weights, size)
    total = weights.sum()
    covariance = weights[predicted == truth].sum() * total - true_mass @ predicted_mass
    spread = (total**2 - true_mass @ true_mass) * (total**2 - predicted_mass @ predicted_mass)
    return float(covariance / np.sqrt(spread)) if spread > 0 else 0.0


def _weights(judged: Judged) -> np.ndarray | None:
    unknown = judged.truth < 0
    if unknown.all() or not unknown.any():
        return None
    weights = np.where(unknown, 0.0, (1 - OUT_OF_SCOPE_SHARE) / (~unknown).mean())
    labelled = unknown & ~judged.left_out
    # What designers labelled out of scope is what comes; left-out intents only resemble it.
    for kind, share in ((labelled, LABELLED_SHARE), (judged.left_out, 1 - LABELLED_SHARE)):
        if kind.any():
            weights[kind] = OUT_OF_SCOPE_SHARE * (share if labelled.any() else 1) / kind.mean()
    return weights


def best_quality(judged: Judged) -> float:
    weights = _weights(judged)
    if weights is None:
        return 0.0
    return max(
        _quality(judged, weights, score, 0.0)
        for score in np.quantile(judged.score, np.linspace(0, 1, 61))
    )
