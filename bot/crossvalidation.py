"""What the pipeline makes of its own examples, each read by a model that never saw it:
`python -m bot.crossvalidation --out FILE`.

Five folds, spread evenly within each intent and language. Every fold's model is fitted on both
languages, as the served one is, with the served model's mixture, temperature and thresholds.
Writes `{model, folds, seconds, intents, examples: [{text, language, file, line, expected,
predicted, first, second, confidence}]}`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from bot import language_files
from bot.care.customer_text import cleaned
from bot.nlu.linear import fit_encoder, fit_ngrams
from bot.nlu.ngrams import NgramVectorizer
from bot.nlu.text import for_features
from bot.reader import Reader, load
from bot.train import CACHE, NothingToTrain, current_model
from bot.workbench.archive import Unreadable
from understanding.encoder import EncoderUnavailable
from understanding.kept_vectors import KeptVectors

DATA = Path("data/nlu")
LANGUAGES = ("it", "en")
FOLDS = 5
SEED = 1827
MOST_KNOWN = 8000


@dataclass(frozen=True)
class Example:
    """One training example and where it stands; `text` is without annotations."""

    text: str
    language: str
    file: str
    line: int
    expected: str


@dataclass(frozen=True)
class Held(Example):
    """And how it is read by a model that was fitted without it."""

    predicted: str
    first: str
    second: str
    confidence: float


def examples(folder: Path = DATA) -> list[Example]:
    """Every training example, in the order of files and lines."""
    found = []
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.yml")):
            found += [
                Example(text, language, path.as_posix(), line, intent)
                for intent, text, line in _lines(path)
            ]
    return found


def held_out(reader: Reader, asked: Sequence[Example]) -> list[Held]:
    """How each example is read by the fold that was fitted without it."""
    texts = [cleaned(example.text) for example in asked]
    readable = [for_features(text) for text in texts]
    vectors = KeptVectors(CACHE).of(readable)
    vectorizer = NgramVectorizer.learn(readable)
    rows = vectorizer.matrix(readable)
    positions = {name: position for position, name in enumerate(reader.served.model.intents)}
    labels = np.array([positions[example.expected] for example in asked])
    folds = _folds(asked)

    def one(fold: int) -> list[tuple[int, Held]]:
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        fitted = _fitted(reader, vectors[inside], rows[inside], labels[inside], vectorizer)
        found = []
        for place, read in zip(
            outside, fitted.read([texts[i] for i in outside], vectors[outside]), strict=True
        ):
            first, second = read.likeliest
            held = Held(
                **asdict(asked[place]),
                predicted=read.reading.intent,
                first=first,
                second=second,
                confidence=round(float(read.judgement.probabilities.max()), 4),
            )
            found.append((int(place), held))
        return found

    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(one, range(FOLDS))
        return [held for _, held in sorted((pair for part in parts for pair in part), key=_place)]


def _fitted(
    reader: Reader,
    vectors: np.ndarray,
    rows: csr_matrix,
    labels: np.ndarray,
    vectorizer: NgramVectorizer,
) -> Reader:
    settings, intents = reader.served.model.settings, len(reader.served.model.intents)
    kept = np.random.RandomState(SEED).permutation(len(vectors))[:MOST_KNOWN]
    model = replace(
        reader.served.model,
        encoder=fit_encoder(vectors, labels, intents, settings.encoder_c),
        ngrams=fit_ngrams(rows, labels, intents, settings.ngram_c),
        vectorizer=vectorizer,
        known=vectors[np.sort(kept)],
    )
    return replace(reader, served=replace(reader.served, model=model))


def _folds(asked: Sequence[Example]) -> np.ndarray:
    """The fold of each example; the same example twice is in one fold, or it would be known."""
    random = np.random.RandomState(SEED)
    groups: dict[tuple[str, str], dict[str, list[int]]] = {}
    for position, example in enumerate(asked):
        alike = groups.setdefault((example.language, example.expected), {})
        alike.setdefault(example.text.casefold(), []).append(position)
    folds = np.empty(len(asked), int)
    for _, alike in sorted(groups.items()):
        shift = random.randint(FOLDS)
        order = random.permutation(len(alike))
        for number, members in zip(order, alike.values(), strict=True):
            folds[members] = (number + shift) % FOLDS
    return folds


def _lines(path: Path) -> Iterator[tuple[str, str, int]]:
    """Intent, text and line of each example of a file of Rasa's."""
    node = language_files.nodes(path.read_text("utf-8"))
    try:
        blocks = {key.value: value for key, value in node.value}["nlu"].value
        for block in blocks:
            entry = {key.value: value for key, value in block.value}
            if "intent" not in entry:
                continue
            first = entry["examples"].start_mark.line + 2
            for number, line in enumerate(entry["examples"].value.splitlines()):
                text = language_files.plain(line.removeprefix("- ")).strip()
                if text:
                    yield entry["intent"].value, text, first + number
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise NothingToTrain(f"{path}: no examples can be read ({error!r})") from error


def _place(pair: tuple[int, Held]) -> int:
    return pair[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bot.crossvalidation")
    parser.add_argument("--model", type=Path, help="default: the model that is served")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    model = options.model or current_model()
    if model is None or not model.is_file():
        print(f"bot.crossvalidation: no model at {model or 'models/'}", file=sys.stderr)
        return 2
    started = time.monotonic()
    try:
        reader = load(model)
        held = held_out(reader, examples())
    except (Unreadable, NothingToTrain, EncoderUnavailable, KeyError) as error:
        print(f"bot.crossvalidation: {error}", file=sys.stderr)
        return 2
    content: dict[str, Any] = {
        "model": model.name,
        "folds": FOLDS,
        "seconds": round(time.monotonic() - started, 1),
        "intents": list(reader.served.model.intents),
        "examples": [asdict(one) for one in held],
    }
    options.out.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
