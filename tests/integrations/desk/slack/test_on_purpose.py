"""Which words of the thread are meant for the customer."""

from __future__ import annotations

import pytest

from integrations.desk.slack.written import on_purpose


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("!ciao", "ciao"),
        (" ! ciao", "ciao"),
        ("!", ""),
        ("ciao!", None),
        ("!!ciao", None),
        ("!=", None),
        ("", None),
        ("¡ciao", None),
        ("！ciao", None),
    ],
)
def test_what_counts_as_on_purpose(text: str, words: str | None) -> None:
    assert on_purpose(text) == words
