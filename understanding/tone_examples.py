"""Reads labelled messages: the training examples of data/tone and the evaluation files.

A file groups messages by what they carry beside their polarity (`calm`, `angry`, `urgent`,
`angry_and_urgent`), one message a line. data/tone/README.md says how messages are labelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

Polarity = Literal["negative", "neutral", "positive"]
POLARITIES: tuple[Polarity, ...] = ("negative", "neutral", "positive")
LANGUAGES = ("it", "en")
# Section → (angry, urgent).
SECTIONS = {
    "calm": (False, False),
    "angry": (True, False),
    "urgent": (False, True),
    "angry_and_urgent": (True, True),
}


class BadExamples(Exception):
    """A file of examples can't be used; the message says which, and why."""


@dataclass(frozen=True)
class Example:
    """One labelled message."""

    text: str
    polarity: Polarity
    angry: bool
    urgent: bool
    language: str


def training(folder: Path) -> list[Example]:
    """All training examples under data/tone, in a stable order. Raises BadExamples."""
    found: list[Example] = []
    for language in LANGUAGES:
        for polarity in POLARITIES:
            path = folder / language / f"{polarity}.yml"
            found.extend(_sections(path, _content(path), polarity, language))
    return found


def evaluation(path: Path, language: str) -> list[Example]:
    """The messages of a file with polarities at its top. Raises BadExamples."""
    content = _content(path)
    if not content or not set(content) <= set(POLARITIES):
        raise BadExamples(f"{path}: its top must be {', '.join(POLARITIES)}")
    return [
        example
        for polarity, sections in content.items()
        for example in _sections(path, sections, cast("Polarity", polarity), language)
    ]


def files(folder: Path) -> list[Path]:
    """The files that `training` reads."""
    return [
        folder / language / f"{polarity}.yml" for language in LANGUAGES for polarity in POLARITIES
    ]


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadExamples(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadExamples(f"{path}: not readable as YAML ({error})") from error
    if not isinstance(content, dict):
        raise BadExamples(f"{path}: has no sections")
    return content


def _sections(path: Path, content: Any, polarity: Polarity, language: str) -> Iterator[Example]:
    if not isinstance(content, dict):
        raise BadExamples(f"{path}: {polarity} has no sections")
    for section, block in content.items():
        if section not in SECTIONS:
            raise BadExamples(f"{path}: no section {section!r}; there are {', '.join(SECTIONS)}")
        if not isinstance(block, str):
            raise BadExamples(f"{path}: {section} must be a block of lines (write `{section}: |`)")
        angry, urgent = SECTIONS[section]
        for line in block.splitlines():
            if line.strip():
                yield Example(line.strip(), polarity, angry, urgent, language)
