"""Cities that a message names, by their Italian name, and whether things come from or go there."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import yaml

from bot.nlu.values.folding import fold
from bot.nlu.values.found import Found

CITY = "city"
PATH = Path(__file__).parents[3] / "data" / "lookups" / "cities.yml"

_WORD = re.compile(r"[^\W\d_]+")
_STREET_BEFORE = re.compile(
    r"\b(?:via|viale|v\.?le|piazza|p\.?zza|piazzale|corso|c\.?so|largo|vicolo|strada|porta"
    r"|rue|modello"
    r"|lanificio|new|villa|hotel|sig|signora|mrs?|ms|dr)[ .]{1,2}(?:di )?$"
)
_NOT_THE_CITY = re.compile(
    r"[ ]?(?:road|rd|street|st|avenue|ave|lane|way|square|gate|close|terrace|gardens|united|city fc"
    r"|marathon|sauce|ham)\b|[ ](?:di|del|della|d'|in|sur|am|on)[ ](?=[a-z])"
)
_FROM = re.compile(r"\b(?:da|dal|from|out of)[ ]$")
_TO = re.compile(r"\b(?:verso|per|x|to|into|towards|for|fino a|until)[ ]$")
_AT = re.compile(
    r"\b(?:in|at|near|around|di|presso|vicino a|dalle parti di|outside|fuori|within|of|zona"
    r"|sopra|sotto"
    r"|over in|d')[ ]?$"
)
_A = re.compile(r"\b(?:a|ad)[ ]$")
# "A Milano" is where things go after such a verb.
_MOVES = re.compile(
    r"\b(?:sped\w{1,8}|mand\w{1,8}|invi\w{1,8}|consegn(?:a|are|ate|ano|arlo|arla|atelo|erete)"
    r"|arriv\w{0,6}"
    r"|and\w{2,5}|va|vado|vada|porta\w{0,4}|rispedi\w{0,4}|recapit\w{1,6}|dirott\w{1,5}"
    r"|da)\b[^.!?\n]{0,40}$"
)
_ITALIAN_TEAM = re.compile(r"\b(?:il|del|al|dal)[ ]$")
_ANY = (_FROM, _TO, _AT, _A)


class _Name(NamedTuple):
    city: str
    words: Tuple[str, ...]
    careful: bool


class BadLookup(Exception):
    """The file cannot be used; the message says why."""


@lru_cache(maxsize=4)
def load(path: Path = PATH) -> Dict[str, Tuple[_Name, ...]]:
    """Names by their first folded word, the longest first. Raises BadLookup."""
    content: Any = yaml.safe_load(path.read_text("utf-8"))
    try:
        plain, careful = (
            [" ".join(name.split()) for name in content[key].split(",")]
            for key in ("plain", "careful")
        )
        cities = {*plain, *careful}
        names = [_name(city, city, careful=city in careful) for city in (*plain, *careful)]
        words_too = set(content["careful_other"])
        for city, others in content["other"].items():
            if city not in cities:
                raise BadLookup(f"{path.name}: {city} stands in neither plain nor careful")
            names += [_name(city, other, careful=other in words_too) for other in others]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadLookup(f"{path.name}: needs plain, careful, other and careful_other") from error
    found: Dict[str, List[_Name]] = {}
    for name in names:
        found.setdefault(name.words[0], []).append(name)
    return {
        first: tuple(sorted(group, key=lambda name: -len(name.words)))
        for first, group in found.items()
    }


def _name(city: str, written: str, *, careful: bool) -> _Name:
    return _Name(city, tuple(_WORD.findall(fold(written))), careful)


def find(text: str, folded: str) -> List[Found]:
    """Cities; role `from`, `to` or `at` where the words before say so."""
    known = load()
    words = list(_WORD.finditer(folded))
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    found: List[Found] = []
    place = 0
    while place < len(words):
        match = _here(folded, words, place, known.get(words[place].group(), ()))
        item = _city(text, folded, words, place, match, shouted=shouted) if match else None
        if match and item:
            found.append(item)
            place += len(match.words)
        else:
            place += 1
    return found


def _here(
    folded: str, words: List[re.Match[str]], place: int, names: Tuple[_Name, ...]
) -> Optional[_Name]:
    for name in names:
        there = words[place : place + len(name.words)]
        if tuple(word.group() for word in there) != name.words:
            continue
        gaps = pairwise(there)
        if all(folded[one.end() : two.start()] in (" ", "'", "' ", "-") for one, two in gaps):
            return name
    return None


def _city(
    text: str,
    folded: str,
    words: List[re.Match[str]],
    place: int,
    name: _Name,
    *,
    shouted: bool,
) -> Optional[Found]:
    start, end = words[place].start(), words[place + len(name.words) - 1].end()
    before = folded[max(0, start - 60) : start]
    capital = text[start].isupper()
    if folded[end : end + 1] in ("_", "@") or folded[max(0, start - 1) : start] in tuple("@#_."):
        return None
    if _STREET_BEFORE.search(before) and name.words[0] != "new":
        return None
    after = _NOT_THE_CITY.match(folded, end)
    if after and (after.group()[-1].isalpha() or _goes_on_as_name(text, after.end())):
        return None
    if name.careful and not (capital and not shouted and _preposition(before)):
        return None
    if name.words == ("milan",) and _ITALIAN_TEAM.search(before):
        return None
    return Found(CITY, name.city, start, end, _role(before))


def _goes_on_as_name(text: str, at: int) -> bool:
    """Torino di Sangro is not Torino."""
    return text[at : at + 1].isupper()


def _preposition(before: str) -> bool:
    return any(pattern.search(before) for pattern in _ANY)


def _role(before: str) -> Optional[str]:
    if _FROM.search(before):
        return "from"
    if _TO.search(before):
        return "to"
    if _AT.search(before):
        return "at"
    if _A.search(before):
        return "to" if _MOVES.search(before) else "at"
    return None
