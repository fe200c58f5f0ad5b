"""Two linear models of intents, one on sentence vectors and one on n-grams, and their mixture.

On few bilingual examples the encoder generalises; on many, n-grams add what it does not see. The
mean of both probabilities was better than either, than a model of both kinds of features at once,
and than Rasa's DIET.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

_SMALLEST = 1e-9


@dataclass(frozen=True)
class Weights:
    """A trained linear model: `matrix` (features × intents), `bias` (intents), both float32."""

    matrix: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Settings:
    """What cross-validation chooses: inverse regularisation of both models, share of the encoder
    in the mixture, and the temperature that calibrates it."""

    encoder_c: float = 60.0
    ngram_c: float = 20.0
    encoder_share: float = 0.6
    temperature: float = 1.0


def fit_encoder(vectors: np.ndarray, labels: np.ndarray, intents: int, c: float) -> Weights:
    """Multinomial logistic regression on unit vectors; labels are 0 … intents-1, all present."""
    from sklearn.linear_model import LogisticRegression

    if intents < 2:
        return _single(vectors.shape[1])
    model = LogisticRegression(C=c, max_iter=100, tol=1e-3, multi_class="multinomial")
    with _quiet():
        # The optimiser's own numbers have 64 bits: with fewer here, numpy would convert all
        # examples at each of its steps.
        model.fit(vectors.astype(np.float64), labels)
    return _weights(model.coef_, model.intercept_)


def fit_ngrams(rows: csr_matrix, labels: np.ndarray, intents: int, c: float) -> Weights:
    """One logistic regression an intent, by dual coordinate descent: three times faster on sparse
    rows than the multinomial form, and in the mixture no worse."""
    from sklearn.linear_model import LogisticRegression

    if intents < 2:
        return _single(rows.shape[1])

    def one(intent: int) -> tuple[np.ndarray, float]:
        model = LogisticRegression(C=c, solver="liblinear", dual=True, tol=1e-2, random_state=1827)
        model.fit(rows, labels == intent)
        return model.coef_[0].astype(np.float32), float(model.intercept_[0])

    # The descent works outside Python's lock, so the machine's cores share the intents.
    with _quiet(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        fitted = list(pool.map(one, range(intents)))
    matrix = np.ascontiguousarray(np.vstack([coefficients for coefficients, _ in fitted]).T)
    return Weights(matrix, np.array([bias for _, bias in fitted], np.float32))


def encoder_probabilities(vectors: np.ndarray, weights: Weights) -> np.ndarray:
    """Softmax of the encoder model's scores (texts × intents)."""
    return _softmax(vectors @ weights.matrix + weights.bias)


def ngram_probabilities(rows: csr_matrix, weights: Weights) -> np.ndarray:
    """Normalised sigmoids of the n-gram model's scores (texts × intents)."""
    return sigmoid_shares(np.asarray(rows @ weights.matrix) + weights.bias)


def sigmoid_shares(scores: np.ndarray) -> np.ndarray:
    """One-against-the-rest scores as a distribution over intents."""
    shares = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def mixture(encoder: np.ndarray, ngrams: np.ndarray, encoder_share: float) -> np.ndarray:
    """Mean of both models' probabilities (texts × intents), not calibrated."""
    return encoder_share * encoder + (1 - encoder_share) * ngrams


def calibrated(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Sharpen (temperature < 1) or soften probabilities, keeping their order."""
    return _softmax(np.log(np.maximum(probabilities, _SMALLEST)) / temperature)


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _weights(coefficients: np.ndarray, intercepts: np.ndarray) -> Weights:
    if len(coefficients) == 1:  # scikit-learn keeps one row for two classes
        coefficients = np.vstack([-coefficients, coefficients])
        intercepts = np.concatenate([-intercepts, intercepts])
    matrix = np.ascontiguousarray(coefficients.T, dtype=np.float32)
    return Weights(matrix, intercepts.astype(np.float32))


def _single(features: int) -> Weights:
    return Weights(np.zeros((features, 1), np.float32), np.zeros(1, np.float32))


@contextmanager
def _quiet() -> Iterator[None]:
    """Stopping at the iteration limit is intended: accuracy no longer changes there."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
