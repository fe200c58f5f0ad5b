"""Reads the training examples and the evaluation messages, and compares texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studio.validate.examples import (
    ANNOTATION,
    EVALUATION_SETS,
    LANGUAGES,
    RULED,
    normalised,
    plain,
    trigrams,
)

__all__ = [
    "ANNOTATION",
    "EVALUATION_SETS",
    "INTENTS",
    "LANGUAGES",
    "ROOT",
    "Message",
    "evaluation",
    "normalised",
    "training",
    "training_file",
    "training_files",
    "trigrams",
]

ROOT = Path(__file__).resolve().parents[2]
_DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS: tuple[str, ...] = tuple(name for name in _DOMAIN["intents"] if name not in RULED)


@dataclass(frozen=True)
class Message:
    """One labelled message; `text` is as written, annotations included."""

    text: str
    intent: str
    language: str
    source: str
    critical: bool = False

    @property
    def plain(self) -> str:
        """The text without Rasa's entity annotations."""
        return plain(self.text)


def training_file(path: Path) -> dict[str, Any]:
    """The parsed content of one file of training examples."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def training_files(language: str) -> list[Path]:
    """Files of training examples of a language, in a stable order."""
    return sorted((ROOT / "data" / "nlu" / language).glob("*.yml"))


def training(language: str) -> list[Message]:
    """Every training example of a language."""
    return [
        Message(line.removeprefix("- "), block["intent"], language, path.name)
        for path in training_files(language)
        for block in training_file(path)["nlu"]
        for line in block["examples"].splitlines()
    ]


def evaluation(language: str, name: str) -> list[Message]:
    """Messages of one evaluation set of a language."""
    path = ROOT / "tests" / "nlu" / f"{name}.{language}.yml"
    return [
        Message(entry["text"], entry["intent"], language, path.name, entry.get("critical", False))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
