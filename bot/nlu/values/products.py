"""Articles of the catalogue, as customers call them: "cardigan betulla", "Bessa ginepro"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, List, NamedTuple, Optional, Tuple

from bot.nlu.values import catalogue
from bot.nlu.values.catalogue import Catalogue, Name, Phrase
from bot.nlu.values.found import TAKEN, Found, blank
from bot.nlu.values.slips import near

PRODUCT = "product"

_SKU = re.compile(r"(?<![\w-])[a-z]{3}-[a-z0-9]{3}(?![\w-])")
# Between a yarn's name and its colour.
_COLOUR_WORDS = frozenset(
    ("colore", "colori", "color", "colour", "colours", "tinta", "tonalita", "shade", "colourway")
)
# Words that are one slip away from a name, and are meant.
_ORDINARY_WORDS = (
    "bassa messa bossa basse pressa cessa nuvole nuvolo nuvoloso servo corvo cerco cervi "
    "nervo alpino alpine alpini passa passi basso sasso paso posso possa possono pazzo maggio "
    "faggi raggio castagna castagne castagni larici salici salire sali abeti aceri acerbo "
    "sordo pina pini piano vino gruppo betulle brughiere rugiade campionato campionati "
    "campione campioni lanolina lane lana kit set gift card hat"
)
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
_SURE_LETTERS = 7
_BREAK = re.compile(r"[.!?;:,\n\ufffc]")
_HALT = re.compile(r"[.!?;\n\ufffc]")


class _Word(NamedTuple):
    text: str
    start: int
    end: int


class _Match(NamedTuple):
    id: str
    first: int
    last: int
    # Places of the words that are the name itself.
    name_first: int
    name_last: int


def find(
    text: str,
    folded: str,
    language: Optional[str] = None,
    known: Optional[Catalogue] = None,
) -> List[Found]:
    """Articles by id: `CAR-BET`, `BES-GIN`, or `BES` for a yarn in no certain colour."""
    known = known or catalogue.load()
    found = [
        Found(PRODUCT, match.group().upper(), match.start(), match.end())
        for match in _SKU.finditer(folded)
        if match.group().upper() in known.ids
    ]
    folded = blank(folded, found, TAKEN)
    words = [
        _Word(match.group(), match.start(), match.end())
        for match in catalogue.WORD.finditer(folded)
        if match.group() not in catalogue.FUNCTION_WORDS
    ]
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    place = 0
    while place < len(words):
        match = _phrase(folded, words, place, known) or _name(
            text, folded, words, place, known, lower_is_enough=language == "en", shouted=shouted
        )
        if match is None:
            place += 1
            continue
        item, place = _with_colour(folded, words, match, known)
        found.append(item)
    return sorted(found, key=lambda item: item.start)


def _phrase(folded: str, words: List[_Word], place: int, known: Catalogue) -> Optional[_Match]:
    """The longest phrase that begins here; mistyped words count where they are long enough."""
    for head in _heads(words[place].text, tuple(known.phrases)):
        for phrase in known.phrases[head]:
            if _stands_here(folded, words, place, phrase):
                last = place + len(phrase.words) - 1
                if phrase.name_at is None:
                    return _Match(phrase.id, place, last, place, last)
                name = place + phrase.name_at
                return _Match(phrase.id, place, last, name, name)
    return None


@lru_cache(maxsize=8192)
def _heads(word: str, heads: Tuple[str, ...]) -> Tuple[str, ...]:
    exact = [head for head in heads if head == word]
    if word in _ORDINARY:
        return tuple(exact)
    return (*exact, *(head for head in heads if head != word and near(word, head)))


def _stands_here(folded: str, words: List[_Word], place: int, phrase: Phrase) -> bool:
    if place + len(phrase.words) > len(words):
        return False
    for offset, meant in enumerate(phrase.words[1:], start=1):
        word = words[place + offset]
        if word.text != meant and (word.text in _ORDINARY or not near(word.text, meant)):
            return False
        if _BREAK.search(folded, words[place + offset - 1].end, word.start):
            return False
    # One mistyped word alone names nothing, unless it is long.
    first = words[place].text
    return len(phrase.words) > 1 or first == phrase.words[0] or len(first) >= _SURE_LETTERS


def _name(
    text: str,
    folded: str,
    words: List[_Word],
    place: int,
    known: Catalogue,
    *,
    lower_is_enough: bool,
    shouted: bool,
) -> Optional[_Match]:
    word = words[place]
    name = known.names.get(word.text) or _mistyped(word.text, known.names)
    if name is None or name.level == "context":
        return None
    match = _Match(name.id, place, place, place, place)
    if not name.level or lower_is_enough or _colour(folded, words, match, known):
        return match
    capital = text[word.start].isupper() and not shouted
    inside = bool(re.search(r"[\w,*][ ]*$", folded[max(0, word.start - 8) : word.start]))
    if capital and (name.level == "capital" or inside):
        return match
    alone = len(words) == 1 and name.level == "capital"
    return match if alone else None


def _mistyped(word: str, names: Dict[str, Name]) -> Optional[Name]:
    """A name that is long enough to be known though mistyped, and no other word."""
    if len(word) < _SURE_LETTERS - 1 or word in _ORDINARY:
        return None
    for name in names.values():
        if not name.level and len(name.word) >= _SURE_LETTERS and near(word, name.word):
            return name
    return None


def _colour(
    folded: str, words: List[_Word], match: _Match, known: Catalogue
) -> Optional[Tuple[str, int]]:
    """SKU of the line in the colour that is named right behind it, and the colour's place."""
    colours = known.colours.get(match.id, {})
    place = match.last + 1
    while place < len(words) and words[place].text in _COLOUR_WORDS:
        place += 1
    if not colours or place >= len(words) or place > match.last + 2:
        return None
    said = words[place]
    if _HALT.search(folded, words[match.last].end, said.start):
        return None
    for colour, sku in colours.items():
        if said.text == colour or near(said.text, colour):
            return sku, place
    return None


def _with_colour(
    folded: str, words: List[_Word], match: _Match, known: Catalogue
) -> Tuple[Found, int]:
    """The product found, and the place of the word after it."""
    start, end = words[match.name_first].start, words[match.name_last].end
    colour = _colour(folded, words, match, known)
    if colour:
        sku, place = colour
        return Found(PRODUCT, sku, start, words[place].end), place + 1
    return Found(PRODUCT, match.id, start, end), match.last + 1
