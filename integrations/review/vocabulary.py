"""What designers may choose from: the bot's intents and entities, the knowledge articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml import YAMLError

from runtime.logging import get_logger

log = get_logger(__name__)
LANGUAGES = ("it", "en")
OUT_OF_SCOPE = "out_of_scope"
# What the bot reads by itself, without examples of it.
_NOT_TAUGHT = frozenset({"nlu_fallback", "nlu_ambiguous", "inform"})
# What is set without words of the customer's: from the message's language, or by buttons alone.
_NOT_MARKED = frozenset({"language", "choice", "article", "item", "reason"})


@dataclass(frozen=True)
class Article:
    """A knowledge article that questions can be added to."""

    slug: str
    title: str
    language: str


@dataclass(frozen=True)
class Vocabulary:
    """Intents with their titles, entities that examples may mark, articles."""

    intents: dict[str, dict[str, str]] = field(default_factory=dict)
    entities: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the page gets it."""
        return {
            "intents": [{"name": n, "title": t} for n, t in self.intents.items()],
            "entities": list(self.entities),
            "articles": [vars(article) for article in self.articles],
        }


class Vocabularies:
    """Reads the designers' files, again when one of them has changed."""

    def __init__(self, root: Path, policy: Path, knowledge: Path) -> None:
        self._domain = root / "domain.yml"
        self._meanings = root / "data" / "meanings.yml"
        self._policy = policy / "escalation.yml"
        self._knowledge = knowledge
        self._read: tuple[object, Vocabulary] | None = None

    def load(self) -> Vocabulary:
        """What there is to choose from now; empty lists where there is no file. Reads files."""
        files = [self._domain, self._meanings, self._policy]
        files += sorted(self._knowledge.glob("*/*.md"))
        state = [(file, changed) for file in files if (changed := _changed(file))]
        if self._read is None or self._read[0] != state:
            self._read = (state, self._fresh())
        return self._read[1]

    def _fresh(self) -> Vocabulary:
        try:
            return self._from_files()
        except (YAMLError, OSError, UnicodeDecodeError) as error:
            # A file in the middle of an edit: what was read before it still holds.
            log.warning("review_vocabulary_unreadable", error=type(error).__name__)
            return self._read[1] if self._read else Vocabulary()

    def _from_files(self) -> Vocabulary:
        domain = _yaml(self._domain)
        names = [name for name in map(_name, domain.get("intents") or ()) if name]
        entities = [name for name in map(_name, domain.get("entities") or ()) if name]
        words = (_yaml(self._policy).get("words") or {}).get("intent") or {}
        meanings = _yaml(self._meanings)
        return Vocabulary(
            {
                name: _title(name, meanings.get(name) or words.get(name) or {})
                for name in names
                if name not in _NOT_TAUGHT
            },
            tuple(name for name in entities if name not in _NOT_MARKED),
            tuple(self._articles()),
        )

    def _articles(self) -> list[Article]:
        found = []
        for file in sorted(self._knowledge.glob("*/*.md")):
            try:
                _, _, rest = file.read_text("utf-8").partition("---\n")
                front = yaml.safe_load(rest.partition("\n---")[0]) or {}
            except (YAMLError, OSError, UnicodeDecodeError):
                # `make validate` says what is wrong with it.
                continue
            if isinstance(front, dict) and front.get("slug"):
                slug = str(front["slug"])
                found.append(Article(slug, str(front.get("title") or slug), file.parent.name))
        return found


def _changed(file: Path) -> int | None:
    """When a file was last written; None for one that isn't there, or no longer."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


def _yaml(file: Path) -> dict[str, Any]:
    content = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return content if isinstance(content, dict) else {}


def _name(item: Any) -> str:
    """An intent's or entity's name; with settings of its own it is a mapping's key."""
    return str(next(iter(item), "")) if isinstance(item, dict) else str(item)


def _title(name: str, titles: dict[str, str]) -> dict[str, str]:
    return {language: str(titles.get(language) or name) for language in LANGUAGES}
