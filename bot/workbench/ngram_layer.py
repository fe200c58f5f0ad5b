"""The n-grams' linear layer, moved by a few more examples: one intent against the rest at a time.

As in `encoder_layer`, the present model's own probabilities stand for the present examples. Only
intents that a new example speaks for, or was likely to be read as, move at all.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit

from bot.nlu.linear import Weights

# An intent moves when a new example's residual is at least this.
_MOVES = 0.015
# Examples that bend an intent's loss less than this neither pull nor hold it, unless they share
# this much with a new one.
_BENDS = 3e-3
_ALIKE = 0.4
_STEPS = 6
_DIRECTIONS = 40
_ROUGHLY = 0.05
_STILL = 1e-3


class NgramLayer:
    """Weights on sparse rows (n × vocabulary), and what it takes to move them."""

    def __init__(self, rows: csr_matrix, weights: Weights, c: float) -> None:
        self._rows = rows
        self._weights = weights
        self._c = c
        # Kept at half the size: they only stand in for labels.
        self._scores = (rows @ weights.matrix + weights.bias).astype(np.float16)

    def moved(self, added: csr_matrix, labels: np.ndarray) -> Weights:
        """The weights once these examples are learnt too; without any, the weights as they are.

        `added` may have columns after the vocabulary's: n-grams that nobody wrote before.
        """
        if not len(labels):
            return self._weights
        extra = added.shape[1] - self._rows.shape[1]
        known = added[:, : self._rows.shape[1]]
        now = expit(known @ self._weights.matrix + self._weights.bias)
        wanted = np.zeros_like(now)
        wanted[np.arange(len(labels)), labels] = 1
        # Both blocks of a row have unit length, so that two like texts share two.
        shared = np.asarray((self._rows @ known.T).max(axis=1).todense()).ravel() / 2
        alike = np.flatnonzero(shared > _ALIKE)
        empty = np.zeros((extra, now.shape[1]), np.float32)
        matrix, bias = np.vstack([self._weights.matrix, empty]), self._weights.bias.copy()
        for intent in np.flatnonzero(np.abs(now - wanted).max(axis=0) >= _MOVES):
            matrix[:, intent], bias[intent] = self._moved(
                int(intent), added, wanted[:, intent], alike, matrix[:, intent], float(bias[intent])
            )
        return Weights(matrix, bias)

    def _moved(
        self,
        intent: int,
        added: csr_matrix,
        wanted: np.ndarray,
        alike: np.ndarray,
        matrix: np.ndarray,
        bias: float,
    ) -> tuple[np.ndarray, float]:
        own = expit(self._scores[:, intent].astype(np.float32))
        chosen = np.union1d(np.flatnonzero(own * (1 - own) > _BENDS), alike)
        old = self._rows[chosen]
        old.resize(old.shape[0], added.shape[1])
        rows = vstack([old, added], format="csr")
        # Only n-grams that occur in these rows can move.
        occurs = np.zeros(added.shape[1], bool)
        occurs[rows.indices] = True
        used = np.flatnonzero(occurs)
        places = (np.cumsum(occurs, dtype=np.int32) - 1)[rows.indices]
        rows = csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], len(used)))
        there = rows @ matrix[used] + bias
        targets = np.concatenate([expit(there[: len(chosen)]), wanted])
        shift, shifted_bias = _newton(rows, targets, there, 1.0 / self._c)
        result = matrix.copy()
        result[used] += shift
        return result, bias + shifted_bias


def _newton(
    rows: csr_matrix, targets: np.ndarray, there: np.ndarray, penalty: float
) -> tuple[np.ndarray, float]:
    """How far weights and bias move from where the rows' scores are `there`; the bias, a feature
    that is always 1, is held by the penalty like the others, as in training."""
    transposed = rows.T.tocsr()
    shift, bias = np.zeros(rows.shape[1]), 0.0
    loss = _loss(there, targets)
    scores = there.astype(np.float64)
    for _ in range(_STEPS):
        probabilities = expit(scores)
        residual = probabilities - targets
        gradient = transposed @ residual + penalty * shift
        gradient_bias = float(residual.sum()) + penalty * bias
        bends = probabilities * (1 - probabilities)
        step, step_bias = _direction(rows, transposed, bends, gradient, gradient_bias, penalty)
        slope = float(gradient @ step) + gradient_bias * step_bias
        reach = rows @ step + step_bias
        size = 1.0
        while size > _STILL:
            moved, moved_bias = shift + size * step, bias + size * step_bias
            there_now = scores + size * reach
            held = 0.5 * penalty * (float(moved @ moved) + moved_bias**2)
            lower = _loss(there_now, targets) + held
            if lower <= loss + 1e-4 * size * slope:
                break
            size /= 2
        else:
            break
        gained, shift, bias, scores, loss = loss - lower, moved, moved_bias, there_now, lower
        if gained < _STILL:
            break
    return shift.astype(np.float32), bias


def _loss(scores: np.ndarray, targets: np.ndarray) -> float:
    return float((np.logaddexp(0, scores) - targets * scores).sum())


def _direction(
    rows: csr_matrix,
    transposed: csr_matrix,
    bends: np.ndarray,
    gradient: np.ndarray,
    gradient_bias: float,
    penalty: float,
) -> tuple[np.ndarray, float]:
    """Where the quadratic approximation is lowest, roughly: conjugate gradients."""
    step, step_bias = np.zeros_like(gradient), 0.0
    rest, rest_bias = -gradient, -gradient_bias
    way, way_bias = rest, rest_bias
    before = float(rest @ rest) + rest_bias**2
    enough = _ROUGHLY**2 * before
    for _ in range(_DIRECTIONS):
        if before <= enough:
            break
        spread = bends * (rows @ way + way_bias)
        bent, bent_bias = transposed @ spread + penalty * way, spread.sum() + penalty * way_bias
        size = before / (float(way @ bent) + way_bias * bent_bias)
        step, step_bias = step + size * way, step_bias + size * way_bias
        rest, rest_bias = rest - size * bent, rest_bias - size * bent_bias
        after = float(rest @ rest) + rest_bias**2
        way, way_bias = rest + after / before * way, rest_bias + after / before * way_bias
        before = after
    return step, float(step_bias)
