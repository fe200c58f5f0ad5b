"""Which lines of an order are meant, and how many pieces, in the customer's words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from actions.phrases import phrases

Item = dict[str, Any]

_ALL = phrases(
    """
    tutt[oaie](?: (?:quanti|quanto|l'ordine|il pacco))?
    l'intero ordine
    entramb[ie]
    all (?:of (?:it|them))?
    everything
    (?:the )?(?:whole|entire) (?:order|lot|thing)
    both
    the lot
    """
)
_ORDINALS = {
    "prim": 1, "second": 2, "terz": 3, "quart": 4, "first": 1, "third": 3, "fourth": 4,
}  # fmt: skip
_NUMBERS = {
    "un": 1, "uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6,
    "sette": 7, "otto": 8, "nove": 9, "dieci": 10, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})(?:[oaie]|st|nd|rd|th)?\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"(?<![\w,.-])(\d{1,3})(?![\w,.-])")
# Enough of a word to tell `gomitoli` from `gomitolo`, and `cardigan` from `cardato`.
_STEM = 5


def short(name: str) -> str:
    """`Mucrone Granito (lana aran, 100 g)` → `Mucrone Granito`: who bought it knows what it is."""
    return name.split(" (", maxsplit=1)[0]


def means_all(text: str) -> bool:
    """Whether the words mean every line or every piece."""
    return bool(_ALL.search(text))


def named(text: str, items: list[Item]) -> Item | None:
    """The one line whose name the words share more of than of any other's; None if unclear."""
    said = _stems(text)
    shared = sorted(
        ((len(said & _stems(short(str(item["name"])))), n) for n, item in enumerate(items)),
        reverse=True,
    )
    if not shared or not shared[0][0] or (len(shared) > 1 and shared[0][0] == shared[1][0]):
        return None
    return items[shared[0][1]]


def chosen(text: str, items: list[Item]) -> Item | None:
    """The line that an answer to "which one?" means: by its name, "the second", or "2"."""
    by_name = named(text, items)
    if by_name is not None:
        return by_name
    ordinal = _ORDINAL.search(_plain(text))
    number = _NUMBER.fullmatch(text.strip(" ."))
    place = _ORDINALS[ordinal[1]] if ordinal else int(number[1]) if number else 0
    return items[place - 1] if 0 < place <= len(items) else None


def pieces(text: str, most: int) -> int | None:
    """How many pieces the words say, from 1 to `most`; None when they don't."""
    if means_all(text):
        return most
    digits = _NUMBER.search(text)
    words = [_NUMBERS[word] for word in _plain(text).split() if word in _NUMBERS]
    count = int(digits[1]) if digits else words[0] if words else 0
    return count if 0 < count <= most else None


def told(lines: list[Item]) -> str:
    """`2 × Merino Oropa, Cardigan Bessa`."""
    names = [
        f"{line['quantity']} × {short(str(line['name']))}"
        if line["quantity"] != 1
        else short(str(line["name"]))
        for line in lines
    ]
    return ", ".join(names)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(_plain(text))}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
