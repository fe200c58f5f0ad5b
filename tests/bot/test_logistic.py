"""One intent against the rest: the minimum is found, whatever the way there."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack, random
from sklearn.linear_model import LogisticRegression

from bot.nlu import logistic
from bot.nlu.linear import Settings, Weights, fit_both, fit_encoder, fit_ngrams
from bot.nlu.logistic import Merged
from bot.nlu.ngrams import NgramVectorizer

C = 20.0
ROWS, COLUMNS, INTENTS = 600, 300, 5


@pytest.fixture
def rows() -> csr_matrix:
    made = random(ROWS, COLUMNS, 0.05, "csr", np.float32, np.random.RandomState(4))
    # Some columns always come together, as the n-grams of a rare word do, and some are empty.
    return hstack([made, made[:, :40], made[:, 10:20], csr_matrix((ROWS, 3))], "csr", np.float32)


@pytest.fixture
def labels(rows: csr_matrix) -> np.ndarray:
    wanted = np.random.RandomState(5).normal(size=(rows.shape[1], INTENTS))
    noise = np.random.RandomState(6).normal(size=(ROWS, INTENTS))
    return np.asarray(np.argmax(rows @ wanted + 0.3 * noise, axis=1))


def loss(rows: csr_matrix, own: np.ndarray, weights: np.ndarray, bias: float) -> float:
    scores = rows.astype(float) @ weights.astype(float) + bias
    held = float(np.square(weights, dtype=float).sum()) + bias**2
    return float((np.logaddexp(0, scores) - own * scores).sum()) + 0.5 / C * held


def test_it_ends_where_liblinear_does(rows: csr_matrix, labels: np.ndarray) -> None:
    found = fit_ngrams(rows, labels, INTENTS, C)
    for intent in range(INTENTS):
        own = labels == intent
        theirs = LogisticRegression(C=C, solver="liblinear", tol=1e-8).fit(rows, own)
        least = loss(rows, own, theirs.coef_[0], float(theirs.intercept_[0]))
        reached = loss(rows, own, found.matrix[:, intent], float(found.bias[intent]))
        assert reached == pytest.approx(least, rel=1e-4)
        assert np.abs(found.matrix[:, intent] - theirs.coef_[0]).max() < 0.1


def test_a_sample_of_the_rows_only_shows_the_way(
    rows: csr_matrix, labels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit_ngrams(rows, labels, INTENTS, C)
    monkeypatch.setattr(logistic, "_FEW", 0)
    monkeypatch.setattr(logistic, "_BENDS", 0.05)
    sampled = fit_ngrams(rows, labels, INTENTS, C)
    for intent in range(INTENTS):
        reached = [
            loss(rows, labels == intent, one.matrix[:, intent], float(one.bias[intent]))
            for one in (whole, sampled)
        ]
        assert reached[1] == pytest.approx(reached[0], rel=1e-4)


def test_where_it_starts_does_not_change_where_it_ends(
    rows: csr_matrix, labels: np.ndarray
) -> None:
    cold = fit_ngrams(rows, labels, INTENTS, C)
    lots = np.random.RandomState(7)
    astray = Weights(
        lots.normal(size=cold.matrix.shape).astype(np.float32),
        lots.normal(size=INTENTS).astype(np.float32),
    )
    warm = fit_ngrams(rows, labels, INTENTS, C, astray)
    for intent in range(INTENTS):
        reached = [
            loss(rows, labels == intent, one.matrix[:, intent], float(one.bias[intent]))
            for one in (cold, warm)
        ]
        assert reached[1] == pytest.approx(reached[0], rel=1e-4)


def test_the_number_of_threads_changes_no_digit(
    rows: csr_matrix, labels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for cores in (1, 2, 5):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(fit_ngrams(rows, labels, INTENTS, C))
    assert all(np.array_equal(one.matrix, found[0].matrix) for one in found)
    assert all(np.array_equal(one.bias, found[0].bias) for one in found)


def test_equal_columns_are_one(rows: csr_matrix) -> None:
    merged = Merged.of(rows)
    # 40 and 10 columns are copies; the empty ones are alike.
    empty = int((np.bincount(rows.indices, minlength=rows.shape[1]) == 0).sum())
    distinct = len({rows.getcol(n).toarray().tobytes() for n in range(rows.shape[1])})
    assert merged.rows.shape[1] == distinct < rows.shape[1] - empty + 1
    weights = np.random.RandomState(8).normal(size=rows.shape[1]).astype(np.float32)
    assert np.allclose(merged.rows @ merged.gather(weights), rows @ weights, atol=1e-4)
    small = np.random.RandomState(9).normal(size=distinct).astype(np.float32)
    assert np.allclose(rows @ merged.spread(small), merged.rows @ small, atol=1e-4)


def test_both_models_at_once_are_those_of_each(rows: csr_matrix, labels: np.ndarray) -> None:
    vectors = np.random.RandomState(10).normal(size=(ROWS, 16)).astype(np.float32)
    settings = Settings(encoder_c=C, ngram_c=C)
    encoder, ngrams = fit_both(vectors, rows, labels, INTENTS, settings)
    assert np.array_equal(encoder.matrix, fit_encoder(vectors, labels, INTENTS, C).matrix)
    assert np.array_equal(ngrams.matrix, fit_ngrams(rows, labels, INTENTS, C).matrix)


def test_many_texts_have_the_rows_of_each() -> None:
    texts = ["dov'è il mio ordine?", "where is my order", "", "§", "ciao ciao", "dov'è?"]
    vectorizer = NgramVectorizer.learn(texts[:3])
    matrix = vectorizer.matrix(texts)
    for number, text in enumerate(texts):
        columns, values = vectorizer.row(text)
        assert np.array_equal(matrix[number].indices, columns)
        assert np.allclose(matrix[number].data, values, rtol=1e-6)
    assert vectorizer.matrix([]).shape == (0, len(vectorizer.vocabulary))
