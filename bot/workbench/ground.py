"""The ground that trials start from: the current model, brought up to the working tree.

Where the tree holds what the model was trained on, the ground is the model itself. Examples that
came since are learnt in the same way as a trial's are; those that went stay learnt until the next
training, for the model keeps no texts.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.care.customer_text import cleaned
from bot.nlu.fitting import digests
from bot.nlu.learning import nearest
from bot.nlu.linear import Weights
from bot.nlu.ngrams import NgramVectorizer
from bot.nlu.text import for_features
from bot.workbench import material
from bot.workbench.archive import Served
from bot.workbench.encoder_layer import EncoderLayer
from bot.workbench.judging import Judge
from bot.workbench.material import Labelled
from bot.workbench.ngram_layer import NgramLayer
from understanding.kept_vectors import KeptVectors

_LARGEST = np.uint64(2**64 - 1)


@dataclass(frozen=True)
class Texts:
    """Messages with their features: unit vectors, n-gram rows, cosine to the nearest example."""

    labelled: tuple[Labelled, ...]
    vectors: np.ndarray
    rows: csr_matrix
    similarity: np.ndarray

    def at(self, places: np.ndarray) -> Texts:
        """The messages at these places."""
        return Texts(
            tuple(self.labelled[place] for place in places),
            self.vectors[places],
            self.rows[places],
            self.similarity[places],
        )


@dataclass(frozen=True)
class Learnt:
    """Training examples: features, labels (0 … intents-1), and what their texts are known by."""

    labelled: tuple[Labelled, ...]
    labels: np.ndarray
    digests: np.ndarray
    vectors: np.ndarray
    rows: csr_matrix


class Layers:
    """Both linear layers on one set of examples; they move side by side."""

    def __init__(
        self, learnt: Learnt, encoder: Weights, ngrams: Weights, encoder_c: float, ngram_c: float
    ) -> None:
        self._encoder = EncoderLayer(learnt.vectors, encoder, encoder_c)
        self._ngrams = NgramLayer(learnt.rows, ngrams, ngram_c)

    def moved(
        self, vectors: np.ndarray, rows: csr_matrix, labels: np.ndarray
    ) -> tuple[Weights, Weights]:
        """Encoder's and n-grams' weights once these examples are learnt too."""
        with ThreadPoolExecutor(1) as beside:
            encoder = beside.submit(self._encoder.moved, vectors, labels)
            ngrams = self._ngrams.moved(rows, labels)
            return encoder.result(), ngrams


@dataclass(frozen=True)
class Ground:
    """All that a trial compares with, in memory."""

    served: Served
    judge: Judge
    layers: Layers
    learnt: Learnt
    vectorizer: NgramVectorizer
    known: np.ndarray
    # Examples with a digest above it are not among those that similarity is measured to.
    most_known: np.uint64
    evaluation: Texts
    # Words without a column → the evaluation's messages that hold them.
    unknown: dict[str, list[int]]


def prepare(served: Served, root: Path, kept: KeptVectors) -> Ground:
    """Read the working tree and get everything ready; takes seconds. Raises BadMaterial."""
    model = served.model
    listed = [one for one in material.examples(root) if one.intent in model.intents]
    messages = material.messages(root)
    readable = [one.readable for one in listed]
    said = [for_features(cleaned(one.text)) for one in messages]
    # As training has them, so that what it kept is found.
    encoded, vectors_said = kept.of(readable), kept.of(said)
    marks = digests(readable, [one.intent for one in listed])
    has = np.isin(marks, model.examples) if len(model.examples) else np.ones(len(marks), bool)
    labels = np.array([model.intents.index(one.intent) for one in listed], int)
    new_texts = [text for text, old in zip(readable, has, strict=True) if not old]
    vectorizer = model.vectorizer.with_words_of(new_texts, int(has.sum()))
    rows = vectorizer.matrix(readable)
    learnt = Learnt(tuple(listed), labels, marks, encoded, rows)
    encoder, ngrams = model.encoder, _widened(model.ngrams, len(vectorizer.vocabulary))
    old = _part(learnt, np.flatnonzero(has))
    settings = model.settings
    layers = Layers(old, encoder, ngrams, settings.encoder_c, settings.ngram_c)
    known, limit = model.known, _limit(served)
    if not has.all():
        added = _part(learnt, np.flatnonzero(~has))
        encoder, ngrams = layers.moved(added.vectors, added.rows, added.labels)
        layers = Layers(learnt, encoder, ngrams, settings.encoder_c, settings.ngram_c)
        known = np.vstack([known, added.vectors[added.digests <= limit]])
    evaluation = Texts(
        tuple(messages), vectors_said, vectorizer.matrix(said), nearest(vectors_said, known)
    )
    unknown: dict[str, list[int]] = {}
    for place, text in enumerate(said):
        for word in vectorizer.unknown_words(text):
            unknown.setdefault(word, []).append(place)
    judge = Judge(model.intents, settings, model.thresholds, served.rules, encoder, ngrams)
    return Ground(served, judge, layers, learnt, vectorizer, known, limit, evaluation, unknown)


def moved(ground: Ground, vectors: np.ndarray, rows: csr_matrix, labels: np.ndarray) -> Judge:
    """The judge once these examples are learnt too; the ground's own judge without any."""
    if not len(labels):
        return ground.judge
    encoder, ngrams = ground.layers.moved(vectors, rows, labels)
    return replace(ground.judge, encoder=encoder, ngrams=ngrams)


def with_words(ground: Ground, vectorizer: NgramVectorizer) -> csr_matrix:
    """The evaluation's rows by a vectorizer that knows more words."""
    rows = ground.evaluation.rows
    if vectorizer is ground.vectorizer:
        return rows
    # New words stand behind those that were there.
    new = islice(vectorizer.vocabulary, len(ground.vectorizer.vocabulary), None)
    touched = sorted({place for word in new for place in ground.unknown.get(word, ())})
    wide = rows.copy()
    wide.resize(rows.shape[0], len(vectorizer.vocabulary))
    if not touched:
        return wide
    texts = [for_features(cleaned(ground.evaluation.labelled[place].text)) for place in touched]
    rest = np.setdiff1d(np.arange(rows.shape[0]), touched)
    order = np.argsort(np.concatenate([rest, touched]))
    return vstack([wide[rest], vectorizer.matrix(texts)], format="csr")[order]


def _part(learnt: Learnt, places: np.ndarray) -> Learnt:
    return Learnt(
        tuple(learnt.labelled[place] for place in places),
        learnt.labels[places],
        learnt.digests[places],
        learnt.vectors[places],
        learnt.rows[places],
    )


def _widened(weights: Weights, features: int) -> Weights:
    extra = features - len(weights.matrix)
    if not extra:
        return weights
    empty = np.zeros((extra, weights.matrix.shape[1]), np.float32)
    return Weights(np.vstack([weights.matrix, empty]), weights.bias)


def _limit(served: Served) -> np.uint64:
    examples, known = served.model.examples, served.model.known
    return np.uint64(examples[len(known) - 1]) if len(examples) > len(known) else _LARGEST
