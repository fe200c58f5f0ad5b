"""Whether an unknown word may be a name: no ordinary word, no form of one, no slip of the pen."""

from __future__ import annotations

import re
from functools import lru_cache

from understanding.personal_data.name_words import MOODS, PARTICLES, TIMES
from understanding.personal_data.words import words

_LETTERS = "abcdefghijklmnopqrstuvwxyzàèéìòù"
_INFLECTED = re.compile(
    r"(?:at|ut|it)[oaie]$|[aei]nd[oa]$|(?:ar|er|ir)(?:e|l[oaie]|[mtcv]i)$|mente$|zion[ei]$"
    r"|issim[oaie]$|(?:av|ev|iv)[oai]$|ett[oaie]$|[aei]te$|bil[ei]$|(?:^|[^aeiou])ing$|ed$|ly$"
    r"|tions?$|ness$|able$|ful$|less$|est$|(?<!e)s$|ier$|ish$|nt$"
)
_VOWEL = re.compile(r"[aeiouyàáâäèéêëìíòóôöøùúü]")
_NO_WORD = re.compile(
    r"(?:[ah]{3,}|(.)\1\1.*|.*(.)\2\2.*|(..+)\3\3+"
    r"|(?:asd|qwe|zxc|dfg|jkl).*|(?:ah|ha|he|eh|lo|lol|bla)+h?)"
)


def is_known(lower: str) -> bool:
    """A listed given name or surname that is no ordinary word besides."""
    lists = words()
    listed = lower in lists.given or lower in lists.surnames
    return listed and lower not in lists.ambiguous and lower not in lists.company


def is_given_too(lower: str) -> bool:
    """A given name that may be a word, no colour, month or mood."""
    lists = words()
    return lower in lists.given and not (
        lower in lists.ordinary
        or lower in lists.products
        or lower in lists.company
        or lower in TIMES
        or lower in MOODS
    )


def is_ordinary(lower: str) -> bool:
    """A word that a list has as no name: a thing, a place, an article, the company."""
    lists = words()
    return (
        lower in lists.vocabulary
        or lower in lists.ordinary
        or lower in lists.products
        or lower in lists.places
        or lower in lists.company
        or lower in PARTICLES
    )


def is_unknown(word: str, *, careful: bool = True) -> bool:
    """A word that only a name explains; `careful`: no form or misspelling of a word either."""
    lower = word.lower()
    if len(lower) < 3 or is_ordinary(lower) or not _VOWEL.search(lower):
        return False
    if is_known(lower):
        return True
    if _NO_WORD.fullmatch(lower):
        return False
    if not careful:
        return True
    plain = word.islower() and _INFLECTED.search(lower)
    return not plain and not (len(lower) > 4 and is_misspelt(lower))


@lru_cache(maxsize=4096)
def is_misspelt(lower: str) -> bool:
    """Whether a sign left out, added or changed, or two exchanged, make it an ordinary word."""
    if len(lower) > 25:
        return False
    vocabulary = words().vocabulary
    for place in range(len(lower) + 1):
        head, tail = lower[:place], lower[place:]
        if head + tail[1:] in vocabulary:
            return True
        if len(tail) > 1 and head + tail[1] + tail[0] + tail[2:] in vocabulary:
            return True
        for sign in _LETTERS:
            if head + sign + tail in vocabulary or (tail and head + sign + tail[1:] in vocabulary):
                return True
    return False


def is_nearly(lower: str, meant: str) -> bool:
    """Whether a word is another one with one slip: "nmae", "chaimo"."""
    if lower == meant or abs(len(lower) - len(meant)) > 1:
        return lower == meant
    if sorted(lower) == sorted(meant):
        return sum(a != b for a, b in zip(lower, meant, strict=True)) <= 2
    if len(lower) == len(meant):
        return sum(a != b for a, b in zip(lower, meant, strict=True)) == 1
    short, long = sorted((lower, meant), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
