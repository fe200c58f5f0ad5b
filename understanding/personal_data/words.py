"""The lists that names are known by: given names, surnames, and what looks like one and isn't."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from understanding.lexicon import ENGLISH, ITALIAN

FOLDER = Path(__file__).parent / "words"
_LOOKUPS = Path(__file__).resolve().parents[2] / "data" / "lookups"
_FIRST_OF_ALL_NAMES = frozenset(("sofia", "nancy", "florence"))
"""Towns, too; but in a wool shop's messages people."""
_WORD = re.compile(r"[^\W\d_]+")


def listed(*lines: str) -> frozenset[str]:
    """The words of these lines."""
    return frozenset(word for line in lines for word in line.split())


@dataclass(frozen=True)
class Words:
    """Sets of words in small letters."""

    given: frozenset[str]
    surnames: frozenset[str]
    ambiguous: frozenset[str]
    """Names that are also ordinary words: they need evidence."""
    ordinary: frozenset[str]
    """No names, not even behind "sono"."""
    company: frozenset[str]
    products: frozenset[str]
    """Words in the names of articles and their colours."""
    places: frozenset[str]
    """Words in the names of towns."""
    vocabulary: frozenset[str]
    """Ordinary words as the project writes them: no names where nothing else says so."""
    towns: frozenset[str]
    """Whole names of towns that mean the place wherever they stand."""


@lru_cache(maxsize=1)
def words() -> Words:
    """All lists; the articles and towns are those of data/lookups."""
    products = _products()
    towns, places = _towns()
    given = _read("given.it") | _read("given.en") | _read("given.world")
    surnames = _read("surnames.it") | _read("surnames.en") | _read("surnames.world")
    ambiguous = _read("ambiguous") | (places & (given | surnames)) - _FIRST_OF_ALL_NAMES
    return Words(
        given=given,
        surnames=surnames,
        ambiguous=ambiguous | (products & (given | surnames)),
        ordinary=_read("not_names") | ((ITALIAN | ENGLISH) - given),
        company=_read("company"),
        products=products,
        places=places,
        vocabulary=_read("vocabulary"),
        towns=towns,
    )


def _read(name: str) -> frozenset[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _products() -> frozenset[str]:
    found: set[str] = set()
    listed = _lookup("products.yml")
    for item in (*listed.get("yarns", ()), *listed.get("others", ())):
        # An article that is also somebody's name (Pino) counts beside the article's word alone.
        if item.get("word") != "context":
            found.update(_WORD.findall(str(item.get("name", "")).lower()))
        for colours in (item.get("colours") or {}).values():
            found.update(word for colour in colours for word in _WORD.findall(colour.lower()))
    return frozenset(found)


def _towns() -> tuple[frozenset[str], frozenset[str]]:
    listed = _lookup("cities.yml")
    plain = _names(listed.get("plain", ""))
    careful = _names(listed.get("careful", ""))
    others = {str(name).lower() for names in listed.get("other", {}).values() for name in names}
    everything = plain | careful | others
    single = {word for name in everything for word in _WORD.findall(name) if len(word) > 2}
    return frozenset(plain | others), frozenset(single)


def _names(listed: str) -> set[str]:
    return {name.strip().lower() for name in listed.split(",") if name.strip()}


def _lookup(name: str) -> dict[str, Any]:
    file = _LOOKUPS / name
    if not file.exists():
        return {}
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content
