"""The tone of a customer's message: negative, neutral or positive, how angry, how urgent.

Linear models on the sentence vector, n-grams and a few hints, trained on data/tone by
`understanding.tone_training`; the same file of numbers serves both environments.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from understanding import tone_features, vectors
from understanding.tone_examples import POLARITIES, Polarity

FOLDER = Path("models")
# From these probabilities on, a message counts as angry or as urgent. Calling a calm customer
# angry costs more than missing one who will say it again.
ANGRY = 0.5
URGENT = 0.5

Floats = npt.NDArray[np.float32]
_lock = Lock()


@dataclass(frozen=True)
class Tone:
    """`score`: probability of the polarity; `anger`, `urgency`: probabilities, all from 0 to 1."""

    polarity: Polarity
    score: float
    anger: float
    urgency: float

    @property
    def angry(self) -> bool:
        """Whether the customer sounds angry."""
        return self.anger >= ANGRY

    @property
    def urgent(self) -> bool:
        """Whether something has to happen soon."""
        return self.urgency >= URGENT

    def record(self) -> dict[str, Any]:
        """As it is stored and shown: nothing of the text."""
        return {
            "polarity": self.polarity,
            "score": round(self.score, 2),
            "anger": round(self.anger, 2),
            "urgency": round(self.urgency, 2),
            "angry": self.angry,
            "urgent": self.urgent,
        }


SILENT = Tone("neutral", 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class ToneModel:
    """The trained numbers. Heads are the three polarities, anger and urgency.

    Shapes: `dense` (512 + HINTS, 5), `sparse` (BUCKETS, 5), `bias` (5,), `idf` (BUCKETS,), all
    float32; `slopes` (3,): what calibrates the polarities, anger and urgency.
    """

    dense: Floats
    sparse: Floats
    bias: Floats
    idf: Floats
    slopes: Floats

    @classmethod
    def load(cls, path: Path) -> ToneModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})

    def save(self, path: Path, facts: dict[str, Any]) -> None:
        """Write the numbers, and facts about them beside them as JSON; whole or not at all."""
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            np.savez_compressed(file, **{n: getattr(self, n) for n in self.__dataclass_fields__})
        path.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
        draft.replace(path)

    def read(self, text: str, vector: Floats | None = None) -> Tone:
        """The tone of one text; nothing in it makes this raise.

        `vector` is its sentence vector (512,), if the caller has it already.
        """
        if not any(sign.isprintable() and not sign.isspace() for sign in text[:1000]):
            return SILENT
        if vector is None:
            vector = vectors.encode([tone_features.readable(text)])[0]
        return self._tone(self.scores(text, vector))

    def read_all(self, texts: list[str]) -> list[Tone]:
        """The tones of many texts, encoded together."""
        encoded = vectors.encode([tone_features.readable(text) for text in texts])
        return [self.read(text, vector) for text, vector in zip(texts, encoded, strict=True)]

    def scores(self, text: str, vector: Floats) -> npt.NDArray[np.float64]:
        """Uncalibrated scores of the five heads."""
        columns, weights = tone_features.ngrams(text)
        weighted = weights * self.idf[columns]
        length = float(np.linalg.norm(weighted))
        dense = np.concatenate([vector, tone_features.hints(text)])
        scores = dense @ self.dense + self.bias
        if length:
            scores = scores + (weighted / length) @ self.sparse[columns]
        return np.asarray(scores, np.float64)

    def _tone(self, scores: npt.NDArray[np.float64]) -> Tone:
        polarities = scores[:3] * self.slopes[0]
        raised = np.exp(polarities - polarities.max())
        shares = raised / raised.sum()
        best = int(shares.argmax())
        anger, urgency = (
            1 / (1 + np.exp(-np.clip(scores[3 + i] * self.slopes[1 + i], -30, 30))) for i in (0, 1)
        )
        return Tone(POLARITIES[best], float(shares[best]), float(anger), float(urgency))


def read(text: str, vector: Floats | None = None) -> Tone:
    """The tone of a text, by the model of the present examples (trained first if need be)."""
    return shared().read(text, vector)


def shared() -> ToneModel:
    """The one model of this process."""
    with _lock:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> ToneModel:
    from understanding import tone_training

    return ToneModel.load(tone_training.ensure(FOLDER))
