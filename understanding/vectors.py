"""Sentence vectors: one multilingual encoder a process, Italian and English in one space.

Which encoder, and how another takes its place: `understanding.encoder`.
"""

from __future__ import annotations

from threading import Lock

import numpy as np

from understanding import encoder
from understanding.encoder import Vectors

# Work grows with the text, and what a customer wants is said well before this; a pasted novel
# or ten thousand emoji must not stop everybody else's conversation for a second.
MAX_CHARACTERS = 1000

_lock = Lock()


def encode(texts: list[str]) -> Vectors:
    """Encode sentences.

    Returns a float32 array of shape (len(texts), dimensions()) whose rows have unit length. Only
    the first `MAX_CHARACTERS` of each text are read. Safe to call from several threads. Raises
    EncoderUnavailable when the chosen encoder can't be loaded.
    """
    if not texts:
        return np.empty((0, dimensions()), dtype=np.float32)
    with _lock:
        model = encoder.load(encoder.chosen())
        vectors = model.encode(
            [_readable(text) for text in texts], normalize_embeddings=True, show_progress_bar=False
        )
    # A model may still give rows that aren't of unit length (or none at all for an empty text).
    vectors = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
    return unit


def dimensions() -> int:
    """Length of a vector: 512 with the built-in encoder."""
    with _lock:
        return int(encoder.load(encoder.chosen()).get_sentence_embedding_dimension() or 0)


def warm_up() -> None:
    """Load the encoder (about a second) so that no customer waits for it."""
    encode(["buongiorno, good morning"])


def version() -> str:
    """Name and version of the encoder: vectors of two versions must not be compared."""
    return encoder.version(encoder.chosen())


def _readable(text: str) -> str:
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
