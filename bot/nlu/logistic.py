"""Logistic regression of one intent against the rest on many sparse rows, to its minimum.

Newton steps whose directions come from preconditioned conjugate gradients. What they cost is
products with the rows, and three things keep those few: n-grams that always come together are one
column; the second derivative is taken from a sample of the rows (Byrd et al., "On the Use of
Stochastic Hessian Information in Optimization Methods for Machine Learning", 2011), of which the
most uncertain are all there; and a start that was learnt on a part of the examples is taken up.
Gradient and loss are always those of all rows, so that where the steps end is the problem's minimum
whatever the way there was. Nothing is drawn at random: the rows' order decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit

# Done when the gradient is this share of the first one, times the share of the rarer class. The
# loss is then as near to its least as liblinear's with the tolerance 0.001, or nearer.
_ENOUGH = 2e-4
_STEPS = 60
_DIRECTIONS = 50
_ROUGHLY = 0.3
_SHORTEST = 1e-3
# A row whose loss bends less than this takes part in the second derivative by lot; all do in a
# small set.
_BENDS = 0.01
_FEW = 4000
# Multiples of it, modulo 1, are spread evenly however many there are (Weyl's sequence).
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Merged:
    """Rows in which columns that are equal throughout are one, of the same length as they had.

    With a penalty on the squares, their weights are equal at the minimum, so nothing is lost.
    `group` says for each column which one it is in now, `size` how many make one up.
    """

    rows: csr_matrix
    transposed: csr_matrix
    group: np.ndarray
    size: np.ndarray

    @classmethod
    def of(cls, rows: csr_matrix) -> Merged:
        """Merge the columns of float32 rows (n × features)."""
        columns = rows.tocsc()
        columns.sort_indices()
        first, group = _equal(columns)
        size = np.bincount(group, minlength=len(first)).astype(np.float32)
        merged = columns[:, first].tocsr()
        merged.data *= np.sqrt(size)[merged.indices]
        return cls(merged, merged.T.tocsr(), group, size)

    def gather(self, weights: np.ndarray) -> np.ndarray:
        """Weights of the merged columns that give the same scores as those of the columns."""
        sums = np.bincount(self.group, weights, minlength=len(self.size))
        return (sums / np.sqrt(self.size)).astype(np.float32)

    def spread(self, weights: np.ndarray) -> np.ndarray:
        """Weights of the columns from those of the merged ones."""
        return np.asarray((weights / np.sqrt(self.size))[self.group], np.float32)


def _equal(columns: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """The first of each group of equal columns, and the group of each column."""
    number = columns.shape[1]
    lots = np.random.RandomState(1827).randint(0, 2**63, columns.shape[0], np.uint64)
    marks = lots[columns.indices] ^ (columns.data.view(np.uint32) * np.uint64(0x9E3779B97F4A7C15))
    marks *= np.uint64(0xBF58476D1CE4E5B9)
    marks ^= marks >> np.uint64(31)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(marks, dtype=np.uint64)])
    ends = columns.indptr
    _, first, group = np.unique(
        sums[ends[1:]] - sums[ends[:-1]], return_index=True, return_inverse=True
    )
    # Numbered as they come, so that neighbours stay neighbours.
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first, group = first[order], rank[group]
    lengths, like = np.diff(ends), first[group]
    if np.array_equal(lengths, lengths[like]):
        there = np.repeat(ends[like] - ends[:-1], lengths) + np.arange(ends[-1])
        same = columns.indices == columns.indices[there]
        if (same & (columns.data == columns.data[there])).all():
            return first, group
    # Two columns have one mark by chance: nothing is merged.
    return np.arange(number), np.arange(number)


def fit(
    merged: Merged, own: np.ndarray, c: float, start: Optional[tuple[np.ndarray, float]] = None
) -> tuple[np.ndarray, float]:
    """Weights of the merged columns (float32) and bias of least loss, c times the logistic losses
    and half the squares; the bias is a feature that is always 1, with a penalty like the others'.

    own: which rows are the intent's (n, bool). start: weights and bias to begin at.
    """
    return _Newton(merged, own, c).minimum(start)


class _Newton:
    def __init__(self, merged: Merged, own: np.ndarray, c: float) -> None:
        self.rows, self.transposed = merged.rows, merged.transposed
        self.targets = own.astype(np.float32)
        self.penalty = np.float32(1.0 / c)
        number = len(own)
        self.lots = ((np.arange(number) * _GOLDEN) % 1.0).astype(np.float32)
        self.bends = np.float32(_BENDS if number > _FEW else 0.0)

    def minimum(self, start: Optional[tuple[np.ndarray, float]]) -> tuple[np.ndarray, float]:
        positive = float(self.targets.sum())
        negative = len(self.targets) - positive
        zeros = np.zeros(self.rows.shape[1], np.float32)
        at_zero = self._gradient(zeros, 0.0, np.zeros(len(self.targets), np.float32))[2]
        enough = _ENOUGH * at_zero * max(min(positive, negative), 1.0) / len(self.targets)
        if start is None:
            weights, bias = zeros, float(np.log((positive + 1) / (negative + 1)))
        else:
            weights, bias = start
        scores = self.rows @ weights + np.float32(bias)
        loss = self._loss(scores, weights, bias)
        for _ in range(_STEPS):
            gradient, gradient_bias, length = self._gradient(weights, bias, scores)
            if length <= enough:
                break
            step, step_bias = self._direction(scores, gradient, gradient_bias)
            slope = float(gradient @ step) + gradient_bias * step_bias
            reach = self.rows @ step + np.float32(step_bias)
            size = np.float32(1.0)
            while size > _SHORTEST:
                there = scores + size * reach
                moved, moved_bias = weights + size * step, bias + float(size) * step_bias
                lower = self._loss(there, moved, moved_bias)
                if lower <= loss + 1e-4 * float(size) * slope:
                    break
                size /= np.float32(2.0)
            else:
                # No step is short enough: the rest is rounding.
                break
            weights, bias, scores, loss = moved, moved_bias, there, lower
        return weights, bias

    def _loss(self, scores: np.ndarray, weights: np.ndarray, bias: float) -> float:
        losses = np.logaddexp(np.float32(0), scores) - self.targets * scores
        held = 0.5 * float(self.penalty) * (float(weights @ weights) + bias**2)
        return float(losses.sum(dtype=np.float64)) + held

    def _gradient(
        self, weights: np.ndarray, bias: float, scores: np.ndarray
    ) -> tuple[np.ndarray, float, float]:
        """By the weights, by the bias, and the length of both together."""
        residual = expit(scores) - self.targets
        gradient = self.transposed @ residual + self.penalty * weights
        gradient_bias = float(residual.sum(dtype=np.float64)) + float(self.penalty) * bias
        return gradient, gradient_bias, float(np.hypot(np.linalg.norm(gradient), gradient_bias))

    def _direction(
        self, scores: np.ndarray, gradient: np.ndarray, gradient_bias: float
    ) -> tuple[np.ndarray, float]:
        """Where the quadratic approximation is lowest, roughly."""
        likely = expit(scores)
        bends = likely * (1 - likely)
        # Of rows with a third of the least bend a third is taken, each with three times its bend.
        chosen = np.flatnonzero(bends > self.bends * self.lots)
        bends = np.maximum(bends[chosen], self.bends)
        rows = self.rows[chosen]
        transposed = rows.T
        squares = csr_matrix((rows.data * rows.data, rows.indices, rows.indptr), rows.shape)
        scale = np.float32(1) / (squares.T @ bends + self.penalty)
        scale_bias = 1.0 / (float(bends.sum()) + float(self.penalty))
        step, step_bias = np.zeros_like(gradient), 0.0
        rest, rest_bias = -gradient, -gradient_bias
        way, way_bias = scale * rest, scale_bias * rest_bias
        before = float(rest @ way) + rest_bias * way_bias
        enough = _ROUGHLY**2 * before
        for _ in range(_DIRECTIONS):
            spread = bends * (rows @ way + np.float32(way_bias))
            bent = transposed @ spread + self.penalty * way
            bent_bias = float(spread.sum(dtype=np.float64)) + float(self.penalty) * way_bias
            size = before / (float(way @ bent) + way_bias * bent_bias)
            step, step_bias = step + np.float32(size) * way, step_bias + size * way_bias
            rest, rest_bias = rest - np.float32(size) * bent, rest_bias - size * bent_bias
            ready, ready_bias = scale * rest, scale_bias * rest_bias
            after = float(rest @ ready) + rest_bias * ready_bias
            if after <= enough:
                break
            way = ready + np.float32(after / before) * way
            way_bias = ready_bias + after / before * way_bias
            before = after
        return step, step_bias
