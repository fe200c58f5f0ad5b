"""Would this change anything? What further examples would fix and break, by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from bot.care.customer_text import cleaned
from bot.nlu.deciding import REJECTED, Reading
from bot.nlu.fitting import digests
from bot.nlu.learning import nearest
from bot.workbench import ground as grounds
from bot.workbench.ground import Ground, Texts
from bot.workbench.judging import Judge, Judged
from bot.workbench.material import Labelled
from bot.workbench.reading import described
from bot.workbench.requests import Example, Trial

# Training examples that are compared: of each intent involved, and nearest to a new example.
_OF_AN_INTENT = 300
_NEAREST = 300
# An intent is involved when a new example may be read as it with this probability.
_MAY = 0.1

Encode = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class _After:
    """What holds once the trial's examples are learnt: the judge, and the vectors that similarity
    is measured to beside those known before."""

    judge: Judge
    known: np.ndarray

    def similarity(self, texts: Texts) -> np.ndarray:
        return np.maximum(texts.similarity, nearest(texts.vectors, self.known))


def run(ground: Ground, trial: Trial, encode: Encode) -> dict[str, Any]:
    """Learn the trial's examples in memory and compare readings before and after.

    What training holds already counts for nothing: a trial of it changes nothing.
    """
    started = time.perf_counter()
    tried = [_labelled(example, "training") for example in trial.examples]
    also = [_labelled(example, "review") for example in trial.also]
    readable = [one.readable for one in [*tried, *also]]
    encoded = encode(readable)
    marks = digests(readable[: len(tried)], [one.intent for one in tried])
    _, first = np.unique(marks, return_index=True)
    fresh = np.sort(first[~np.isin(marks[first], ground.learnt.digests)]).astype(int)
    texts = [readable[place] for place in fresh]
    vectorizer = ground.vectorizer.with_words_of(texts, len(ground.learnt.labels))
    then_rows = vectorizer.matrix(readable)
    labels = np.array([ground.judge.intents.index(tried[place].intent) for place in fresh], int)
    judge = grounds.moved(ground, encoded[fresh], then_rows[fresh], labels)
    after = _After(judge, encoded[fresh[marks[fresh] <= ground.most_known]])
    now_rows = ground.vectorizer.matrix(readable)
    asked = Texts((*tried, *also), encoded, now_rows, nearest(encoded, ground.known))
    now, then = _judged(ground, after, asked, then_rows)
    changes = _Changes(ground, after)
    evaluation, sample = ground.evaluation, _sample(ground, asked.at(fresh))
    changes.compare(evaluation, grounds.with_words(ground, vectorizer))
    changes.compare(sample, sample.rows)
    reviewed = np.arange(len(tried), len(readable))
    changes.compare(asked.at(reviewed), then_rows[reviewed])
    return {
        "model": ground.served.sha,
        "readings": [
            {
                "text": example.text,
                "now": described(now.reading(place, tried[place].text)),
                "then": described(then.reading(place, tried[place].text)),
            }
            for place, example in enumerate(trial.examples)
        ],
        "fixes": changes.fixes,
        "breaks": changes.breaks,
        "compared": changes.compared,
        "seconds": round(time.perf_counter() - started, 3),
    }


class _Changes:
    """Messages whose reading becomes right or stops being so."""

    def __init__(self, ground: Ground, after: _After) -> None:
        self._ground = ground
        self._after = after
        self.fixes: list[dict[str, Any]] = []
        self.breaks: list[dict[str, Any]] = []
        self.compared = 0

    def compare(self, texts: Texts, then_rows: csr_matrix) -> None:
        """Compare readings of messages, whose n-gram rows may be others afterwards."""
        if not texts.labelled:
            return
        self.compared += len(texts.labelled)
        before, after = _judged(self._ground, self._after, texts, then_rows)
        for place in before.unlike(after):
            one = texts.labelled[place]
            said = cleaned(one.text)
            now, then = before.reading(place, said), after.reading(place, said)
            right, will_be = _right(now, one), _right(then, one)
            if right == will_be:
                continue
            (self.fixes if will_be else self.breaks).append(
                {
                    "text": one.text,
                    "language": one.language,
                    "expected": one.intent,
                    "was": now.intent,
                    "now": then.intent,
                    "source": one.source,
                }
            )


def _right(reading: Reading, expected: Labelled) -> bool:
    """A message that the bot is not for is read rightly when it is rejected, too."""
    foreign = expected.intent in ("out_of_scope", REJECTED)
    return reading.intent == expected.intent or (
        foreign and reading.intent in ("out_of_scope", REJECTED)
    )


def _judged(
    ground: Ground, after: _After, texts: Texts, then_rows: csr_matrix
) -> tuple[Judged, Judged]:
    """Judgements before and after. Where nothing was learnt, both are the same object."""
    now = ground.judge.judged(texts.vectors, texts.rows, texts.similarity)
    if after.judge is ground.judge:
        return now, now
    return now, after.judge.judged(texts.vectors, then_rows, after.similarity(texts))


def _sample(ground: Ground, new: Texts) -> Texts:
    """The training examples that the new ones are likeliest to change."""
    learnt = ground.learnt
    if not new.labelled or not len(learnt.labels):
        return Texts((), learnt.vectors[:0], learnt.rows[:0], np.empty(0, np.float32))
    judged = ground.judge.judged(new.vectors, new.rows, new.similarity)
    own = [ground.judge.intents.index(one.intent) for one in new.labelled]
    involved = {*own, *np.flatnonzero((judged.mixed >= _MAY).any(axis=0)).tolist()}
    near = (learnt.vectors @ new.vectors.T).max(axis=1)
    chosen = [np.argsort(-near, kind="stable")[:_NEAREST]]
    for intent in sorted(involved):
        members = np.flatnonzero(learnt.labels == intent)
        chosen.append(members[np.argsort(learnt.digests[members])][:_OF_AN_INTENT])
    places = np.unique(np.concatenate(chosen))
    return Texts(
        tuple(learnt.labelled[place] for place in places),
        learnt.vectors[places],
        learnt.rows[places],
        nearest(learnt.vectors[places], ground.known),
    )


def _labelled(example: Example, source: str) -> Labelled:
    return Labelled(cleaned(example.text), example.intent, example.language, source)
