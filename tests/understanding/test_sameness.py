"""Two texts are the same if only their dress differs."""

from __future__ import annotations

import pytest

from understanding.sameness import digest, normalised


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Dov'è il mio pacco?", "dov’è il mio pacco"),
        ("  ciao   ciao ", "Ciao, ciao!"),
        ("È arrivato", "e\u0300 arrivato"),
        ("ｃｉａｏ", "ciao"),
    ],
)
def test_dress_changes_nothing(first: str, second: str) -> None:
    assert digest(first) == digest(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("ordine LA-10000", "ordine LA-10001"), ("si", "no"), ("👍", "👎"), ("??", "!!")],
)
def test_words_and_figures_and_faces_do(first: str, second: str) -> None:
    assert digest(first) != digest(second)


def test_the_digest_is_that_of_the_normalised_text() -> None:
    assert normalised("Dov'è il PACCO?!") == "dov è il pacco"
    assert len(digest("x")) == 64
