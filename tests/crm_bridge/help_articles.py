"""Help articles of the tests, and a stand-in for the sentence encoder."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from crm_bridge.knowledge.articles import Article
from crm_bridge.knowledge.library import Library
from crm_bridge.knowledge.ngrams import features


def letters_as_meaning(texts: list[str]) -> npt.NDArray[np.float32]:
    """A stand-in for the sentence encoder: texts with the same letters point the same way."""
    vectors = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in enumerate(texts):
        for name, count in features(text).items():
            vectors[row, sum(map(ord, name)) * 2654435761 % 512] += count
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def article(
    slug: str, *questions: str, text: str = "Ecco.", language: str = "it", **more: Any
) -> Article:
    """A help article of one paragraph."""
    return Article(
        language, slug, more.pop("title", slug.replace("-", " ")), questions, (), (text,), **more
    )


ARTICLES = [
    article("lavare-merino", "come si lava il merino", "posso lavare il merino in lavatrice"),
    article("tempi-rimborso", "quando arriva il rimborso", "tempi per riavere i soldi"),
    article("tarme", "come difendo la lana dalle tarme", "ho trovato le tarme"),
    article("washing", "how do I wash merino", "can I machine wash it", language="en"),
    article("moths", "how do I keep moths away", "moths ate my wool", language="en"),
]


@cache
def small_library() -> Library:
    """The articles above, indexed once."""
    library = Library()
    library.fill(ARTICLES, [], letters_as_meaning)
    return library
