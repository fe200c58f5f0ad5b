"""Trains the tone model on data/tone: `ensure`, which does nothing if that has been done.

Logistic regressions by L-BFGS on sentence vectors, hashed n-grams and hints together. The strength
of regularisation is what cross-validation prefers; the same folds calibrate the probabilities.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from understanding import tone_features, vectors
from understanding.tone import FOLDER, ToneModel
from understanding.tone_examples import POLARITIES, Example, files, training

DATA = Path("data/tone")
KEPT = 3
FOLDS = 3
STRENGTHS = (0.7, 2.0, 6.0)
# Blocks differ in size; these make one strength of regularisation fit all three.
VECTOR_SCALE = 3.0
HINT_SCALE = 0.7
_HEADS = 5
_SLOPES = np.linspace(0.3, 2.0, 35)

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """Features and targets: `dense` (texts, 512 + HINTS), `sparse` (texts × buckets `seen`),
    `targets` (texts, 5) of zeros and ones, `weights` (texts, 3) of polarity, anger, urgency."""

    dense: Numbers
    sparse: Any
    seen: npt.NDArray[np.int64]
    idf: Floats
    targets: Numbers
    weights: Numbers

    def rows(self, chosen: npt.NDArray[Any]) -> Material:
        """A part of it."""
        return Material(
            self.dense[chosen],
            self.sparse[chosen],
            self.seen,
            self.idf,
            self.targets[chosen],
            self.weights[chosen],
        )


def ensure(folder: Path = FOLDER, data: Path = DATA) -> Path:
    """Path of the model of the present examples, trained if it isn't there (two callers at once
    train once). Raises BadExamples."""
    path = wanted(folder, data)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".tone.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            started = time.monotonic()
            model, facts = train(training(data))
            model.save(path, {**facts, "seconds": round(time.monotonic() - started, 1)})
            _forget_old(folder, path)
    return path


def wanted(folder: Path = FOLDER, data: Path = DATA) -> Path:
    """Where the model of the present examples is, or would be."""
    return folder / f"tone-{_fingerprint(data)}.npz"


def train(examples: Sequence[Example]) -> tuple[ToneModel, dict[str, Any]]:
    """Train on examples; returns the model and what cross-validation found."""
    # Only libraries that are there already can be limited.
    import scipy.optimize  # noqa: F401 — brings its libraries along
    from threadpoolctl import threadpool_limits

    # The optimiser's vectors are short: where cores are shared, threads wait for each other.
    with threadpool_limits(1):
        return _train(examples)


def _train(examples: Sequence[Example]) -> tuple[ToneModel, dict[str, Any]]:
    material = _material(examples)
    parts = np.random.default_rng(1827).permutation(len(examples)) % FOLDS
    # One fold tells the strengths apart; calibration wants a held-out score of every example.
    aside = material.rows(parts == 0)
    tried = [_held_out(material, parts, [0], strength)[parts == 0] for strength in STRENGTHS]
    strength = STRENGTHS[int(np.argmin([_loss(scores, aside) for scores in tried]))]
    scores = _held_out(material, parts, range(FOLDS), strength)
    slopes = _slopes(scores, material)
    weights = _fit(material, strength)
    size = material.dense.shape[1]
    scale = np.full((size, 1), VECTOR_SCALE)
    scale[vectors.dimensions() :] = HINT_SCALE
    model = ToneModel(
        dense=(weights[:size] * scale).astype(np.float32),
        sparse=_spread(weights[size:-1], material.seen),
        bias=weights[-1].astype(np.float32),
        idf=material.idf,
        slopes=slopes.astype(np.float32),
    )
    right = scores[:, :3].argmax(axis=1) == material.targets[:, :3].argmax(axis=1)
    facts = {
        "examples": len(examples),
        "strength": strength,
        "slopes": [round(float(slope), 2) for slope in slopes],
        "polarity_accuracy": round(float(right.mean()), 3),
    }
    return model, facts


def _material(examples: Sequence[Example]) -> Material:
    from scipy.sparse import csr_matrix

    texts = [example.text for example in examples]
    encoded = vectors.encode([tone_features.readable(text) for text in texts])
    hints = np.array([tone_features.hints(text) for text in texts])
    grams = [tone_features.ngrams(text) for text in texts]
    frequency = np.zeros(tone_features.BUCKETS)
    for columns, _ in grams:
        frequency[columns] += 1
    idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weighted = [values * idf[columns] for columns, values in grams]
    values = np.concatenate([row / max(float(np.linalg.norm(row)), 1e-9) for row in weighted])
    pointers = np.cumsum([0] + [len(columns) for columns, _ in grams])
    shape = (len(texts), tone_features.BUCKETS)
    columns = np.concatenate([columns for columns, _ in grams])
    seen = np.flatnonzero(frequency)
    sparse = csr_matrix((values.astype(np.float64), columns, pointers), shape=shape)[:, seen]
    targets = np.array(
        [
            [*(example.polarity == name for name in POLARITIES), example.angry, example.urgent]
            for example in examples
        ],
        np.float64,
    )
    dense = np.hstack([VECTOR_SCALE * encoded, HINT_SCALE * hints]).astype(np.float64)
    return Material(dense, sparse, seen, idf, targets, _balance(targets))


def _spread(weights: Numbers, seen: npt.NDArray[np.int64]) -> Floats:
    """Weights of all buckets: those that no example fell into say nothing."""
    spread = np.zeros((tone_features.BUCKETS, _HEADS), np.float32)
    spread[seen] = weights
    return spread


def _balance(targets: Numbers) -> Numbers:
    """Weights that give each polarity the same say: how common each is among the examples says
    nothing about how common it is among customers. Anger and urgency keep theirs."""
    share = targets[:, :3].mean(axis=0)
    polarity = (targets[:, :3] / (3 * share)).sum(axis=1)
    return np.column_stack([polarity, np.ones(len(targets)), np.ones(len(targets))])


def _fit(material: Material, strength: float) -> Numbers:
    """Weights (features + 1, 5) that minimise the logistic losses; the last row is the bias."""
    from scipy.optimize import minimize

    dense, sparse, targets = material.dense, material.sparse, material.targets
    transposed = sparse.T.tocsr()
    size, total = dense.shape[1], dense.shape[1] + sparse.shape[1] + 1
    by_head = np.column_stack([material.weights[:, :1]] * 3 + [material.weights[:, 1:]])

    def objective(flat: Numbers) -> tuple[float, Numbers]:
        weights = flat.reshape(total, _HEADS)
        scores = dense @ weights[:size] + sparse @ weights[size:-1] + weights[-1]
        likelihood, wrong = _likelihood(scores, targets, by_head)
        gradient = np.empty_like(weights)
        gradient[:size] = dense.T @ wrong
        gradient[size:-1] = transposed @ wrong
        gradient[-1] = wrong.sum(axis=0)
        gradient[:-1] += weights[:-1] / strength
        penalty = 0.5 * float((weights[:-1] ** 2).sum()) / strength
        return likelihood + penalty, gradient.ravel()

    options = {"maxiter": 40, "ftol": 1e-5, "maxcor": 6}
    start = np.zeros(total * _HEADS)
    result = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(result.x, np.float64).reshape(total, _HEADS)


def _likelihood(scores: Numbers, targets: Numbers, by_head: Numbers) -> tuple[float, Numbers]:
    """Negative log-likelihood of all heads, and its gradient by the scores (texts, 5)."""
    shares = _shares(scores)
    # Each of the three columns of a softmax carries the loss of its own row once.
    likely = np.where(targets > 0, shares, 1.0)
    likely[:, 3:] = np.where(targets[:, 3:] > 0, shares[:, 3:], 1 - shares[:, 3:])
    loss = -float((by_head * np.log(np.maximum(likely, 1e-12))).sum())
    return loss, by_head * (shares - targets)


def _shares(scores: Numbers) -> Numbers:
    raised = np.exp(scores[:, :3] - scores[:, :3].max(axis=1, keepdims=True))
    polarity = raised / raised.sum(axis=1, keepdims=True)
    rest = 1 / (1 + np.exp(-np.clip(scores[:, 3:], -30, 30)))
    return np.hstack([polarity, rest])


def _held_out(
    material: Material, parts: npt.NDArray[Any], wanted: Iterable[int], strength: float
) -> Numbers:
    """Scores of the examples of some folds, each by a model that hasn't seen it; others are 0."""
    scores = np.zeros((len(parts), _HEADS))
    for part in wanted:
        seen, unseen = material.rows(parts != part), material.rows(parts == part)
        weights, size = _fit(seen, strength), material.dense.shape[1]
        scores[parts == part] = (
            unseen.dense @ weights[:size] + unseen.sparse @ weights[size:-1] + weights[-1]
        )
    return scores


