"""Numbers in words, up to 99,999: "trenta", "centoventicinque", "a hundred and thirty"."""

from __future__ import annotations

from collections.abc import Sequence

_SMALL_WORDS = {
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
    "quattordici quindici sedici diciassette diciotto diciannove",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
}
_TENS_WORDS = {
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
}
_IT_SMALL, _EN_SMALL = (_SMALL_WORDS[language].split() for language in ("it", "en"))
_IT_TENS, _EN_TENS = (_TENS_WORDS[language].split() for language in ("it", "en"))


def _italian() -> dict[str, int]:
    words = dict(zip(_IT_SMALL, range(20), strict=True))
    for tens, name in enumerate(_IT_TENS, start=2):
        words[name] = tens * 10
        for unit in range(1, 10):
            stem = name[:-1] if unit in (1, 8) else name
            words[stem + _IT_SMALL[unit]] = tens * 10 + unit
            if unit == 1:
                words[stem + "un"] = tens * 10 + 1
    below_hundred = dict(words)
    for hundreds in range(1, 10):
        name = "cento" if hundreds == 1 else _IT_SMALL[hundreds] + "cento"
        words[name] = hundreds * 100
        for rest, value in below_hundred.items():
            if value:
                words[name + rest] = hundreds * 100 + value
            if 80 <= value < 90:
                words[name[:-1] + rest] = hundreds * 100 + value
    words["mille"] = 1000
    for rest, value in below_hundred.items():
        if value > 1:
            words[rest + "mila"] = value * 1000
    return words | {"un": 1, "una": 1, "ventun": 21}


IT = _italian()
_EN = dict(zip(_EN_SMALL, range(20), strict=True)) | {
    name: tens * 10 for tens, name in enumerate(_EN_TENS, start=2)
}


def number(words: Sequence[str]) -> int | None:
    """The number that small, folded words say as a whole, None when they say none."""
    if len(words) == 1 and words[0] in IT:
        return IT[words[0]]
    return _english(words)


def last_number(words: Sequence[str], most: int = 5) -> tuple[int, int] | None:
    """The number that the last words say, and of how many words it is made."""
    for length in range(min(most, len(words)), 0, -1):
        value = number(words[-length:])
        if value is not None:
            return value, length
    return None


def _english(words: Sequence[str]) -> int | None:
    """Twenty two; a hundred and thirty; two thousand five hundred."""
    total, group, said, joined = 0, 0, False, False
    for place, word in enumerate(words):
        if word in ("a", "an"):
            if place or len(words) == 1 or words[1] not in ("hundred", "thousand"):
                return None
            group = 1
        elif word == "and":
            if not said or group % 100 or joined or place == len(words) - 1:
                return None
            joined = True
        elif word == "hundred" and 0 < group < 10:
            group, said, joined = group * 100, True, False
        elif word == "thousand" and 0 < group < 100 and not total:
            total, group, said, joined = group * 1000, 0, True, False
        elif word in _EN and _fits(group, _EN[word]):
            group, said, joined = group + _EN[word], True, False
        else:
            return None
    return total + group if said else None


def _fits(group: int, more: int) -> bool:
    rest = group % 100
    if not rest:
        return True
    return rest >= 20 and rest % 10 == 0 and 0 < more < 10
