"""What is learnt depends on the examples alone, not on their places; vectors are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.fitting import learn
from bot.nlu.text import for_features
from tests.bot.workbench.conftest import EXAMPLES
from understanding import kept_vectors
from understanding.kept_vectors import KeptVectors, encode

PAIRS = [(for_features(text), intent) for intent, texts in EXAMPLES.items() for text in texts]
TEXTS = ["ciao", "buongiorno a tutti", "where is my order?"]


def test_the_order_of_the_examples_changes_nothing() -> None:
    vectors = encode([text for text, _ in PAIRS])
    models = []
    for order in (np.arange(len(PAIRS)), np.random.RandomState(3).permutation(len(PAIRS))):
        texts, intents = zip(*(PAIRS[place] for place in order), strict=True)
        models.append(learn(list(texts), vectors[order], list(intents), "out_of_scope", 40))
    first, second = models
    assert (first.settings, first.thresholds) == (second.settings, second.thresholds)
    assert np.array_equal(first.encoder.matrix, second.encoder.matrix)
    assert np.array_equal(first.ngrams.matrix, second.ngrams.matrix)
    assert np.array_equal(first.known, second.known)
    assert np.array_equal(first.examples, second.examples)


class Counting:
    """The encoder, and how many texts it was given."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.texts = 0
        self._encode = kept_vectors.vectors.encode
        patch.setattr(kept_vectors.vectors, "encode", self)

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.texts += len(texts)
        return self._encode(texts)


def test_what_is_kept_is_not_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(monkeypatch)
    first = KeptVectors(tmp_path).of([*TEXTS, TEXTS[0]])
    assert counting.texts == 3
    again = KeptVectors(tmp_path).of(TEXTS[::-1])
    assert counting.texts == 3
    assert np.array_equal(again, first[2::-1])
    assert np.array_equal(first[3], first[0])


def test_one_more_text_changes_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_vectors, "_BATCH", 4)
    texts = [f"messaggio numero {number}" for number in range(17)]
    KeptVectors(tmp_path).of(texts)
    counting = Counting(monkeypatch)
    KeptVectors(tmp_path).of([*texts, "un testo nuovo"])
    assert 0 < counting.texts < len(texts)


def test_what_was_kept_before_changes_no_digit(tmp_path: Path) -> None:
    others = [f"tutt'altro, {number}" for number in range(300)]
    KeptVectors(tmp_path).of([*others, *TEXTS[:2]])
    assert np.array_equal(KeptVectors(tmp_path).of(TEXTS), encode(TEXTS))


def test_the_file_holds_no_words_and_is_whole(tmp_path: Path) -> None:
    KeptVectors(tmp_path).of(TEXTS)
    (file,) = tmp_path.iterdir()
    assert b"buongiorno" not in file.read_bytes()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"nonsense"])
def test_a_broken_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    first = KeptVectors(tmp_path).of(TEXTS)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert np.array_equal(KeptVectors(tmp_path).of(TEXTS), first)


def test_what_nobody_wants_any_more_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_vectors, "MOST", 3)
    KeptVectors(tmp_path).of(["old"])
    KeptVectors(tmp_path).of(TEXTS)
    counting = Counting(monkeypatch)
    KeptVectors(tmp_path).of(TEXTS)
    assert counting.texts == 0
    KeptVectors(tmp_path).of(["old"])
    assert counting.texts == 1


def test_a_folder_that_cannot_be_written_keeps_nobody_from_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert KeptVectors(tmp_path / "file" / "folder").of(TEXTS).shape[0] == 3


def test_a_text_is_found_without_its_batch(tmp_path: Path) -> None:
    whole = KeptVectors(tmp_path).of(TEXTS)
    found = KeptVectors(tmp_path).known([TEXTS[1], "mai scritto"])
    assert list(found) == [TEXTS[1]]
    assert np.array_equal(found[TEXTS[1]], whole[1])
    assert KeptVectors(tmp_path / "nothing").known(TEXTS) == {}


def test_a_file_without_marks_of_texts_is_made_anew(tmp_path: Path) -> None:
    first = KeptVectors(tmp_path).of(TEXTS)
    (file,) = tmp_path.iterdir()
    with np.load(file) as arrays:
        older = {name: arrays[name] for name in ("keys", "vectors")}
    np.savez(file, **older)
    assert KeptVectors(tmp_path).known(TEXTS) == {}
    assert np.array_equal(KeptVectors(tmp_path).of(TEXTS), first)
    assert set(KeptVectors(tmp_path).known(TEXTS)) == set(TEXTS)


def test_another_process_encodes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_vectors, "_BATCH", 4)
    texts = [f"messaggio numero {number}" for number in range(60)]
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    alone = KeptVectors(tmp_path / "alone").of(texts)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(kept_vectors, "_WORTH_A_PROCESS", 2)
    together = KeptVectors(tmp_path / "together").of(texts)
    assert np.array_equal(alone, together)
