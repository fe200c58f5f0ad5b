"""Where a town's name begins and ends beside a street or a postcode."""

from __future__ import annotations

import re

from understanding.personal_data.words import Words, listed

BEFORE_TOWN = re.compile(r"[ ,;\n–-]{1,4}(?:(?:a|in|at|città|citta|comune di)\s)?", re.I)
_TOWN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
TOWN_LINK = listed(
    "di del della dei degli d' in sul sulla al alla monferrato on upon under le la lo the",
    "of",
)
_SAINTS = frozenset(("san", "santa", "saint", "st"))


def town_end(text: str, start: int, lists: Words) -> int:
    """Where the town ends that begins here; `start` when none does."""
    end, count, place, linked = start, 0, start, False
    while count < 4:
        word = _TOWN_WORD.match(text, place)
        if word is None:
            break
        lower = word.group().lower()
        capital = word.group()[0].isupper()
        known = lower in lists.places and (capital or lower in lists.towns)
        ordinary = lower in lists.ordinary or lower in lists.given
        shouted = len(word.group()) > 2 and word.group().isupper()
        if known or (capital and (linked or not ordinary) and not (shouted and not known)):
            end = word.end()
        elif not ((count or capital) and lower in TOWN_LINK):  # "La Thuile"
            break
        linked = (capital and lower in _SAINTS) or lower in TOWN_LINK
        place, count = word.end(), count + 1
        if not text.startswith(" ", place):
            break
        place += 1
    return end


def town_behind_postcode(text: str, end: int, lists: Words) -> int:
    """`E5 8EG London`: the town may stand last; only one that is known as such."""
    before = BEFORE_TOWN.match(text, end)
    word = _TOWN_WORD.match(text, before.end()) if before else None
    known = word is not None and word.group().lower() in lists.towns
    return word.end() if word and known else end


def town_before(text: str, start: int, lists: Words) -> int:
    """Where the town begins that stands right before a postcode; `start` when none does."""
    before = text[max(0, start - 40) : start].rstrip(" ,")
    word = re.search(r"[^\W\d_]+$", before)
    if word and (
        word.group().lower() in lists.towns
        or (word.group()[0].isupper() and word.group().lower() not in lists.ordinary)
    ):
        return max(0, start - 40) + word.start()
    return start
