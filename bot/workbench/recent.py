"""Sentence vectors of messages seen lately: a designer tries one group's messages again and again.

Kept in memory only, under a hash: these are customers' words.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from understanding.kept_vectors import encode

MOST = 4000


class Recent:
    """Encodes texts; not for several threads at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors (n × d) of texts as `bot.nlu.text.for_features` leaves them."""
        keys = [hashlib.blake2b(text.encode("utf-8", "replace")).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        for key, vector in zip(new, encode(list(new.values())), strict=True):
            self._kept[key] = vector
        for key in keys:
            self._kept.move_to_end(key)
        found = [self._kept[key] for key in keys]
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return np.vstack(found) if found else encode([])
