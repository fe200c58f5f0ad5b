"""Reads the questions that help articles are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("it", "en")
EVALUATION_SETS = ("evaluation", "fresh")


@dataclass(frozen=True)
class Evaluation:
    """Questions of one language: with the slug of the article that answers, and without any."""

    answered: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]


def evaluation(language: str, name: str = "evaluation") -> Evaluation:
    """One set of a language: `evaluation` or `fresh`."""
    path = Path(__file__).parent / f"{name}.{language}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    answered = [
        (question, slug) for slug, asked in content["answered"].items() for question in asked
    ]
    return Evaluation(tuple(answered), tuple(content["unanswered"]))