def _loss(scores: Numbers, material: Material) -> float:
    """Loss after calibration: what regularisation does to sharpness is mended anyway."""
    by_head = np.column_stack([material.weights[:, :1]] * 3 + [material.weights[:, 1:]])
    slopes = _slopes(scores, material)[[0, 0, 0, 1, 2]]
    return _likelihood(scores * slopes, material.targets, by_head)[0]


def _slopes(scores: Numbers, material: Material) -> Numbers:
    """Factors of the scores that make probabilities honest: of polarity, anger and urgency."""
    by_head = np.column_stack([material.weights[:, :1]] * 3 + [material.weights[:, 1:]])
    found = []
    for heads in ([0, 1, 2], [3], [4]):
        only = np.zeros_like(by_head)
        only[:, heads] = by_head[:, heads]
        losses = [_likelihood(scores * slope, material.targets, only)[0] for slope in _SLOPES]
        found.append(_SLOPES[int(np.argmin(losses))])
    return np.array(found)


def _fingerprint(data: Path) -> str:
    here = Path(__file__).parent
    code = [*sorted(here.glob("tone*.py")), here / "vectors.py"]
    digest = hashlib.sha256(vectors.version().encode())
    for path in (*files(data), *code):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:12]


def _forget_old(folder: Path, current: Path) -> None:
    known = sorted(folder.glob("tone-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in known[:-KEPT]:
        if path != current:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
