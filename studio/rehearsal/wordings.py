"""Which sentences of the bot say the same: responses of which one of several texts is picked.

A reply that differs from the recorded one only because the other text was picked is no change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import yaml

_FILLED = re.compile(r"\{\w+\}")
_BLANK = re.compile(r"\s+")
_SOMETHING = r"\S.{0,80}?"


class Wordings:
    """Texts of one response under one condition, in either voice."""

    def __init__(self, alternatives: Iterable[tuple[str, str]] = ()) -> None:
        # The longest first, so that none is found inside another one.
        ordered = sorted(alternatives, key=lambda one: -len(one[1]))
        # Underscores would make it a customer's handle, which is replaced later on.
        self._found = [(_pattern(text), f"<{name.replace('_', ' ')}>") for name, text in ordered]

    @classmethod
    def read(cls, folder: Path) -> Wordings:
        """Of a tree's `data/responses`; files that can't be read are left to `make validate`."""
        return cls(_alternatives(folder))

    def settle(self, text: str) -> str:
        """The text with the response's name where one of its wordings stands; one line."""
        text = _BLANK.sub(" ", text)
        for pattern, name in self._found:
            text = pattern.sub(name, text)
        return text


def _pattern(text: str) -> re.Pattern[str]:
    """A response's text with anything in the place of its slots, as whole sentences."""
    parts = (re.escape(part) for part in _FILLED.split(_BLANK.sub(" ", text).strip()))
    return re.compile(rf"(?<!\S){_SOMETHING.join(parts)}(?!\S)")


def _alternatives(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*.yml")):
        try:
            content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        responses = content.get("responses") if isinstance(content, Mapping) else None
        if not isinstance(responses, Mapping):
            continue
        for name, variations in responses.items():
            # Letters: numbers in replies aren't compared, and the other language is a change.
            for letter, texts in zip(ascii_lowercase, _by_condition(variations), strict=False):
                if len(texts) > 1:
                    said = f"{file.parent.name}_{name}_{letter}"
                    yield from ((said, text) for text in texts)


def _by_condition(variations: Any) -> list[list[str]]:
    """The texts of a response that Rasa picks from at random, condition by condition."""
    found: dict[str, list[str]] = {}
    if isinstance(variations, Mapping):
        # The formal voice: a text or several for each language.
        for language, texts in variations.items():
            several = texts if isinstance(texts, list) else [texts]
            found[str(language)] = [text for text in several if isinstance(text, str)]
    for one in variations if isinstance(variations, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("text"), str):
            place = json.dumps([one.get("condition"), one.get("channel")], sort_keys=True)
            found.setdefault(place, []).append(one["text"])
    return list(found.values())
