"""The word and price tables under `texts/`, and the one source of chance."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"


def table(name: str) -> Any:
    """The content of `texts/<name>.yml`."""
    with (_FOLDER / f"{name}.yml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def chance(seed: int, purpose: str) -> Random:
    """A generator of its own for each purpose, so that a change in one leaves the others alone."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 (invented people need no secrecy)
