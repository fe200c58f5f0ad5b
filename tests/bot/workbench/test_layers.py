"""A layer that was moved stands where training with the further examples would have led."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from bot.nlu.linear import (
    Weights,
    encoder_probabilities,
    fit_encoder,
    fit_ngrams,
    ngram_probabilities,
)
from bot.workbench.encoder_layer import EncoderLayer
from bot.workbench.ngram_layer import NgramLayer

INTENTS, FEATURES, C = 5, 24, 20.0


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors around a direction for each intent, their labels, and others to judge."""
    random = np.random.RandomState(7)
    middles = random.normal(size=(INTENTS, FEATURES))
    labels = np.arange(600) % INTENTS
    rows = middles[labels] + 1.4 * random.normal(size=(600, FEATURES))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    asked = random.normal(size=(50, FEATURES))
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    return rows.astype(np.float32), labels, asked.astype(np.float32)


def test_without_examples_the_encoders_weights_stay(data: tuple[np.ndarray, ...]) -> None:
    rows, labels, _ = data
    weights = fit_encoder(rows, labels, INTENTS, C)
    layer = EncoderLayer(rows, weights, C)
    moved = layer.moved(rows[:0], labels[:0])
    assert np.array_equal(moved.matrix, weights.matrix)
    assert np.array_equal(moved.bias, weights.bias)


def test_the_encoders_layer_moves_as_training_would(data: tuple[np.ndarray, ...]) -> None:
    rows, labels, asked = data
    weights = fit_encoder(rows, labels, INTENTS, C)
    new, wanted = asked[:2], np.array([3, 3])
    moved = EncoderLayer(rows, weights, C).moved(new, wanted)
    trained = fit_encoder(np.vstack([rows, new]), np.append(labels, wanted), INTENTS, C)
    before = encoder_probabilities(asked, weights)
    after = encoder_probabilities(asked, moved)
    goal = encoder_probabilities(asked, trained)
    assert np.abs(after - goal).max() < 0.15 * np.abs(before - goal).max()


def test_the_ngrams_layer_moves_as_training_would(data: tuple[np.ndarray, ...]) -> None:
    dense, labels, asked = data
    rows, new, wanted = csr_matrix(dense), csr_matrix(asked[:2]), np.array([3, 3])
    weights = fit_ngrams(rows, labels, INTENTS, C)
    layer = NgramLayer(rows, weights, C)
    moved = layer.moved(new, wanted)
    trained = fit_ngrams(vstack([rows, new]).tocsr(), np.append(labels, wanted), INTENTS, C)
    before, after, goal = (
        ngram_probabilities(csr_matrix(asked), one) for one in (weights, moved, trained)
    )
    assert np.abs(after - goal).max() < 0.2 * np.abs(before - goal).max()
    assert layer.moved(new[:0], wanted[:0]) is weights


def test_a_new_word_gets_weights_of_its_own(data: tuple[np.ndarray, ...]) -> None:
    dense, labels, _ = data
    rows = csr_matrix(dense)
    weights = fit_ngrams(rows, labels, INTENTS, C)
    word = np.zeros((1, FEATURES + 1), np.float32)
    word[0, FEATURES] = 1.0
    moved = NgramLayer(rows, weights, C).moved(csr_matrix(word), np.array([2]))
    assert moved.matrix.shape == (FEATURES + 1, INTENTS)
    assert int(np.argmax(moved.matrix[FEATURES])) == 2
    assert isinstance(moved, Weights)
