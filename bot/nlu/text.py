"""The text that features are computed from, which is not quite the text the customer wrote."""

from __future__ import annotations

import re
import unicodedata

from bot.nlu.patterns import without_values

MAX_CHARACTERS = 1000
_REPEATED = re.compile(r"(\W)\1{2,}")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
# Skin tones and presentation selectors: the same gesture, whoever makes it.
_VARIATIONS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")


def for_features(text: str) -> str:
    """Remove what hides the meaning from the encoder.

    Shouting ("WHERE IS MY ORDER") moves a sentence vector further than another topic does, and so
    do an order number and a stretched word ("graaazie"); all are undone. Never empty.
    """
    text = unicodedata.normalize("NFC", text[:MAX_CHARACTERS].replace("\x00", " "))
    text = _STRETCHED.sub(r"\1", _VARIATIONS.sub("", text))
    readable = _REPEATED.sub(r"\1\1", without_values(text)) or text.strip() or "…"
    capitals = sum(1 for character in readable if character.isupper())
    small = sum(1 for character in readable if character.islower())
    if capitals > 3 and capitals > 2 * small:
        return readable.lower()
    return readable


def says_something(text: str) -> bool:
    """Whether there is anything to understand: a letter, a digit or a symbol such as an emoji."""
    return any(
        unicodedata.category(character)[0] in "LN"
        or unicodedata.category(character) in ("So", "Sk")
        for character in text
    )
