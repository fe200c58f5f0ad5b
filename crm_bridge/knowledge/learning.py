"""What a language's articles teach about when one of them answers, learnt without other data.

Every question variant is left out once. It should find its own article: that teaches the weights
of the evidence (a softmax over the articles, held near weights that suit any set of articles, so
that few variants move them little). And with its own article taken away, it stands for a question
that nobody answers: that teaches how sure the best article must be. What is asked here is already
about the shop (the classifier keeps the rest away), so missing an answer weighs more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# The article's centre in meaning, its nearest passage in meaning, the words it shares. Found on
# labelled questions of other trades and on half of our variants to find the other half.
_USUAL = (12.0, 1.0, 4.5)
_USUAL_SURENESS = (0.45, -3.6)
# So many left-out questions move the weights as far as the usual ones hold them back.
_PRIOR_QUESTIONS = 0.02
_FEWEST_QUESTIONS = 20
_RIDGE = 0.01
_STEPS = 30
_REFUSAL_WEIGHT = 0.5
_BLUR = 0.25


@dataclass(frozen=True, slots=True)
class Judgement:
    """Weights of the evidence, of what makes an answer sure, and the threshold of sureness.

    `found` and `refused` are the shares of left-out questions.
    """

    weights: tuple[float, ...]
    sureness: tuple[float, float]
    threshold: float
    found: float
    refused: float

    def scores(self, evidence: Floats) -> Floats:
        """Evidence of shape (…, articles, features + 1) to scores from 0 to 1.

        The last column is a likeness that speaks for itself: the score is never below it. The
        order of the articles is that of the weighted evidence.
        """
        weighed = self.weighed(evidence)
        slope, bias = self.sureness
        return np.maximum(_sigmoid(slope * weighed + bias), evidence[..., -1])

    def weighed(self, evidence: Floats) -> Floats:
        """The evidence in one number for each article; a higher one is likelier to answer."""
        total: Floats = evidence[..., :-1] @ np.array(self.weights)
        return total


UNLEARNT = Judgement(_USUAL, _USUAL_SURENESS, 0.5, 0.0, 0.0)


def learn(evidence: Floats, own: npt.NDArray[np.intp]) -> Judgement:
    """Learn from left-out questions.

    `evidence` has the shape (questions, articles, features + 1); `own` is each question's article.
    Too few questions teach nothing: the usual judgement is returned.
    """
    if len(own) < _FEWEST_QUESTIONS or evidence.shape[1] < 3:
        return UNLEARNT
    weights = _softmax_weights(evidence[..., :-1], own)
    weighed = evidence[..., :-1] @ weights
    rows = np.arange(len(own))
    without = weighed.copy()
    without[rows, own] = -np.inf
    slope, bias = _logistic(
        np.concatenate([weighed[rows, own], without.max(axis=1)]),
        np.repeat([1.0, 0.0], len(own)),
    )
    # Less evidence can't make an answer surer.
    learnt = (max(slope, 0.01), bias)
    unlimited = Judgement(tuple(float(w) for w in weights), learnt, 0.0, 0.0, 0.0)
    answered = unlimited.scores(evidence)
    apart = evidence.copy()
    apart[rows, own, :-1] = -1e3
    apart[rows, own, -1] = 0.0
    unanswered = unlimited.scores(apart).max(axis=1)
    threshold, found, refused = _threshold(answered, own, unanswered)
    return Judgement(unlimited.weights, learnt, threshold, found, refused)


def _softmax_weights(features: Floats, own: npt.NDArray[np.intp]) -> Floats:
    """Newton's method for the likeliest weights under a Gaussian around the usual ones."""
    usual = np.array(_USUAL)
    weights = usual.copy()
    rows = np.arange(len(own))
    hold = _PRIOR_QUESTIONS * np.eye(len(usual))
    for _ in range(_STEPS):
        chance = features @ weights
        chance = np.exp(chance - chance.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        mean = np.einsum("qa,qaf->qf", chance, features)
        gradient = (features[rows, own] - mean).sum(axis=0) - hold @ (weights - usual)
        square = np.einsum("qa,qaf,qag->fg", chance, features, features, optimize=True)
        step = np.linalg.solve(square - mean.T @ mean + hold, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    # Likeness never counts against an article.
    positive: Floats = np.maximum(weights, 0.0)
    return positive


def _logistic(values: Floats, labels: Floats) -> tuple[float, float]:
    """Slope and bias of the label's log odds, by Newton's method with a small ridge."""
    rows = np.column_stack([values, np.ones(len(values))])
    weights = np.zeros(2)
    ridge = np.diag([_RIDGE, 1e-6])
    for _ in range(_STEPS):
        chance = _sigmoid(rows @ weights)
        gradient = rows.T @ (labels - chance) - ridge @ weights
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return float(weights[0]), float(weights[1])


def _threshold(
    answered: Floats, own: npt.NDArray[np.intp], unanswered: Floats
) -> tuple[float, float, float]:
    """The score with the best balance, and the shares found and refused at it."""
    rows = np.arange(len(own))
    right = answered[rows, own]
    first = answered.argmax(axis=1) == own
    levels = np.unique(np.concatenate([right, unanswered]))
    cuts = np.append((levels[1:] + levels[:-1]) / 2, min(1.0, levels[-1] + 0.01))
    # A few questions more or less at the very cut are chance: what lies near it counts by half.
    width = _BLUR * float(np.concatenate([right, unanswered]).std()) + 1e-9
    found = (_sigmoid((right - cuts[:, None]) / width) * first).mean(axis=1)
    refused = _sigmoid((cuts[:, None] - unanswered) / width).mean(axis=1)
    cut = float(cuts[np.argmax(found + _REFUSAL_WEIGHT * refused)])
    return cut, float(((right >= cut) & first).mean()), float((unanswered < cut).mean())


def _sigmoid(values: Floats) -> Floats:
    limited: Floats = np.clip(values, -40.0, 40.0)
    return 1.0 / (1.0 + np.exp(-limited))
