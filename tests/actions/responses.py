"""The responses of data/responses, rendered as Rasa would render them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"{([^\n{}]+?)}")


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """Every response by name; a name in two files would silently lose one of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "data/responses").glob("*.yml")):
        for name, variations in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
            assert name not in found, f"{name} stands in two files"
            found[name] = variations
    return found


def variations(name: str, language: str) -> list[dict[str, Any]]:
    """The variations of a response in one language."""
    assert name in responses(), f"no response {name}"
    return [v for v in responses()[name] if v["condition"][0]["value"] == language]


def buttons(
    variation: dict[str, Any], values: dict[str, Any] | None = None
) -> list[dict[str, str]]:
    """A variation's buttons; braces that aren't blanks are doubled in the file."""
    filled = [
        (b["title"], (values or {}).get(b["payload"].strip("{}"), b["payload"]))
        for b in variation.get("buttons", [])
    ]
    return [
        {"title": title, "payload": payload.replace("{{", "{").replace("}}", "}")}
        for title, payload in filled
    ]


def rendered(name: str, language: str, values: dict[str, Any]) -> tuple[str, list[dict[str, str]]]:
    """Text and buttons of the first variation; fails on a blank that nothing fills."""
    variation = variations(name, language)[0]
    text = str(variation["text"])
    for blank in PLACEHOLDER.findall(text):
        assert values.get(blank) not in (None, ""), f"{name}: nothing fills {{{blank}}}"
    return text.format(**values), buttons(variation, values)
