"""Reads the training examples and the evaluation messages, and compares texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("it", "en")
# Rules of the classifier give these; nobody labels a message with them.
_RULED = {"inform", "nlu_fallback", "nlu_ambiguous"}
_DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS: tuple[str, ...] = tuple(name for name in _DOMAIN["intents"] if name not in _RULED)
EVALUATION_SETS = ("evaluation", "fresh")
ANNOTATION = re.compile(
    r"\[(?P<text>[^\]]+)\](?:\((?P<entity>[^)]+)\)|(?P<details>\{[^}]+\}))",
)


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
        return ANNOTATION.sub(lambda found: found["text"], self.text)


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


def normalised(text: str) -> str:
    """Lower case, without accents, punctuation and emoji; the text itself when nothing is left."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    return " ".join(re.sub(r"[^\w\s]", " ", folded).split()) or text.strip()


def trigrams(text: str) -> frozenset[str]:
    """Three-character windows of the normalised text, with a space at both ends."""
    padded = f" {normalised(text)} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
