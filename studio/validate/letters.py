"""Which of many messages share their letters with an example: of two texts, the trigrams in both
over those in either."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from studio.validate.examples import Example
from studio.validate.remembered import Memory

_BLOCK = 256
_VERSION = "1"


def near_again(
    memory: Memory, language: str, listed: list[Example], judged: list[Example], share: float
) -> list[Example]:
    """What `near` finds, and perhaps some that were near an example which is gone since.

    Only what is new on either side is looked at; the rest is remembered.
    """
    name = f"letters-{language}"
    version = f"{_VERSION} {share}"
    kept = memory.recall(name, version) or {}
    examples, messages, close = (set(kept.get(key, ())) for key in ("examples", "judged", "near"))
    ids, own = [_id(example) for example in listed], [_id(message) for message in judged]
    added = [example for example, id_ in zip(listed, ids, strict=True) if id_ not in examples]
    fresh = [message for message, id_ in zip(judged, own, strict=True) if id_ not in messages]
    known = [message for message, id_ in zip(judged, own, strict=True) if id_ in messages]
    if not added and not fresh:
        return [message for message, id_ in zip(judged, own, strict=True) if id_ in close]
    close |= {_id(message) for message in near(listed, fresh, share)}
    close |= {_id(message) for message in near(added, known, share)}
    found = [id_ for id_ in own if id_ in close]
    memory.keep(name, {version: {"examples": ids, "judged": own, "near": found}})
    return [message for message, id_ in zip(judged, own, strict=True) if id_ in close]


def _id(example: Example) -> str:
    return hashlib.blake2b(example.plain.encode("utf-8", "replace"), digest_size=8).hexdigest()


def near(listed: list[Example], judged: list[Example], share: float) -> list[Example]:
    """Those of `judged` that share more than `share` of their trigrams with one of `listed`: only
    they need be compared by meaning, which takes much longer."""
    if not listed or not judged:
        return []
    whole = _incidence([*listed, *judged])
    sizes = np.diff(whole.indptr)
    # By their number of trigrams: who has far fewer, or far more, can't share enough.
    examples = np.argsort(sizes[: len(listed)], kind="stable")
    messages = np.argsort(sizes[len(listed) :], kind="stable") + len(listed)
    rows, theirs = whole[examples], sizes[examples]
    found = []
    for start in range(0, len(messages), _BLOCK):
        block = messages[start : start + _BLOCK]
        own = sizes[block]
        first = np.searchsorted(theirs, own[0] * share, side="left")
        last = np.searchsorted(theirs, own[-1] / share, side="right")
        shared = whole[block] @ rows[first:last].T.tocsr()
        both = np.repeat(own, np.diff(shared.indptr)) + theirs[first + shared.indices]
        close = np.flatnonzero(shared.data > share * (both - shared.data))
        found.append(block[np.unique(np.searchsorted(shared.indptr, close, side="right") - 1)])
    return [judged[place - len(listed)] for place in np.sort(np.concatenate(found))]


def _incidence(examples: list[Example]) -> Any:
    """Which trigrams each text has (texts × trigrams, sparse), the same that `trigrams` gives."""
    # Not above: where nothing is new, nobody waits for its import.
    from scipy.sparse import csr_matrix

    padded = [f" {example.key} " for example in examples]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    # The letters in use are few: numbered, three of them are a number that isn't large either.
    used = np.flatnonzero(np.bincount(letters))
    numbers = np.searchsorted(used, letters)
    rows = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
    inside = rows[2:] == rows[:-2]
    grams = (numbers[:-2] * len(used) + numbers[1:-1]) * len(used) + numbers[2:]
    different, columns = np.unique(grams[inside], return_inverse=True)
    width = len(different)
    pairs = np.sort(rows[2:][inside] * width + columns)
    rows, columns = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], width)
    pointers = np.searchsorted(rows, np.arange(len(padded) + 1))
    ones = np.ones(len(columns), np.float32)
    return csr_matrix((ones, columns, pointers), shape=(len(padded), width))
