"""data/lookups/products.yml as phrases to look for; mistakes in it are named when it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import yaml

from bot.nlu.values.folding import fold

PATH = Path(__file__).parents[3] / "data" / "lookups" / "products.yml"
WORD = re.compile(r"[a-z0-9]+")
# Words that may stand between those of a name.
_FUNCTION_WORDS = (
    "di del dello della dei degli delle d da dal in nel con col per a al alla allo il lo la l "
    "i gli le un una the of for with from an mio mia vostro vostra your my that quel quello "
    "quella"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_YARN_WORDS = (
    "filato filati lana lane gomitolo gomitoli matassa matasse linea yarn yarns wool skein skeins "
    "ball balls hank hanks"
)
_LEVELS = ("", "capital", "verb", "context")


class BadLookup(Exception):
    """An entry of the file cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Name:
    """A short name that may stand alone; `level` says when it is meant (see the file)."""

    id: str
    word: str
    level: str


@dataclass(frozen=True)
class Phrase:
    """Words that together name an article; only the last `said` or first words are the name."""

    id: str
    words: Tuple[str, ...]
    # Place of the name where the other words only stand beside it; None: all words are the name.
    name_at: int | None = None


@dataclass(frozen=True)
class Catalogue:
    """What products are found by."""

    names: Dict[str, Name] = field(default_factory=dict)
    # By their first word, the longest first.
    phrases: Dict[str, List[Phrase]] = field(default_factory=dict)
    # Line → folded colour → SKU.
    colours: Dict[str, Dict[str, str]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def load(path: Path = PATH) -> Catalogue:
    """The catalogue in a file. Raises BadLookup."""
    content = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(content, dict):
        raise BadLookup(f"{path.name}: must hold yarns and others")
    names: Dict[str, Name] = {}
    phrases: Dict[str, List[Phrase]] = {}
    colours: Dict[str, Dict[str, str]] = {}
    ids = set()
    for kind in ("yarns", "others"):
        for entry in content.get(kind) or []:
            identity = _checked(path, entry)
            ids.add(identity)
            for phrase in _phrases(entry, yarn=kind == "yarns"):
                phrases.setdefault(phrase.words[0], []).append(phrase)
            if entry.get("name"):
                word = fold(entry["name"])
                names[word] = Name(identity, word, entry.get("word", ""))
            for code, words in (entry.get("colours") or {}).items():
                sku = f"{identity}-{code}"
                ids.add(sku)
                colours.setdefault(identity, {}).update({fold(word): sku for word in words})
    for found in phrases.values():
        found.sort(key=lambda phrase: -len(phrase.words))
    return Catalogue(names, phrases, colours, frozenset(ids))


def content_words(text: str) -> Tuple[str, ...]:
    """The folded words of a phrase that say something."""
    return tuple(word for word in WORD.findall(fold(text)) if word not in FUNCTION_WORDS)


def _checked(path: Path, entry: Any) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise BadLookup(f"{path.name}: an entry without id: {entry!r:.80}")
    if entry.get("word", "") not in _LEVELS:
        raise BadLookup(f"{path.name}: {entry['id']}: word must be one of {', '.join(_LEVELS[1:])}")
    if not (entry.get("name") or entry.get("called")):
        raise BadLookup(f"{path.name}: {entry['id']} has neither name nor called")
    return str(entry["id"])


def _phrases(entry: Dict[str, Any], *, yarn: bool) -> Iterator[Phrase]:
    said = [*(entry.get("called") or []), *(entry[key] for key in ("it", "en") if entry.get(key))]
    for text in said:
        words = content_words(text)
        if words:
            yield Phrase(entry["id"], words)
    name = fold(entry.get("name") or "")
    beside = _YARN_WORDS.split() if yarn else [fold(word) for word in entry.get("beside") or []]
    for word in beside if name else ():
        others = content_words(word)
        yield Phrase(entry["id"], (*others, name), len(others) if yarn else None)
        yield Phrase(entry["id"], (name, *others), 0 if yarn else None)
