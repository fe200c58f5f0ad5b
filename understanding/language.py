"""Which language is this message in: Italian, English, or neither.

Care messages are short, so a statistical identifier alone is not enough ("posso rendere" and
"tracking pls" carry few bytes). Distinctive words of both languages are counted first; py3langid,
restricted to languages that customers of an Italian shop may write, decides what they leave open
and can say "another language".
"""

from __future__ import annotations

import importlib
import math
import re
from functools import lru_cache
from typing import Any, Literal

from understanding.lexicon import ENGLISH, ITALIAN, OTHERS

Language = Literal["it", "en"]

# Neighbours that are easily mistaken for Italian or English, and the most frequent visitors.
CANDIDATES = ("it", "en", "es", "fr", "de", "pt", "nl", "ro", "pl", "sv", "da", "sq", "hr", "ca")

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|@\w+|#\w+|\bla[-\s]?\d+\b|\w*\d\w*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]*)?")
_MAX_CHARACTERS = 600

_ITALIAN_ENDINGS = re.compile(
    r"(?:zione|zioni|mente|aggio|aggi|issim[oaie]|tà|ità|ezza|ando|endo|ndomi|iamo|ereb+e|arsi|ersi"
    r"|armi|armelo|ermi|irmi|ghi|ghe|cch[ie]|glio|gli[ea]|gno|ò|ù|ì)$"
)
_ENGLISH_ENDINGS = re.compile(
    r"(?:ing|ght|tion|tions|ness|ould|ther|ck|sh|th|ly|wn|ed|ey|ies|n['’]t|['’](?:s|m|re|ve|ll|d))$"
)
_ELISION = re.compile(r"^(?:l|un|dell|all|dall|nell|sull|quell|dov|cos|com|c|d|m|t|s)['’`]")


def detect(text: str, previous: str | None = None) -> Language | None:
    """Recognise Italian or English.

    `previous` is the language of the conversation so far and settles a message that mixes both.
    None means that the text does not tell (numbers, emoji, "ok") or is in another language: the
    caller keeps what it had.
    """
    cleaned = _NOISE.sub(" ", text[:_MAX_CHARACTERS])
    words = [word.lower().replace("’", "'").replace("`", "'") for word in _WORD.findall(cleaned)]
    if not words or _foreign_script(cleaned):
        return None
    italian, english, other = _evidence(words)
    if other > max(italian, english) and other >= 2:
        return None
    if _clear(italian, english):
        return "it"
    if _clear(english, italian):
        return "en"
    if italian and english:
        return _mixed(italian, english, previous)
    return _statistical(" ".join(words), words, italian, english, other)


def _evidence(words: list[str]) -> tuple[float, float, float]:
    """Weight of distinctive words for Italian, English and everything else."""
    italian = english = other = 0.0
    for word in words:
        if word in ITALIAN:
            italian += 1
        elif word in ENGLISH:
            english += 1
        elif word in OTHERS:
            other += 1
        elif _ELISION.match(word) or (len(word) > 4 and _ITALIAN_ENDINGS.search(word)):
            italian += 0.5
        elif len(word) > 3 and _ENGLISH_ENDINGS.search(word):
            english += 0.5
    return italian, english, other


def _clear(mine: float, rival: float) -> bool:
    return mine >= 1 and mine >= 2 * rival


def _mixed(italian: float, english: float, previous: str | None) -> Language | None:
    if previous == "it":
        return "it"
    if previous == "en":
        return "en"
    if italian == english:
        return None
    return "it" if italian > english else "en"


def _statistical(
    text: str, words: list[str], italian: float, english: float, other: float
) -> Language | None:
    shares = _shares(text)
    if not shares:
        return None
    best = max(shares, key=lambda name: shares[name])
    letters = sum(len(word) for word in words)
    if letters < 5 and not (italian or english):
        return None
    # Without a single known word, a short text must convince; a long one only be likely.
    needed = 0.5 if italian or english else 0.9 if letters < 12 else 0.7
    if best == "it" and shares["it"] >= needed and not english and other < 2:
        return "it"
    if best == "en" and shares["en"] >= needed and not italian and other < 2:
        return "en"
    return None


def _foreign_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum(1 for character in letters if character < "\u0250")
    return latin * 2 < len(letters)


def _shares(text: str) -> dict[str, float]:
    identifier = _identifier()
    if identifier is None:
        return {}
    scores = {name: float(score) for name, score in identifier.rank(text) if name in CANDIDATES}
    top = max(scores.values())
    weights = {name: math.exp(min(score - top, 0.0)) for name, score in scores.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        return importlib.import_module("py3langid")
    except ImportError:
        # The bot is told the language by its caller; there the word lists alone suffice.
        return None
