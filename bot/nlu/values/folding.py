"""A text as patterns like it: small letters without accents, plain digits, dashes and spaces.

Every character stands for exactly one, so that offsets are those of the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ODD = re.compile(r"[^\x00-\x7f]")
_DASHES = "‐‑‒–—―−﹣－"
_PLAIN = {
    **dict.fromkeys("’‘‛ʼ´`＇", "'"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys(_DASHES, "-"),
    "º": "°",
    "ª": "a",
}


def fold(text: str) -> str:
    """The text folded, of the same length."""
    if not text.isascii():
        text = _ODD.sub(lambda match: _folded(match.group()), text)
    return text.lower()


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    if character.isspace():
        return "\n" if character in "\u2028\u2029\x85" else " "
    digit = unicodedata.digit(character, None) if unicodedata.category(character) == "Nd" else None
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKD", character)
    # Compatibility forms of more than one sign (½, ﬁ) stay as they are, and so do currency signs.
    if plain and (len(plain) == 1 or all(unicodedata.combining(mark) for mark in plain[1:])):
        character = plain[0]
    small = character.lower()
    return small if len(small) == 1 else character
