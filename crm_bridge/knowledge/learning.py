"""What a language's articles teach about when one of them answers, learnt without other data.

Every question variant is left out once. It should find its own article: that teaches the weights
(a logistic regression on the evidence for each article). And with its own article taken away, it
stands for a question that nobody answers: that teaches the threshold, as the score with the best
balance between finding the right article and refusing when there is none. What is asked here is
already about the shop (the classifier keeps the rest away), so missing an answer weighs more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_RIDGE = 0.01
_STEPS = 30
# For one article alone, from which nothing can be learnt: a plain sum of the evidence.
_UNLEARNT = (0.0, 8.0, 4.0, 4.0)
_UNLEARNT_BIAS = -8.0
_REFUSAL_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """Weights of the evidence and the threshold; `found` and `refused` are the left-out shares."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    found: float
    refused: float

    def scores(self, evidence: Floats) -> Floats:
        """Evidence of shape (…, features + 1) to scores from 0 to 1.

        The last column is a likeness that speaks for itself: the score is never below it.
        """
        learnt = _sigmoid(evidence[..., :-1] @ np.array(self.weights) + self.bias)
        return np.maximum(learnt, evidence[..., -1])


UNLEARNT = Judgement(_UNLEARNT, _UNLEARNT_BIAS, 0.5, 0.0, 0.0)


def learn(evidence: Floats, own: npt.NDArray[np.intp]) -> Judgement:
    """Learn from left-out questions.

    `evidence` has the shape (questions, articles, features + 1); `own` is each question's article.
    """
    questions, articles, size = evidence.shape
    if questions == 0 or articles < 2:
        return UNLEARNT
    labels = np.zeros((questions, articles))
    labels[np.arange(questions), own] = 1.0
    *weights, bias = _logistic(evidence.reshape(-1, size)[:, :-1], labels.ravel())
    unlimited = Judgement(tuple(float(w) for w in weights), float(bias), 0.0, 0.0, 0.0)
    threshold, found, refused = _threshold(unlimited.scores(evidence), own)
    return Judgement(unlimited.weights, unlimited.bias, threshold, found, refused)


def _logistic(features: Floats, labels: Floats) -> Floats:
    """Newton's method with a small ridge; returns the weights with the bias last."""
    rows = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(rows.shape[1])
    ridge = np.diag([_RIDGE] * features.shape[1] + [1e-6])
    for _ in range(_STEPS):
        chance = _sigmoid(rows @ weights)
        gradient = rows.T @ (labels - chance) - ridge @ weights
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _threshold(scores: Floats, own: npt.NDArray[np.intp]) -> tuple[float, float, float]:
    rows = np.arange(len(own))
    right = scores[rows, own]
    others = scores.copy()
    others[rows, own] = -1.0
    wrong = others.max(axis=1)
    levels = np.unique(np.concatenate([right, wrong]))
    cuts = np.append((levels[1:] + levels[:-1]) / 2, min(1.0, levels[-1] + 0.01))
    found = ((right >= cuts[:, None]) & (right > wrong)).mean(axis=1)
    refused = (wrong < cuts[:, None]).mean(axis=1)
    # Of equally good thresholds the middle one is furthest from both kinds of mistake.
    worth = found + _REFUSAL_WEIGHT * refused
    best = np.flatnonzero(worth >= worth.max() - 1e-9)
    chosen = best[len(best) // 2]
    return float(cuts[chosen]), float(found[chosen]), float(refused[chosen])


def _sigmoid(values: Floats) -> Floats:
    limited: Floats = np.clip(values, -40.0, 40.0)
    return 1.0 / (1.0 + np.exp(-limited))
