"""Measure the project's own NLU pipeline (from config.yml) on any labelled CSV file.

    python -m bench.nlu --train FILE.csv --test FILE.csv [--text-column text]
                        [--label-column label] [--oos-label LABEL]

Everything is learnt from the training file, thresholds included. Figures, on the test file:

accuracy            with --oos-label: rows predicted rightly, a rejected message counting as that
                    label. Without it the file knows no out-of-scope class, so rejection is left
                    aside and the best-ranked label counts.
in_scope_accuracy   in-scope rows that were not rejected and got their label, over in-scope rows.
oos_recall          out-of-scope rows that were rejected or predicted as such; null without any.
mcc                 multi-class Matthews correlation of the predictions that `accuracy` counts.
threshold           rejection threshold learnt: probability × similarity to the nearest example.
train_seconds       reading, features, cross-validation, training and packing the model.
ms_per_message      median time of one parse, texts one by one.

The last line printed is one JSON object with these names.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import logs

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

CONFIG = Path(__file__).resolve().parent.parent / "config.yml"
OUT_OF_SCOPE = "out_of_scope"
_REJECTED = "nlu_fallback"
_INFORM = "inform"


class BadFile(Exception):
    """A mistake in a CSV file, with its line."""


@dataclass(frozen=True)
class Row:
    """One labelled text."""

    text: str
    label: str


def read(path: Path, text_column: str, label_column: str | None) -> list[Row]:
    """Rows of a CSV file with a header; raises BadFile naming the line of a mistake."""
    csv.field_size_limit(10_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            label_column = label_column or _label_column(columns, text_column)
            for wanted in (text_column, label_column):
                if wanted not in columns:
                    raise BadFile(f"{path}: no column {wanted!r}; it has {', '.join(columns)}")
            rows = []
            for record in reader:
                where = f"{path}:{reader.line_num}"
                text, label = record[text_column], (record[label_column] or "").strip()
                if not label:
                    raise BadFile(f"{where}: this row has no label")
                if not (text or "").strip():
                    raise BadFile(f"{where}: this row has no text")
                rows.append(Row(text, label))
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    if not rows:
        raise BadFile(f"{path}: no rows")
    return rows


def _label_column(columns: Any, text_column: str) -> str:
    """`label` unless the file has exactly one other column beside the text."""
    others = [name for name in columns if name != text_column]
    if "label" in others or len(others) != 1:
        return "label"
    return str(others[0])


def train(rows: list[Row], names: dict[str, str], folder: Path) -> Path:
    """Train the pipeline of config.yml through Rasa; returns the model's path.

    Labels go in under neutral names, because Rasa gives a meaning to slashes and blanks in them;
    texts go in as JSON, where brackets mean nothing.
    """
    from rasa.model_training import train_nlu

    unique = dict.fromkeys((row.text, names[row.label]) for row in rows)
    examples = [{"text": text, "intent": name, "entities": []} for text, name in unique]
    data = folder / "nlu.json"
    data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}), "utf-8")
    model = train_nlu(str(CONFIG), str(data), str(folder), fixed_model_name="bench")
    if not model:
        raise BadFile("training produced no model")
    return Path(model)


async def predict(model: Path, texts: list[str]) -> tuple[list[dict[str, Any]], list[float], float]:
    """Parse texts one by one; returns parse results, seconds each, and the learnt threshold."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    from bot.care.customer_text import cleaned
    from bot.nlu import classifier

    loaded: list[Any] = []
    original = classifier.CareIntentClassifier.__init__

    def remember(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        loaded.append(self)

    classifier.CareIntentClassifier.__init__ = remember  # type: ignore[method-assign]
    agent = Agent.load(str(model))
    classifier.CareIntentClassifier.__init__ = original  # type: ignore[method-assign]
    assert agent.processor is not None
    threshold = loaded[-1].model.thresholds.score
    results, seconds = [], []
    for text in texts:
        started = time.perf_counter()
        results.append(await agent.processor.parse_message(UserMessage(cleaned(text))))
        seconds.append(time.perf_counter() - started)
    return results, seconds, float(threshold)


def figures(
    rows: list[Row], results: list[dict[str, Any]], labels: dict[str, str], oos: str | None
) -> dict[str, float | None]:
    """The figures described above; `labels` maps intents back to labels."""
    answered: list[str | None] = []
    best: list[str] = []
    for result in results:
        real = [item["name"] for item in result["intent_ranking"] if item["name"] != _INFORM]
        best.append(labels[real[0]])
        rejected = result["intent"]["name"] == _REJECTED
        answered.append(oos if rejected else best[-1])
    counted = answered if oos is not None else best
    truth = [row.label for row in rows]
    inside = [i for i, label in enumerate(truth) if label != oos]
    outside = [i for i, label in enumerate(truth) if label == oos]
    return {
        "accuracy": _share(counted[i] == truth[i] for i in range(len(rows))),
        "in_scope_accuracy": _share(answered[i] == truth[i] for i in inside),
        "oos_recall": _share(answered[i] == oos for i in outside),
        "mcc": _mcc(truth, [str(label) for label in counted]),
    }


def _share(hits: Any) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _mcc(truth: list[str], predicted: list[str]) -> float:
    total = len(truth)
    right = sum(a == b for a, b in zip(truth, predicted, strict=True))
    true, given = Counter(truth), Counter(predicted)
    covariance = right * total - sum(true[name] * given[name] for name in true)
    spread = (total**2 - sum(n * n for n in true.values())) * (
        total**2 - sum(n * n for n in given.values())
    )
    return round(covariance / spread**0.5, 4) if spread else 0.0


def main() -> int:
    """Run the measurement; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bench-nlu", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", default=None)
    parser.add_argument("--oos-label", default=None)
    options = parser.parse_args()
    logs.configure(level="WARNING")
    try:
        training = read(options.train, options.text_column, options.label_column)
        testing = read(options.test, options.text_column, options.label_column)
        print(json.dumps(measure(training, testing, options.oos_label)))
    except BadFile as error:
        print(f"bench-nlu: {error}", file=sys.stderr)
        return 2
    return 0


def measure(training: list[Row], testing: list[Row], oos: str | None) -> dict[str, Any]:
    """Train on some rows, test on others; returns the figures."""
    # Nothing may come from an earlier run: the figures are about this file.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    labels = sorted({row.label for row in training})
    names = {
        label: OUT_OF_SCOPE if label == oos else f"intent_{number:05d}"
        for number, label in enumerate(labels)
    }
    unseen = sorted({row.label for row in testing} - set(labels) - {oos})
    if unseen:
        print(f"{len(unseen)} test labels never occur in training, e.g. {unseen[0]!r}")
    print(f"training on {len(training)} rows with {len(labels)} labels …", flush=True)
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-") as scratch:
        started = time.perf_counter()
        model = train(training, names, Path(scratch))
        trained = time.perf_counter() - started
        print(f"trained in {trained:.0f} s; parsing {len(testing)} rows …", flush=True)
        results, seconds, threshold = asyncio.run(predict(model, [row.text for row in testing]))
    back = {name: label for label, name in names.items()}
    return {
        **figures(testing, results, back, oos),
        "threshold": round(threshold, 4),
        "train_seconds": round(trained, 1),
        "ms_per_message": round(statistics.median(seconds) * 1000, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
