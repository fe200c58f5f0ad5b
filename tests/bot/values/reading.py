"""How the tables of this folder are written and read: `text → values`, one a line."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.values.reading import read

# A Wednesday.
TODAY = date(2026, 11, 18)


def table(lines: str) -> pytest.MarkDecorator:
    """Cases of a test with `text` and `values`: a value, or `value role`s joined by commas, or
    nothing."""
    cases = []
    for line in lines.strip().splitlines():
        text, _, values = line.partition("→")
        expected = [value.strip() for value in values.split(",") if value.strip()]
        cases.append(pytest.param(text.strip(), expected, id=text.strip()[:60]))
    return pytest.mark.parametrize(("text", "values"), cases)


def values_of(kind: str, text: str, language: str = "it", *, roles: bool = True) -> list[str]:
    """Values of a kind in a text: `49.90 EUR`, with a role `49.90 EUR paid`."""
    return [
        f"{item.value} {item.role}" if roles and item.role else item.value
        for item in read(text, TODAY, language)
        if item.entity == kind
    ]


def everything(text: str, language: str = "it") -> list[tuple[str, str, str]]:
    """Kind, value and the words that stand for it."""
    return [
        (item.entity, item.value, text[item.start : item.end])
        for item in read(text, TODAY, language)
    ]
