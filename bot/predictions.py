"""What a model makes of every evaluation message: `python -m bot.predictions`.

Writes JSON: `{model, intents, thresholds, predictions: [{text, language, set, expected, critical,
predicted, first, second, confidence, score, margin, distance}]}`. `predicted` is what the bot goes
by (`nlu_fallback`: rejected, `nlu_ambiguous`: it asks whether `first` or `second` is meant);
`distance` is how much probability must move for another decision (bot/borders.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import language_files
from bot.borders import distance
from bot.care.customer_text import cleaned
from bot.reader import Reader, load
from bot.train import current_model
from bot.workbench.archive import Unreadable
from understanding.encoder import EncoderUnavailable

MESSAGES = Path("tests/nlu")
SETS = ("evaluation", "fresh")
LANGUAGES = ("it", "en")


class NoMessages(Exception):
    """Evaluation messages can't be read; the message says which."""


@dataclass(frozen=True)
class Message:
    """One evaluation message."""

    text: str
    language: str
    set: str
    expected: str
    critical: bool


@dataclass(frozen=True)
class Prediction(Message):
    """And what the model makes of it; the numbers are probabilities."""

    predicted: str
    first: str
    second: str
    confidence: float
    score: float
    margin: float
    distance: float


def messages(folder: Path = MESSAGES) -> list[Message]:
    """Every message of `<set>.<language>.yml`. Raises NoMessages naming the file."""
    found = []
    for name in SETS:
        for language in LANGUAGES:
            path = folder / f"{name}.{language}.yml"
            try:
                entries = language_files.content(path.read_text("utf-8"))
                found += [
                    Message(
                        text=entry["text"],
                        language=language,
                        set=name,
                        expected=entry["intent"],
                        critical=bool(entry.get("critical")),
                    )
                    for entry in entries
                ]
            except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
                raise NoMessages(f"{path}: {type(error).__name__}: {error}") from error
    return found


def predict(reader: Reader, asked: Sequence[Message]) -> list[Prediction]:
    """What the model makes of each message, as the care channel would give it the text."""
    readings = reader.read([cleaned(message.text) for message in asked])
    predictions = []
    for message, reading in zip(asked, readings, strict=True):
        first, second = reading.likeliest
        predictions.append(
            Prediction(
                **asdict(message),
                predicted=reading.reading.intent,
                first=first,
                second=second,
                confidence=round(float(reading.judgement.probabilities.max()), 4),
                score=round(reading.judgement.score, 4),
                margin=round(reading.judgement.margin, 4),
                distance=round(distance(reader.served.model.thresholds, reading), 4),
            )
        )
    return predictions


def report(model: Path, folder: Path = MESSAGES) -> dict[str, Any]:
    """Everything that is written. Raises Unreadable, NoMessages or EncoderUnavailable."""
    reader = load(model)
    return {
        "model": model.name,
        "intents": list(reader.served.model.intents),
        "thresholds": asdict(reader.served.model.thresholds),
        "predictions": [asdict(one) for one in predict(reader, messages(folder))],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bot.predictions", description=(__doc__ or "")[:66])
    parser.add_argument("--model", type=Path, help="default: the model that is served")
    parser.add_argument("--messages", type=Path, default=MESSAGES, help="folder of the messages")
    parser.add_argument("--out", type=Path, help="a file instead of the standard output")
    parser.add_argument("--json", action="store_true", help="JSON (which it is in any case)")
    options = parser.parse_args(arguments)
    model = options.model or current_model()
    if model is None or not model.is_file():
        print(f"bot.predictions: no model at {model or 'models/'}: make train", file=sys.stderr)
        return 2
    try:
        content = json.dumps(report(model, options.messages), ensure_ascii=False)
    except (Unreadable, NoMessages, EncoderUnavailable) as error:
        print(f"bot.predictions: {error}", file=sys.stderr)
        return 2
    if options.out:
        options.out.write_text(content + "\n", "utf-8")
    else:
        print(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
