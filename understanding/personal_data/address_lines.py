"""Addresses by their end: from a postcode and town back to where the clause begins."""

from __future__ import annotations

import re

from understanding.personal_data.spans import Taken
from understanding.personal_data.words import Words, listed

_REACH = 110
_FEW = 4
_CLAUSE_START = re.compile(r"[:;!?\n\"“(]|(?<!\bSt)(?<!\bNr)(?<!\bn)(?<!\d)\.\s|\s[-–]\s", re.I)
_NUMBERED = re.compile(r"\b(?:no|nr|number|numero|civico)\b\.? ?$", re.I)
_CONTRACTED = re.compile(r"(?:i|we|you|they|he|she|it|that|there|who|what|here)['’]\w{1,2}", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’&/-][^\W_]+)*")
_OF_ADDRESSES = listed(
    "flat apt apartment unit suite room floor house cottage farm lodge barn court hall mill",
    "rectory",
    "vicarage grange manor villa view croft block building yard studio office street st road rd",
    "avenue ave lane ln close drive dr way crescent terrace place square gardens grove park",
    "hill row",
    "mews walk rise green quay wharf parade vale brae fold wynd bank gate north south east west nr",
    "near the old new upper lower great little of on upon under by le la lo il di del della dei",
    "degli in sul po box county cascina borgata borgo regione strada frazione località loc villa",
    "via viale piazza corso vicolo calle campo fondamenta salizada ramo scala interno int piano",
    "palazzina presso co d the san santa",
    "na nan nam yr ar des du van der den am im zum zur dos das los las el les aux sur sous",
    "ward bay hospital infirmary hospice clinic surgery school college university dept",
    "department forge smithy stables chapel gatehouse bungalow rr route lot shop level",
    "reparto stanza ospedale clinica policlinico",
)
_GREETINGS = listed(
    "hi hello hey hiya ciao salve buongiorno buonasera grazie thanks thank please sorry ok yes no",
    "sì dear gentile e i a o my address mobile tel",
)
_LEADS = listed(
    "to at is in a è presso address indirizzo live we re are m s send post ship deliver it me",
    "my abito",
    "sto vivo siamo spedire spedite mandate consegnate and e the for per il la of on by del di",
)
"""Seldom the first word of an address."""


def start_of_line(text: str, end: int, lists: Words, taken: Taken) -> int:
    """Where the address begins whose postcode begins at `end`; `end` when it stands alone."""
    floor = max(0, end - _REACH)
    for sign in _CLAUSE_START.finditer(text, floor, end):
        floor = sign.end()
    while floor < end and taken.covers(floor, floor + 1) and not taken.holds(floor, "address"):
        floor += 1
    words = list(_WORD.finditer(text, floor, end))
    capitals = not text[floor:end].isupper() and not text[floor:end].islower()
    first = len(words)
    while first:
        word = words[first - 1]
        if not _belongs(word.group(), lists, capitals=capitals) and (
            capitals or not _is_in_short_piece(text, word.start(), floor, end)
        ):
            break
        first -= 1
    while first < len(words) and words[first].group().lower() in _LEADS:
        if words[first].group() == "The" or (
            words[first].group().lower() == "the" and not capitals
        ):
            break
        first += 1
    if first == len(words):
        return end
    start = words[first].start()
    numbered = _NUMBERED.search(text, max(0, start - 8), start)
    start = numbered.start() if numbered and words[first].group()[0].isdecimal() else start
    line = text[start:end]
    # A number, or parts between commas: more than a town before its postcode.
    return start if any(map(str.isdecimal, line)) or "," in line.rstrip(" ,") else end


def _is_in_short_piece(text: str, place: int, floor: int, end: int) -> bool:
    """Whether it stands in a few words between commas, none of which speaks of something else."""
    start = max(floor, text.rfind(",", floor, place) + 1)
    stop = text.find(",", place, end)
    if stop < 0:
        return False
    piece = text[start:stop].lower().split()
    return len(piece) <= _FEW and not any(
        word in _GREETINGS or (word in _LEADS and word not in ("the", "la", "il")) for word in piece
    )


def _belongs(word: str, lists: Words, *, capitals: bool) -> bool:
    lower = word.lower()
    if word[0].isdecimal():
        return len(word) < 6
    if _CONTRACTED.fullmatch(word):
        return False
    if lower in _OF_ADDRESSES or lower in lists.places:
        return True
    if capitals:
        return (word[0].isupper() or len(word) == 1) and lower not in _GREETINGS
    return lower not in lists.vocabulary and lower not in lists.ordinary
