"""What the tone model sees of a message beside its sentence vector: n-grams and a few hints."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from understanding import tone_words as words
from understanding.vectors import MAX_CHARACTERS

BUCKETS = 1 << 15
HINTS = 24

Floats = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int64]

_CHARACTER_SIZES = (3, 4, 5)
# A negation reaches so many words forward: "non è per niente bello".
_REACH = 3
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|@\w+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED = re.compile(r"(\W)\1{2,}")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_DIGIT = re.compile(r"\d")
_VARIATIONS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_CLAUSE_ENDS = frozenset(",.;:!?")


def readable(text: str) -> str:
    """The text that is encoded: without addresses of people and pages, stretched letters and
    capitals, which move a sentence vector further than its tone does. Never empty."""
    text = unicodedata.normalize("NFC", _safe(text))
    text = _ADDRESS.sub(" ", text).replace("#", " ").strip()
    text = _REPEATED.sub(r"\1\1", _STRETCHED.sub(r"\1", _VARIATIONS.sub("", text))) or "…"
    capitals, small = _cases(text)
    return text.lower() if capitals > 3 and capitals > 2 * small else text


def ngrams(text: str) -> tuple[Columns, Floats]:
    """Hashed columns (ascending, below `BUCKETS`) and their counts' logarithmic weights.

    Words, pairs of words and pieces of words; a word in the reach of a negation is another word.
    """
    counts = Counter(zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(_folded(text)))
    columns = np.array(sorted(counts), np.int64)
    weights = [1.0 + math.log(counts[int(column)]) for column in columns]
    return columns, np.array(weights, np.float32)


def hints(text: str) -> Floats:
    """How it is written and which telling words it holds: shape (HINTS,), each from 0 to 1."""
    text = _safe(text)
    folded = _folded(text)
    tokens = _TOKEN.findall(folded)
    positive, positive_denied = _told(words.POSITIVE, tokens)
    negative, negative_denied = _told(words.NEGATIVE, tokens)
    insults = len(words.INSULT.findall(folded))
    again = len(words.AGAIN.findall(folded))
    asking = bool(words.ASKING.match(folded))
    question = "?" in text
    capitals, small = _cases(text)
    signs = Counter(text)
    bad = _signs(signs, words.BAD_SIGNS)
    plain = positive and not negative
    values = (
        _capped(positive, 2),
        _capped(positive_denied, 1),
        _capped(negative, 3),
        _capped(negative_denied, 1),
        _capped(insults, 2),
        _capped(len(words.URGENT.findall(folded)), 2),
        _capped(len(words.THANKS.findall(folded)), 1),
        bool(words.CONTRAST.search(folded)),
        # Praise beside a wait, a repetition or a fault is seldom praise.
        bool(positive and again),
        bool(positive and negative),
        bool(plain and not again),
        asking,
        question,
        question and asking and not negative,
        _capped(text.count("?") - 1, 2),
        _capped(text.count("!"), 3),
        bool("!" in text and plain),
        capitals / (capitals + small) if capitals + small > 5 else 0.0,
        _capped(_signs(signs, words.GOOD_SIGNS), 1),
        _capped(bad, 1),
        _capped(_signs(signs, words.ANGRY_SIGNS), 1),
        "..." in text or "…" in text,
        _capped(len(tokens), 30),
        len(tokens) <= 3,
    )
    return np.array(values, np.float32)


def _told(pattern: re.Pattern[str], tokens: list[str]) -> tuple[int, int]:
    """How many telling words stand plainly, and how many in the reach of a negation."""
    denied = _denied(tokens)
    plainly = sum(
        1
        for token, no in zip(tokens, denied, strict=True)
        if not no and token not in words.NEGATION and pattern.match(token)
    )
    against = sum(
        1 for token, no in zip(tokens, denied, strict=True) if no and pattern.match(token)
    )
    return plainly, against


def _denied(tokens: list[str]) -> list[bool]:
    found, left = [], 0
    for token in tokens:
        if token in _CLAUSE_ENDS:
            left = 0
        found.append(left > 0 and token not in words.NEGATION)
        left = _REACH if token in words.NEGATION else max(0, left - 1)
    return found


def _grams(folded: str) -> list[str]:
    tokens = _TOKEN.findall(folded)
    denied = _denied(tokens)
    told = [f"¬{token}" if no else token for token, no in zip(tokens, denied, strict=True)]
    grams = [f"w {token}" for token in told]
    grams += [f"p {first} {second}" for first, second in pairwise(tokens)]
    for token in tokens:
        padded = f" {token} "
        for size in _CHARACTER_SIZES:
            grams.extend(padded[start : start + size] for start in range(len(padded) - size + 1))
    return grams


def _folded(text: str) -> str:
    """Small letters without accents, numbers as zeros, contractions as one word (`isnt`)."""
    text = _STRETCHED.sub(r"\1", _ADDRESS.sub(" ", _safe(text)).lower())
    decomposed = unicodedata.normalize("NFKD", text.replace("n't", "nt").replace("n’t", "nt"))
    kept = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _DIGIT.sub("0", kept)


def _safe(text: str) -> str:
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")


def _cases(text: str) -> tuple[int, int]:
    return sum(1 for sign in text if sign.isupper()), sum(1 for sign in text if sign.islower())


def _signs(found: Counter[str], signs: frozenset[str]) -> int:
    return sum(count for sign, count in found.items() if sign in signs)


def _capped(count: int, most: int) -> float:
    return min(max(count, 0), most) / most
