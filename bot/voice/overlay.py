"""The formal voice of the bot: `data/responses/formal/` laid over `data/responses/`.

A file there says, by response and language, the texts that take the place of the informal ones:

    responses:
      utter_greet:
        it: ["Buongiorno! Mi dica pure.", "Buongiorno! Come posso aiutarLa?"]
        en: "Good day. How may I help you?"

Conditions and payloads stay those of the informal response. `buttons.yml` says what button titles
become, wherever they stand. What isn't there is said as it is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot import language_files
from bot.voice.forms import informal

LANGUAGES = ("it", "en")
LONGEST_TEXT = 400
LONGEST_TITLE = 20
_PLACEHOLDER = re.compile(r"{([^\n{}]+?)}")

Responses = Mapping[str, list[dict[str, Any]]]


class OverlayMistake(ValueError):
    """A file of the overlay can't be used; the message names it and says what is wrong."""


@dataclass(frozen=True)
class Overlay:
    """Formal texts by (response, language), formal titles by (informal title, language)."""

    texts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    files: dict[tuple[str, str], str] = field(default_factory=dict)


def responses(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The informal responses by name, from the folder's own files."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.yml")):
        found |= _mapping(path).get("responses") or {}
    return found


def load(folder: Path) -> Overlay:
    """What `folder` (`data/responses/formal`) lays over. Raises OverlayMistake."""
    overlay = Overlay()
    for path in sorted(folder.glob("*.yml")):
        content = _mapping(path)
        if unknown := set(content) - {"version", "responses", "buttons"}:
            raise OverlayMistake(f"{path}: unknown field '{min(unknown)}'")
        for name, by_language in _pairs(content.get("responses"), path, "responses"):
            for language, said in _pairs(by_language, path, name):
                _add(overlay, path, name, language, said)
        for language, titles in _pairs(content.get("buttons"), path, "buttons"):
            for old, new in _pairs(titles, path, f"buttons.{language}"):
                if not isinstance(new, str) or not new.strip():
                    raise OverlayMistake(f"{path}: the title for '{old}' must be a text")
                overlay.titles[old, language] = new
    return overlay


def compose(informally: Responses, overlay: Overlay) -> dict[str, list[dict[str, Any]]]:
    """Every response in the formal voice, as the domain takes it."""
    return {name: _composed(name, said, overlay) for name, said in informally.items()}


def problems(informally: Responses, overlay: Overlay) -> Iterator[str]:
    """What is missing or wrong in the formal voice, a line each."""
    for name, language in overlay.texts:
        if not any(language_of(v) == language for v in informally.get(name, ())):
            yield f"{overlay.files[name, language]}: {name} has no {language} text to lay over"
    used = {
        (str(button["title"]), language_of(variation))
        for variations in informally.values()
        for variation in variations
        for button in variation.get("buttons", ())
    }
    for title, language in overlay.titles:
        if (title, language) not in used:
            yield f"buttons.yml: no {language} button is called '{title}'"
    for name, said in compose(informally, overlay).items():
        yield from _unlike(name, informally[name], said)
        yield from _still_informal(name, said, overlay)


def missing(informally: Responses, overlay: Overlay) -> list[str]:
    """Responses that would be said informally for want of a formal text or title."""
    found = (
        name
        for name, said in compose(informally, overlay).items()
        if any(True for _ in _still_informal(name, said, overlay))
    )
    return sorted(set(found))


def language_of(variation: Mapping[str, Any]) -> str:
    """The language that a variation of a response is for; empty when it doesn't say."""
    conditions = variation.get("condition") or ()
    return next((str(c.get("value")) for c in conditions if c.get("name") == "language"), "")


def _add(overlay: Overlay, path: Path, name: str, language: str, said: Any) -> None:
    texts = [said] if isinstance(said, str) else said
    good = isinstance(texts, list) and texts and all(isinstance(t, str) and t for t in texts)
    if language not in LANGUAGES or not good:
        raise OverlayMistake(f"{path}: {name}.{language} must be 'it' or 'en' with a text, or some")
    if (name, language) in overlay.texts:
        raise OverlayMistake(f"{path}: {name} stands in {overlay.files[name, language]} as well")
    overlay.texts[name, language] = list(texts)
    overlay.files[name, language] = path.name


def _composed(name: str, said: list[dict[str, Any]], overlay: Overlay) -> list[dict[str, Any]]:
    variations: list[dict[str, Any]] = []
    for language in dict.fromkeys(language_of(variation) for variation in said):
        theirs = [copy.deepcopy(v) for v in said if language_of(v) == language]
        texts = overlay.texts.get((name, language))
        if texts is not None:
            theirs = [
                {**copy.deepcopy(theirs[min(place, len(theirs) - 1)]), "text": text}
                for place, text in enumerate(texts)
            ]
        for variation in theirs:
            for button in variation.get("buttons", ()):
                title = str(button["title"])
                button["title"] = overlay.titles.get((title, language), title)
        variations += theirs
    return variations


def _unlike(
    name: str, informally: list[dict[str, Any]], said: list[dict[str, Any]]
) -> Iterator[str]:
    """Where the formal response differs in more than its words."""
    for language in dict.fromkeys(language_of(variation) for variation in said):
        blanks = _blanks(next(v for v in informally if language_of(v) == language))
        for variation in said:
            if language_of(variation) != language:
                continue
            text = str(variation.get("text", ""))
            if _blanks(variation) != blanks:
                there, wanted = (_listed(b) for b in (_blanks(variation), blanks))
                yield f"{name}, {language}: the formal text fills in {there} instead of {wanted}"
            if len(text) > LONGEST_TEXT:
                yield f"{name}, {language}: the formal text is {len(text)} characters long"
            for button in variation.get("buttons", ()):
                title = str(button["title"])
                if len(title) > LONGEST_TITLE:
                    yield f"{name}, {language}: '{title}' is over {LONGEST_TITLE} characters"


def _still_informal(name: str, said: list[dict[str, Any]], overlay: Overlay) -> Iterator[str]:
    for variation in said:
        language = language_of(variation)
        words = informal(str(variation.get("text", "")), language)
        if words:
            has = "is still informal" if (name, language) in overlay.texts else "is missing"
            yield f"{name}, {language}: the formal text {has} ({', '.join(words)})"
        for button in variation.get("buttons", ()):
            words = informal(str(button["title"]), language)
            if words:
                yield (
                    f"{name}, {language}: the button '{button['title']}' has no formal title "
                    f"({', '.join(words)}); add it to buttons.yml"
                )


def _blanks(variation: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(str(variation.get("text", ""))))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "nothing"


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = language_files.content(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OverlayMistake(f"{path} can't be read: {error}") from error
    if not isinstance(content, dict):
        raise OverlayMistake(f"{path} has no fields")
    return content


def _pairs(content: Any, path: Path, where: str) -> Iterator[tuple[str, Any]]:
    if content is None:
        return
    if not isinstance(content, dict):
        raise OverlayMistake(f"{path}: {where} must be a group of `name: value` lines")
    for key, value in content.items():
        yield str(key), value
