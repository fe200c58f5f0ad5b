"""What the working tree holds now: training examples, and messages that models are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import language_files
from bot.nlu.text import for_features

EXAMPLES = Path("data/nlu")
MESSAGES = Path("tests/nlu")
_SETS = ("evaluation", "fresh")
_LANGUAGES = ("it", "en")


class BadMaterial(Exception):
    """A file of the working tree can't be read; the message names it."""


@dataclass(frozen=True)
class Labelled:
    """A text with the intent that it was given, and its language; `source` is `training`,
    `evaluation` or `review`."""

    text: str
    intent: str
    language: str | None
    source: str

    @property
    def readable(self) -> str:
        """The text that features are computed from."""
        return for_features(self.text)


def stamp(root: Path) -> object:
    """Changes whenever a file of the material does; costs a look at each file, not its content."""
    found = []
    for path in _files(root):
        try:
            about = path.stat()
        except OSError:
            continue
        found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(found)


def examples(root: Path) -> list[Labelled]:
    """Every training example, once each; raises BadMaterial."""
    found: dict[tuple[str, str], Labelled] = {}
    for path in sorted((root / EXAMPLES).rglob("*.yml")):
        language = path.relative_to(root / EXAMPLES).parts[0]
        for intent, line in _lines(_content(path), path):
            text = language_files.plain(line)
            one = Labelled(text, intent, language if language in _LANGUAGES else None, "training")
            found.setdefault((text, intent), one)
    return list(found.values())


def messages(root: Path) -> list[Labelled]:
    """The evaluation's messages; none where the repository's tests aren't installed."""
    found = []
    for name in _SETS:
        for language in _LANGUAGES:
            path = root / MESSAGES / f"{name}.{language}.yml"
            if not path.exists():
                continue
            for entry in _content(path) or ():
                try:
                    text, intent = str(entry["text"]), str(entry["intent"])
                except (TypeError, KeyError):
                    raise BadMaterial(f"{path.name}: each message needs text and intent") from None
                plain = language_files.plain(text)
                found.append(Labelled(plain, intent, language, "evaluation"))
    return found


def _files(root: Path) -> Iterator[Path]:
    yield from sorted((root / EXAMPLES).rglob("*.yml"))
    for name in _SETS:
        yield from (root / MESSAGES / f"{name}.{language}.yml" for language in _LANGUAGES)


def _content(path: Path) -> Any:
    try:
        return language_files.content(path.read_bytes())
    except (OSError, ValueError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f"{path.name}:{line + 1}" if line is not None else path.name
        raise BadMaterial(f"{where} can't be read ({type(error).__name__})") from error


def _lines(content: Any, path: Path) -> Iterator[tuple[str, str]]:
    """Intent and text of each example, as Rasa would read them."""
    blocks = content.get("nlu") if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        return
    for block in blocks:
        if not isinstance(block, dict) or not isinstance(block.get("intent"), str):
            continue  # lookup tables and the like
        listed = block.get("examples")
        if isinstance(listed, str):
            lines = [line.strip() for line in listed.splitlines()]
            texts = [line[1:].strip() for line in lines if line.startswith("-")]
        elif isinstance(listed, list):
            texts = [str(entry.get("text", "")) for entry in listed if isinstance(entry, dict)]
        else:
            raise BadMaterial(f"{path.name}: {block['intent']} has no examples")
        yield from ((block["intent"], text.strip()) for text in texts if text.strip())
