"""Losses that somebody took a decision about: tests/nlu/accepted_losses.yml.

Each entry says which message, what it was read as before (left out for a critical message that was
never understood), what it is read as now, and why that is borne.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from studio.guard.predictions import LANGUAGES, Prediction

FILE = Path("tests/nlu/accepted_losses.yml")
_NEEDED = ("text", "language", "expected", "now", "reason")
_KNOWN = {*_NEEDED, "was"}


class BadAcceptance(Exception):
    """The file can't be read at all; the message says where."""


@dataclass(frozen=True)
class Accepted:
    """One accepted loss; `was` and `now` are intents as in `Prediction.predicted`."""

    text: str
    language: str
    expected: str
    was: str
    now: str
    reason: str
    line: int

    def covers(self, prediction: Prediction, was: str | None = None) -> bool:
        """Whether this is the loss that was accepted; another wrong reading is another loss.

        With `was`, it must also be this change that was accepted.
        """
        return (
            (self.language, self.text) == prediction.key
            and self.expected == prediction.expected
            and self.now == prediction.predicted
            and (was is None or not self.was or self.was == was)
        )


@dataclass(frozen=True)
class Mistake:
    """Something wrong with one entry; `line` is its place in the file."""

    line: int
    message: str


def parse(content: str) -> tuple[list[Accepted], list[Mistake]]:
    """Entries that can be used, and what is wrong with the others. Raises BadAcceptance."""
    try:
        entries = yaml.safe_load(content) or []
    except yaml.YAMLError as error:
        raise BadAcceptance(f"{FILE}: {error}") from error
    if not isinstance(entries, list):
        raise BadAcceptance(f"{FILE}: it must be a list of entries")
    good: list[Accepted] = []
    bad: list[Mistake] = []
    seen: set[tuple[str, str]] = set()
    for line, entry in zip(_lines(content), entries, strict=True):
        if problem := _problem(entry, seen):
            bad.append(Mistake(line, problem))
            continue
        seen.add((entry["language"], entry["text"]))
        fields = {name: str(entry.get(name, "")) for name in sorted(_KNOWN)}
        good.append(Accepted(**fields, line=line))
    return good, bad


def load(root: Path) -> tuple[list[Accepted], list[Mistake]]:
    """The project's file; none is as good as an empty one. Raises BadAcceptance."""
    path = root / FILE
    return parse(path.read_text("utf-8")) if path.exists() else ([], [])


def covering(
    accepted: Iterable[Accepted], prediction: Prediction, was: str | None = None
) -> Accepted | None:
    """The entry that accepts this loss, if there is one."""
    return next((one for one in accepted if one.covers(prediction, was)), None)


def _problem(entry: Any, seen: set[tuple[str, str]]) -> str:
    if not isinstance(entry, dict) or not set(entry) <= _KNOWN:
        return f"an entry has {', '.join(_NEEDED)} and perhaps was, nothing else"
    for name in _NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            what = "a reason is what makes it acceptable" if name == "reason" else "it is missing"
            return f"{name}: {what}"
    if entry["language"] not in LANGUAGES:
        return f"language: {' or '.join(LANGUAGES)}"
    if (entry["language"], entry["text"]) in seen:
        return "this message has an entry already"
    return ""


def _lines(content: str) -> list[int]:
    """Where each entry begins."""
    node = yaml.compose(content, Loader=yaml.SafeLoader)
    return [one.start_mark.line + 1 for one in node.value] if node is not None else []
