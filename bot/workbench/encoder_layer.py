"""The encoder's linear layer, moved by a few more examples.

The present model's own probabilities stand for the present examples, and its weights are what the
penalty pulls towards. That problem has its minimum exactly where the model is; with the further
examples added to it, its minimum is where training would go, to how far training had come. Newton
steps reach it; their directions come from conjugate gradients, for which each intent's own part of
the second derivative, inverted once, prepares the ground.
"""

from __future__ import annotations

import numpy as np

from bot.nlu.linear import Weights

# Of a large set, the examples that make up this share of the loss's bends stand for the others,
# of which the model is sure, together with those that resemble a new one.
_BENDS = 0.95
_ALIKE = 0.5
_LARGE = 4000
# An example takes part in an intent's own second derivative from this share of it on.
_COUNTS = 0.01
_JITTER = 1e-3
_STEPS = 4
_DIRECTIONS = 8
# How well each direction is solved for, and when a step is too small to change a reading.
_ROUGHLY = 0.1
_STILL = 5e-3


class EncoderLayer:
    """Weights on vectors (n × d, float32), and what it takes to move them."""

    def __init__(self, vectors: np.ndarray, weights: Weights, c: float) -> None:
        self._rows = _with_one(vectors)
        self._start = np.vstack([weights.matrix, weights.bias]).astype(np.float32)
        self._penalty = np.full((len(self._start), 1), 1.0 / c, np.float32)
        self._penalty[-1] = 0.0
        self.probabilities = _softmax(self._rows @ self._start)
        self._holding = self._that_hold()
        self._inverted = self._invert()

    def _that_hold(self) -> np.ndarray:
        """Positions of the examples that hold the weights where they are."""
        if len(self.probabilities) <= _LARGE:
            return np.arange(len(self.probabilities))
        bends = 1 - np.square(self.probabilities).sum(axis=1)
        order = np.argsort(-bends)
        enough = np.searchsorted(np.cumsum(bends[order]), _BENDS * bends.sum())
        return np.sort(order[: max(int(enough), _LARGE)])

    def _invert(self) -> np.ndarray:
        """Inverse of each intent's own part of the second derivative (intents × d+1 × d+1)."""
        size = len(self._start)
        inverted = np.empty((self._start.shape[1], size, size), np.float32)
        ground = np.diag(self._penalty[:, 0] + _JITTER)
        for intent, column in enumerate(self.probabilities.T):
            share = column * (1 - column)
            counting = np.flatnonzero(share > _COUNTS)
            rows = self._rows[counting] * np.sqrt(share[counting])[:, np.newaxis]
            inverted[intent] = np.linalg.inv(rows.T @ rows + ground)
        return inverted

    def moved(self, vectors: np.ndarray, labels: np.ndarray) -> Weights:
        """The weights once these examples are learnt too; without any, the weights as they are."""
        weights = self._start
        if len(labels):
            weights = self._newton(*self._problem(_with_one(vectors), labels))
        return Weights(np.ascontiguousarray(weights[:-1]), weights[-1].copy())

    def _problem(self, added: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and targets: the examples that matter, and the new ones."""
        alike = (self._rows[:, :-1] @ added[:, :-1].T).max(axis=1) > _ALIKE
        chosen = np.union1d(self._holding, np.flatnonzero(alike))
        wanted = np.zeros((len(labels), self._start.shape[1]), np.float32)
        wanted[np.arange(len(labels)), labels] = 1
        return (
            np.vstack([self._rows[chosen], added]),
            np.vstack([self.probabilities[chosen], wanted]),
        )

    def _newton(self, rows: np.ndarray, targets: np.ndarray) -> np.ndarray:
        weights = self._start
        loss, probabilities = self._loss(rows, targets, weights)
        for _ in range(_STEPS):
            away = weights - self._start
            gradient = rows.T @ (probabilities - targets) + self._penalty * away
            step = self._direction(rows, probabilities, gradient)
            slope = float((gradient * step).sum())
            size = 1.0
            while size > _STILL:
                tried = weights + np.float32(size) * step
                lower, found = self._loss(rows, targets, tried)
                if lower <= loss + 1e-4 * size * slope:
                    break
                size /= 2
            else:
                break
            gained, weights, loss, probabilities = loss - lower, tried, lower, found
            if gained < _STILL:
                break
        return weights

    def _loss(
        self, rows: np.ndarray, targets: np.ndarray, weights: np.ndarray
    ) -> tuple[float, np.ndarray]:
        scores = rows @ weights
        scores -= scores.max(axis=1, keepdims=True)
        sums = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        likely = scores - sums
        loss = -float((targets * likely).sum(dtype=np.float64))
        away = np.square(weights - self._start, dtype=np.float64)
        return loss + 0.5 * float((self._penalty * away).sum()), np.exp(likely)

    def _direction(
        self, rows: np.ndarray, probabilities: np.ndarray, gradient: np.ndarray
    ) -> np.ndarray:
        """Where the quadratic approximation is lowest, roughly."""
        step = np.zeros_like(gradient)
        rest = -gradient
        enough = _ROUGHLY * float(np.linalg.norm(rest))
        ready = self._prepared(rest)
        way = ready
        before = float((rest * ready).sum())
        for _ in range(_DIRECTIONS):
            spread = probabilities * (rows @ way)
            spread -= probabilities * spread.sum(axis=1, keepdims=True)
            bent = rows.T @ spread + self._penalty * way
            size = before / max(float((way * bent).sum()), 1e-20)
            step += size * way
            rest = rest - size * bent
            if float(np.linalg.norm(rest)) < enough:
                break
            ready = self._prepared(rest)
            after = float((rest * ready).sum())
            way = ready + (after / before) * way
            before = after
        return step

    def _prepared(self, gradient: np.ndarray) -> np.ndarray:
        columns = np.ascontiguousarray(gradient.T)[:, :, np.newaxis]
        return np.ascontiguousarray((self._inverted @ columns)[:, :, 0].T)


def _with_one(vectors: np.ndarray) -> np.ndarray:
    return np.hstack([vectors, np.ones((len(vectors), 1), np.float32)]).astype(np.float32)


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
