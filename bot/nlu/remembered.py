"""Sentence vectors of texts seen lately: a turn asks for the same one twice, and for earlier ones.

Remembered under a hash: no text outlives its turn in memory.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np

from understanding import vectors

MOST = 512
_kept: OrderedDict[bytes, np.ndarray] = OrderedDict()


def vector(readable: str) -> np.ndarray:
    """The unit sentence vector (d,) of a text as `bot.nlu.text.for_features` leaves it; not to
    be changed."""
    key = hashlib.blake2b(readable.encode("utf-8", "replace"), digest_size=16).digest()
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    encoded = vectors.encode([readable])[0]
    encoded.flags.writeable = False
    _kept[key] = encoded
    if len(_kept) > MOST:
        _kept.popitem(last=False)
    return encoded
