"""What is known of who writes: the name they gave, their handle, their address."""

from __future__ import annotations

import re
from collections.abc import Iterable

from understanding.personal_data.spans import Kind, Taken
from understanding.personal_data.words import Words, words

_SHORTEST = 3
"""Letters a single word of a name must have to be looked for by itself."""


def find_known(text: str, known: Iterable[str], taken: Taken) -> None:
    """Take these wherever they stand: a name whole and by its words, a handle, an e-mail."""
    lists = words()
    folded = text.casefold()
    for one in known:
        value = " ".join(one.split())
        if len(value) < 2:
            continue
        whole = _kind(value) == "name" and _is_word(value, lists)
        _take(text, value, _kind(value), taken, folded, capital=whole)
        if _kind(value) != "name":
            continue
        for word in value.split():
            bare = word.strip(".,()")
            if len(bare) < _SHORTEST or not bare[0].isalpha():
                continue
            _take(text, bare, "name", taken, folded, capital=_is_word(bare, lists))


def _is_word(name: str, lists: Words) -> bool:
    """Whether a name is also an ordinary word, so that only a capital letter tells it."""
    return name.casefold() in lists.ordinary or name.casefold() in lists.ambiguous


def _kind(value: str) -> Kind:
    if "@" in value.lstrip("@"):
        return "email"
    if value.startswith("@") or re.search(r"[_\d]", value):
        return "handle"
    return "name"


def _take(
    text: str, value: str, kind: Kind, taken: Taken, folded: str, *, capital: bool = False
) -> None:
    if value.casefold() not in folded:
        return
    for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.I):
        if not capital or match.group()[0].isupper():
            taken.add(match.start(), match.end(), kind)
