"""From labelled texts to an intent model; free of Rasa.

Examples are put into an order of their own first, that of their digests: how files are named and
where a line stands in them must not change what is learnt. The order is as good as random, and one
more example leaves it as it was, so that choices made on a part of the examples hardly move.
"""

from __future__ import annotations

import hashlib
from typing import List, Optional, Sequence, Text

import numpy as np
from threadpoolctl import threadpool_limits

from bot.nlu.learning import Examples, choose
from bot.nlu.linear import fit_both
from bot.nlu.model import IntentModel
from bot.nlu.ngrams import NgramVectorizer
from understanding import vectors


def learn(
    texts: List[Text],
    encoded: np.ndarray,
    intents: List[Text],
    out_of_scope: Optional[Text],
    most_known: int,
) -> IntentModel:
    """Learn from texts (as `for_features` leaves them), their vectors (n × d) and intents;
    `most_known` is how many vectors the model keeps to measure similarity to."""
    found = digests(texts, intents)
    order = np.argsort(found, kind="stable")
    texts, encoded = [texts[place] for place in order], encoded[order]
    names, labels = np.unique(
        np.array(intents, dtype=object)[order].astype(str), return_inverse=True
    )
    vectorizer = NgramVectorizer.learn(texts)
    examples = Examples(encoded, vectorizer.matrix(texts), labels, len(names))
    position = np.flatnonzero(names == out_of_scope)
    foreign = int(position[0]) if len(position) else None
    # The sums of several BLAS threads are others' last digits, and the matrices are small.
    with threadpool_limits(1):
        settings, thresholds, near = choose(examples, foreign)
        encoder, ngrams = fit_both(encoded, examples.rows, labels, len(names), settings, near)
    return IntentModel(
        intents=tuple(str(name) for name in names),
        settings=settings,
        thresholds=thresholds,
        encoder=encoder,
        ngrams=ngrams,
        vectorizer=vectorizer,
        known=encoded[:most_known],
        encoder_version=vectors.version(),
        examples=found[order],
    )


def digests(texts: Sequence[Text], intents: Sequence[Text]) -> np.ndarray:
    """A number for each example that stands for its text and intent (uint64)."""
    hashed = b"".join(
        hashlib.blake2b(f"{intent}\0{text}".encode("utf-8", "replace"), digest_size=8).digest()
        for text, intent in zip(texts, intents, strict=True)
    )
    return np.frombuffer(hashed, np.uint64)
