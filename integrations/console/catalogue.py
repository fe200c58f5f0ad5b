"""The console's words: a folder a language, a YAML file a group of pages, read once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from integrations.console.sessions import LANGUAGES

_FOLDER = Path(__file__).parent / "texts"


def load() -> dict[str, Mapping[str, str]]:
    """By language, a flat catalogue: `list.waiting` to its text, `{name}` where values go.

    Raises ValueError when a language lacks a text that another has.
    """
    catalogues = {language: _flat(_read(language)) for language in LANGUAGES}
    everything = {key for catalogue in catalogues.values() for key in catalogue}
    for language, catalogue in catalogues.items():
        missing = sorted(everything - catalogue.keys())
        if missing:
            raise ValueError(f"texts/{language} lacks: {', '.join(missing)}")
    return {language: dict(sorted(texts.items())) for language, texts in catalogues.items()}


def _read(language: str) -> Mapping[str, object]:
    together: dict[str, object] = {}
    for file in sorted((_FOLDER / language).glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise TypeError(f"texts/{language}/{file.name} must hold a mapping")
        if twice := together.keys() & content.keys():
            raise ValueError(f"texts/{language}/{file.name} has again: {', '.join(sorted(twice))}")
        together |= content
    return together


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}.")
        else:
            flat[name] = str(value).strip()
    return flat
