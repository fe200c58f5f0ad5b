"""A trained model that reads many messages at once, without Rasa and in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.nlu.deciding import AMBIGUOUS, INFORM, REJECTED, Reading, decide
from bot.nlu.learning import nearest
from bot.nlu.model import Judgement
from bot.nlu.text import for_features
from bot.workbench.archive import Served, Unreadable
from bot.workbench.archive import read as read_archive
from bot.workbench.judging import Judge
from understanding import vectors

_BATCH = 256


@dataclass(frozen=True)
class Read:
    """One text as the model reads it; `ruled`: a rule decides it, whatever the model says;
    `asks`: were its two likeliest intents near enough, it would be asked about."""

    text: str
    judgement: Judgement
    reading: Reading
    ruled: bool
    asks: bool

    @property
    def likeliest(self) -> tuple[str, str]:
        """The two likeliest intents; the second is empty where there is but one."""
        named = [name for name, _ in self.reading.ranking if name != INFORM]
        return named[0], named[1] if len(named) > 1 else ""


@dataclass(frozen=True)
class Reader:
    """A trained classifier with the rules of config.yml that it was trained under."""

    name: str
    served: Served

    def read(self, texts: Sequence[str], encoded: np.ndarray | None = None) -> list[Read]:
        """What becomes of each text (as `bot.care.customer_text.cleaned` leaves it); `encoded` are
        vectors (n × d) of what `for_features` makes of them, if they are at hand."""
        if not texts:
            return []
        readable = [for_features(text) for text in texts]
        found = encode(readable) if encoded is None else encoded
        model = self.served.model
        judged = Judge(
            intents=model.intents,
            settings=model.settings,
            thresholds=model.thresholds,
            rules=self.served.rules,
            encoder=model.encoder,
            ngrams=model.ngrams,
        ).judged(found, model.vectorizer.matrix(readable), nearest(found, model.known))
        return [self._read(text, judged.judgement(place)) for place, text in enumerate(texts)]

    def _read(self, text: str, judgement: Judgement) -> Read:
        intents, rules = self.served.model.intents, self.served.rules
        sure = replace(judgement, rejected=False, ambiguous=False)
        unsure = replace(judgement, rejected=False, ambiguous=True)
        return Read(
            text=text,
            judgement=judgement,
            reading=decide(judgement, text, intents, rules),
            ruled=decide(sure, text, intents, rules).intent in (INFORM, REJECTED),
            asks=decide(unsure, text, intents, rules).intent == AMBIGUOUS,
        )


def load(archive: Path) -> Reader:
    """The classifier of models/<name>.tar.gz. Raises Unreadable."""
    served = read_archive(archive)
    if served.model.encoder_version != vectors.version():
        raise Unreadable(
            f"{archive.name} was trained with {served.model.encoder_version}, this is"
            f" {vectors.version()}: train again"
        )
    return Reader(archive.name, served)


def encode(readable: Sequence[str]) -> np.ndarray:
    """Unit vectors (n × d); texts of like length go together, which the encoder likes."""
    order = sorted(range(len(readable)), key=lambda position: len(readable[position]))
    found = np.empty((len(readable), vectors.dimensions()), np.float32)
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        found[batch] = vectors.encode([readable[position] for position in batch])
    return found
