"""Texts that say nearly the same, or share their letters: none is missed by looking at fewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.validate import letters, nearness
from studio.validate.examples import Example, trigrams
from studio.validate.nearness import CLOSE, Nearness, Trained
from studio.validate.remembered import Memory
from understanding.kept_vectors import KeptVectors

MESSAGES = ["dov'e' il mio pacco", "buongiornooo", "rimborso", "accettate assegni?", "vorrei"]
TEXTS = ["dov'è il mio pacco?", "dov'è il mio pacco", "vorrei un rimborso", "buongiorno"]


def test_every_close_pair_is_found() -> None:
    lots = np.random.default_rng(3)
    # Rows near some centres: many pairs are close, many nearly so.
    centres = lots.normal(size=(12, 256))
    rows = centres[lots.integers(12, size=700)] + 0.35 * lots.normal(size=(700, 256))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[5:9] = rows[:4]
    halves = rows.astype(np.float16)
    whole = halves.astype(np.float32)
    cosines = whole @ whole.T
    before = 40
    wanted = {
        (other, one)
        for other, one in zip(*np.nonzero(np.triu(cosines > CLOSE, 1)), strict=True)
        if one >= before
    }
    found = {(other, one): cosine for other, one, cosine in nearness._close(halves, before)}
    assert set(found) == wanted
    assert all(cosine == pytest.approx(cosines[pair], abs=1e-5) for pair, cosine in found.items())


def test_what_training_encoded_is_not_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeptVectors(tmp_path / "models" / ".cache").of(TEXTS[:3])
    encoded: list[str] = []
    encode = nearness.vectors.encode

    def remember(texts: list[str]) -> nearness.Floats:
        encoded.extend(texts)
        return encode(texts)

    monkeypatch.setattr(nearness.vectors, "encode", remember)
    pairs, missing = Nearness(tmp_path, "it", Trained(tmp_path)).pairs(TEXTS)
    assert encoded == TEXTS[3:]
    assert not missing
    assert list(pairs) == [(TEXTS[1], TEXTS[0])]


def test_without_a_training_everything_is_encoded(tmp_path: Path) -> None:
    pairs, _ = Nearness(tmp_path, "it", Trained(tmp_path)).pairs(TEXTS)
    assert list(pairs) == [(TEXTS[1], TEXTS[0])]


def example(text: str) -> Example:
    return Example(text, "greet", "it", "data/nlu/it/greet.yml", 1)


def test_messages_with_an_examples_letters() -> None:
    listed = [example(text) for text in TEXTS]
    judged = [example(text) for text in MESSAGES]
    for share in (0.2, 0.5, 0.8):
        wanted = [
            message
            for message in judged
            if any(
                len(trigrams(message.plain) & trigrams(one.plain))
                > share * len(trigrams(message.plain) | trigrams(one.plain))
                for one in listed
            )
        ]
        assert letters.near(listed, judged, share) == wanted
    assert letters.near([], judged, 0.5) == letters.near(listed, [], 0.5) == []


def test_letters_are_shared_as_trigrams_say(monkeypatch: pytest.MonkeyPatch) -> None:
    # Several blocks, texts of all lengths, signs beyond the first 65,536.
    monkeypatch.setattr(letters, "_BLOCK", 7)
    lots = np.random.default_rng(5)

    def some(number: int) -> list[Example]:
        signs = np.array(list("abcde è🧶İ"))
        sizes = lots.integers(1, 24, number)
        return [example("".join(lots.choice(signs, size)) or "a") for size in sizes]

    listed, judged = some(60), some(40)
    for one, row in zip(listed, letters._incidence(listed), strict=True):
        assert row.nnz == len(trigrams(one.plain))
    for share in (0.05, 0.3, 0.5, 0.7):
        wanted = [
            message
            for message in judged
            for ours in (trigrams(message.plain),)
            if any(
                len(ours & theirs) > share * len(ours | theirs)
                for theirs in (trigrams(one.plain) for one in listed)
            )
        ]
        assert letters.near(listed, judged, share) == wanted


def test_only_what_is_new_is_compared_by_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [example(text) for text in TEXTS]
    judged = [example(text) for text in MESSAGES]
    wanted = letters.near(listed, judged, 0.5)
    looked_at: list[tuple[int, int]] = []
    near = letters.near

    def counted(some: list[Example], others: list[Example], share: float) -> list[Example]:
        looked_at.append((len(some), len(others)))
        return near(some, others, share)

    monkeypatch.setattr(letters, "near", counted)

    def again(some: list[Example], others: list[Example]) -> list[Example]:
        looked_at.clear()
        return letters.near_again(Memory(tmp_path), "it", some, others, 0.5)

    assert again(listed, judged) == wanted
    assert again(listed, judged) == wanted
    assert looked_at == []
    more = example("accettate gli assegni?")
    assert again([*listed, more], judged) == near([*listed, more], judged, 0.5) != wanted
    assert looked_at == [(5, 0), (1, 5)]
    other = example("un rimborso vorrei")
    assert other in again([*listed, more], [*judged, other])
    assert looked_at == [(5, 1), (0, 5)]
    # An example that went and came again is new.
    again(listed, judged)
    assert again([*listed, more], judged) == near([*listed, more], judged, 0.5)
