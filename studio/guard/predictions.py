"""Predictions of evaluation messages, as they are compared and as they are kept under git.

One file a set and language, tests/nlu/predictions/<set>.<language>.tsv, one line a message in a
stable order, so that a change of the model reads as a diff:

    ✓	greet	greet		-	ciao
    ✗	parcel_missing	parcel_late		0.05	non arriva
    ?	order_status	nlu_ambiguous	order_status parcel_late	0.01	…

Columns: mark, expected, predicted, what is asked about (only where the bot asks), how far from
another decision, text. A critical message's mark has a `!` behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

FOLDER = Path("tests/nlu/predictions")
SETS = ("evaluation", "fresh")
LANGUAGES = ("it", "en")
OUT_OF_SCOPE = "out_of_scope"
REJECTED = "nlu_fallback"
AMBIGUOUS = "nlu_ambiguous"

# Probability. Two machines train models that differ a little, because their processors round
# otherwise: a message nearer than this to a border may fall on either side (measured: see
# tests/nlu/README.md). Files keep two decimals, so it is the middle between two of them.
EPSILON = 0.015

_HEADER = "mark\texpected\tpredicted\tasked\tdistance\ttext"
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_COLUMNS = 6


class Mark(IntEnum):
    """How a message was read; more is better. `ASKED`: the bot asks which of two is meant, and one
    of them is right: a tap more for the customer, not a wrong answer."""

    WRONG = 0
    ASKED = 1
    RIGHT = 2

    @property
    def sign(self) -> str:
        """One character for files and tables."""
        return "✗?✓"[self]


class BadPredictions(Exception):
    """A file of predictions can't be read; the message names file and line."""


@dataclass(frozen=True)
class Prediction:
    """What a model made of one message. `asked` are the two readings that it asks about, empty
    unless it asks; `distance` is how much probability must move for another decision."""

    text: str
    language: str
    set: str
    expected: str
    critical: bool
    predicted: str
    asked: tuple[str, ...]
    distance: float

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same message in another version: language and text."""
        return self.language, self.text

    @property
    def mark(self) -> Mark:
        """How it was read, by its own label."""
        return self.marked(self.expected)

    def marked(self, expected: str) -> Mark:
        """How it was read if this label is right."""
        if self.predicted == expected:
            return Mark.RIGHT
        if expected == OUT_OF_SCOPE and self.predicted == REJECTED:
            return Mark.RIGHT
        return Mark.ASKED if expected in self.asked else Mark.WRONG

    @property
    def on_border(self) -> bool:
        """Whether another machine's model may well decide otherwise."""
        return self.distance < EPSILON

    @property
    def refused(self) -> bool:
        """Whether the bot took it for something that it is not for."""
        return self.predicted in (REJECTED, OUT_OF_SCOPE)

    @property
    def reading(self) -> str:
        """The prediction in words for people."""
        if self.asked:
            return f"{AMBIGUOUS} ({' or '.join(self.asked)})"
        return self.predicted


def of_json(entry: Mapping[str, Any]) -> Prediction:
    """A prediction as `python -m bot.predictions` writes it."""
    asks = entry["predicted"] == AMBIGUOUS
    return Prediction(
        text=entry["text"],
        language=entry["language"],
        set=entry["set"],
        expected=entry["expected"],
        critical=entry["critical"],
        predicted=entry["predicted"],
        asked=(entry["first"], entry["second"]) if asks else (),
        distance=entry["distance"],
    )


def written(predictions: Iterable[Prediction]) -> dict[str, str]:
    """File name → content, for every set and language."""
    files: dict[str, list[Prediction]] = {
        f"{name}.{language}.tsv": [] for name in SETS for language in LANGUAGES
    }
    for prediction in predictions:
        files[f"{prediction.set}.{prediction.language}.tsv"].append(prediction)
    return {name: _content(rows) for name, rows in files.items()}


def read(files: Mapping[str, str]) -> list[Prediction]:
    """The predictions of files (name → content). Raises BadPredictions."""
    return [row for name in sorted(files) for row in _rows(name, files[name])]


def rounded(distance: float) -> str:
    """Coarse where it is large: what is far from a border needn't appear in every diff."""
    return f"{distance:.2f}" if distance < 0.095 else f"{distance:.1f}"


def _content(rows: Iterable[Prediction]) -> str:
    lines = [
        "\t".join(
            (
                row.mark.sign + ("!" if row.critical else ""),
                row.expected,
                row.predicted,
                " ".join(row.asked),
                rounded(row.distance),
                _escaped(row.text),
            )
        )
        for row in sorted(rows, key=lambda row: (row.expected, row.text))
    ]
    return "\n".join((_HEADER, *lines)) + "\n"


def _rows(name: str, content: str) -> Iterable[Prediction]:
    named = re.fullmatch(r"(\w+)\.(\w+)\.tsv", name)
    lines = content.split("\n")
    if named is None or lines[0] != _HEADER:
        raise BadPredictions(f"{name}: no file of predictions (make guard UPDATE=1 writes it anew)")
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise BadPredictions(f"{name}:{number}: {len(columns)} columns, not {_COLUMNS}")
        mark, expected, predicted, asked, distance, text = columns
        try:
            yield Prediction(
                text=_unescaped(text),
                language=named[2],
                set=named[1],
                expected=expected,
                critical=mark.endswith("!"),
                predicted=predicted,
                asked=tuple(asked.split()),
                distance=float(distance),
            )
        except ValueError as error:
            raise BadPredictions(f"{name}:{number}: {distance!r} is no distance") from error


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _unescaped(text: str) -> str:
    plain = {written[1]: character for character, written in _ESCAPES.items()}
    return re.sub(r"\\(.)", lambda found: plain.get(found[1], found[0]), text)
