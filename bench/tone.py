"""Measure how well the tone of messages is told, on any labelled CSV file.

    python -m bench.tone [--test FILE.csv] [--mistakes]

The file has the columns text, label and language, in any order and among others. Labels are
negative, neutral and positive, in any case, or neg, neu and pos; languages it and en, or whatever
stands there. Without --test, the project's own evaluation messages (tests/tone) are measured.
--mistakes prints what was told wrongly. Figures, by language:

macro_f1    mean of the F1 of the three labels (of those that the file has).
interval    95% interval of macro_f1: 2,000 resamples of the messages.
accuracy    share of messages whose label was told.
n           messages.

The last line printed is one JSON object with these names and `ms_per_message`, the median time of
reading one message, its encoding included.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Only now: BLAS reads those settings when it is imported.
import numpy as np

from understanding import tone, vectors
from understanding.tone_examples import LANGUAGES, POLARITIES, BadExamples, evaluation

OWN = Path(__file__).resolve().parent.parent / "tests" / "tone"
COLUMNS = ("text", "label", "language")
RESAMPLES = 2000
_LABELS = {
    **{name: name for name in POLARITIES},
    "neg": "negative",
    "neu": "neutral",
    "pos": "positive",
}
_LANGUAGES = {"ita": "it", "italian": "it", "italiano": "it", "eng": "en", "english": "en"}


class BadFile(Exception):
    """A mistake in a CSV file, with its line."""


@dataclass(frozen=True)
class Row:
    """One labelled text."""

    text: str
    label: str
    language: str


def read(path: Path) -> list[Row]:
    """Rows of a CSV file with a header; raises BadFile naming the line of a mistake."""
    csv.field_size_limit(10_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
            for wanted in COLUMNS:
                if wanted not in columns:
                    raise BadFile(f"{path}: no column {wanted!r}; it has {', '.join(columns)}")
            rows = []
            for record in reader:
                text, label, language = (record[columns[name]] or "" for name in COLUMNS)
                rows.append(_row(f"{path}:{reader.line_num}", text, label, language))
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise BadFile(f"{path}: not readable as CSV ({error})") from error
    if not rows:
        raise BadFile(f"{path}: no rows")
    return rows


def _row(where: str, text: str, label: str, language: str) -> Row:
    if not text.strip():
        raise BadFile(f"{where}: this row has no text")
    known = _LABELS.get(label.strip().lower())
    if known is None:
        raise BadFile(f"{where}: label {label!r} is none of {', '.join(_LABELS)}")
    name = language.strip().lower()
    if not name:
        raise BadFile(f"{where}: this row has no language")
    return Row(text, known, _LANGUAGES.get(name, name.replace("_", "-").split("-")[0]))


def own() -> list[Row]:
    """The project's own evaluation messages."""
    return [
        Row(example.text, example.polarity, language)
        for language in LANGUAGES
        for example in evaluation(OWN / f"evaluation.{language}.yml", language)
    ]


def measure(rows: list[Row], *, mistakes: bool = False) -> dict[str, Any]:
    """The figures described above."""
    vectors.warm_up()
    model = tone.shared()
    told, seconds = [], []
    for row in rows:
        started = time.perf_counter()
        told.append(model.read(row.text).polarity)
        seconds.append(time.perf_counter() - started)
    if mistakes:
        for row, answer in zip(rows, told, strict=True):
            if row.label != answer:
                print(f"{row.language}  {row.label} told as {answer}: {row.text!r}")
    figures: dict[str, dict[str, Any]] = {
        name: {} for name in ("macro_f1", "interval", "accuracy", "n")
    }
    for language in sorted({row.language for row in rows}, key=_own_first):
        truth = [row.label for row in rows if row.language == language]
        answers = [a for a, row in zip(told, rows, strict=True) if row.language == language]
        numbers = _figures(truth, answers)
        for name, value in numbers.items():
            figures[name][language] = value
    return {**figures, "ms_per_message": round(statistics.median(seconds) * 1000, 2)}


def _own_first(language: str) -> tuple[int, str]:
    return (LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES), language)


def _figures(truth: list[str], answers: list[str]) -> dict[str, Any]:
    labels = [name for name in POLARITIES if name in truth]
    true = np.array([POLARITIES.index(name) for name in truth])
    given = np.array([POLARITIES.index(name) for name in answers])
    wanted = [POLARITIES.index(name) for name in labels]
    draw = np.random.default_rng(1827)
    resampled = []
    for _ in range(RESAMPLES):
        chosen = draw.integers(0, len(true), len(true))
        resampled.append(_macro_f1(true[chosen], given[chosen], wanted))
    low, high = np.percentile(resampled, (2.5, 97.5))
    return {
        "macro_f1": round(_macro_f1(true, given, wanted), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "accuracy": round(float((true == given).mean()), 4),
        "n": len(truth),
    }


def _macro_f1(true: Any, given: Any, labels: list[int]) -> float:
    values = []
    for label in labels:
        both = int(((true == label) & (given == label)).sum())
        total = int((true == label).sum()) + int((given == label).sum())
        values.append(2 * both / total if total else 0.0)
    return sum(values) / len(values)


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bench-tone", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--test", type=Path, default=None)
    parser.add_argument("--mistakes", action="store_true")
    options = parser.parse_args(arguments)
    try:
        rows = own() if options.test is None else read(options.test)
        print(f"reading {len(rows)} messages …", flush=True)
        print(json.dumps(measure(rows, mistakes=options.mistakes)))
    except (BadFile, BadExamples) as error:
        print(f"bench-tone: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
