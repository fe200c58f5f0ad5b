"""A trained intent model: what it computes for one text, and how it is kept on disk.

Weights are kept as .npz and everything else as JSON: a pickle would tie the model to one version
of scikit-learn and could run code when loaded.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from bot.nlu.learning import leading, nearest
from bot.nlu.linear import (
    Settings,
    Weights,
    calibrated,
    encoder_probabilities,
    mixture,
    sigmoid_shares,
)
from bot.nlu.ngrams import NgramVectorizer
from bot.nlu.thresholds import Thresholds

FORMAT = 2


@dataclass(frozen=True)
class Judgement:
    """What the model says about a text: calibrated probability of each intent (in the order of
    `IntentModel.intents`), whether the best of them should not be believed, and whether the second
    is too near to it to tell."""

    probabilities: np.ndarray
    score: float
    margin: float
    rejected: bool
    ambiguous: bool


@dataclass(frozen=True)
class IntentModel:
    """Encoder weights, n-gram weights, the known sentences' vectors and what was learnt of them.

    `examples` are the digests (bot.nlu.fitting) of all that was learnt from, in ascending order;
    empty in a model that was trained before they were written down.
    """

    intents: tuple[str, ...]
    settings: Settings
    thresholds: Thresholds
    encoder: Weights
    ngrams: Weights
    vectorizer: NgramVectorizer
    known: np.ndarray
    encoder_version: str
    examples: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64))

    def judge(self, vector: np.ndarray, text: str) -> Judgement:
        """Probabilities and rejection of one text; `vector` is its unit sentence vector (d,)."""
        row = vector.reshape(1, -1)
        columns, values = self.vectorizer.row(text)
        scores = values @ self.ngrams.matrix[columns] + self.ngrams.bias
        mixed = mixture(
            encoder_probabilities(row, self.encoder),
            sigmoid_shares(scores.reshape(1, -1)),
            self.settings.encoder_share,
        )
        found = leading(mixed)
        score = float(found.best[0] * nearest(row, self.known)[0])
        margin = float(found.lead[0])
        rejected = score < self.thresholds.score or margin < self.thresholds.margin
        ambiguous = not rejected and margin < self.thresholds.ambiguous
        probabilities = calibrated(mixed, self.settings.temperature)[0]
        return Judgement(probabilities, score, margin, rejected, ambiguous)

    def save(self, folder: Path) -> None:
        """Write `model.npz`, `model.json` and `vocabulary.json` into an existing folder."""
        np.savez(
            folder / "model.npz",
            encoder_matrix=self.encoder.matrix,
            encoder_bias=self.encoder.bias,
            ngram_matrix=self.ngrams.matrix.astype(np.float16),
            ngram_bias=self.ngrams.bias,
            idf=self.vectorizer.idf,
            known=self.known.astype(np.float16),
            examples=self.examples,
        )
        described = {
            "format": FORMAT,
            "intents": self.intents,
            "settings": asdict(self.settings),
            "thresholds": asdict(self.thresholds),
            "encoder_version": self.encoder_version,
        }
        (folder / "model.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
        vocabulary = sorted(self.vectorizer.vocabulary, key=self.vectorizer.vocabulary.__getitem__)
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote.

        Raises ValueError when it was written in another format.
        """
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError(f"intent model has format {described['format']}, not {FORMAT}")
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            return cls(
                intents=tuple(described["intents"]),
                settings=Settings(**described["settings"]),
                thresholds=Thresholds(**described["thresholds"]),
                encoder=Weights(arrays["encoder_matrix"], arrays["encoder_bias"]),
                ngrams=Weights(arrays["ngram_matrix"].astype(np.float32), arrays["ngram_bias"]),
                vectorizer=NgramVectorizer(
                    {gram: column for column, gram in enumerate(vocabulary)}, arrays["idf"]
                ),
                known=arrays["known"].astype(np.float32),
                encoder_version=described["encoder_version"],
                examples=arrays["examples"] if "examples" in arrays else np.empty(0, np.uint64),
            )
