"""Which texts say nearly the same: cosines of sentence vectors, remembered between runs.

Each text is encoded once and compared once with each other text of its language; a run after a
change encodes and compares what is new. What training encoded isn't encoded again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from studio.validate.remembered import FOLDER, replace
from understanding import vectors
from understanding.kept_vectors import KeptVectors

Floats = npt.NDArray[np.float32]

# Below this nothing is kept, so no check may ask for less. In our data what lies lower are
# neighbours that ought to be told apart ("it's right", "it isn't right").
CLOSE = 0.93
_BATCH = 128
_BLOCK = 256
# So many coordinates tell most pairs apart; what rounding may hide is looked at.
_FIRST = 64
# One row in so many shows where they spread.
_SAMPLE = 8
_ROUNDING = 1e-3


@dataclass
class _Store:
    """Texts by key, in the order of their vectors; all pairs of them that are close."""

    keys: list[str]
    rows: npt.NDArray[np.float16]
    pairs: dict[tuple[str, str], float]


class Trained:
    """The vectors that training keeps, read when they are asked for."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER.parent

    @cached_property
    def _kept(self) -> KeptVectors:
        return KeptVectors(self._folder)

    def known(self, texts: Iterable[str]) -> dict[str, Floats]:
        """Those of the texts that training has encoded, with their vectors."""
        return self._kept.known(texts)


class Nearness:
    """The close pairs among texts of one language."""

    def __init__(self, root: Path, language: str, trained: Trained) -> None:
        self._trained = trained
        self._path = root / FOLDER / f"vectors-{language}.npz"
        self._version = f"1 {vectors.version()}"

    def pairs(
        self, texts: Sequence[str], *, only_known: bool = False
    ) -> tuple[dict[tuple[str, str], float], int]:
        """Cosines by pair of texts (the smaller text first), and how many texts are left out.

        With `only_known` nothing is encoded: texts that aren't known yet are left out.
        """
        by_key = {_key(text): text for text in texts}
        store = self._load()
        known = set(store.keys)
        new = [key for key in by_key if key not in known]
        if new and not only_known:
            if len(known) > 2 * len(by_key) + _BLOCK:
                store, new = _Store([], _no_rows(), {}), list(by_key)
            # The matrices are small: several BLAS threads mostly wait for each other.
            with threadpool_limits(1):
                self._add(store, new, [by_key[key] for key in new])
            self._save(store)
            new = []
        found = {}
        for (one, other), cosine in store.pairs.items():
            if one in by_key and other in by_key:
                first, second = sorted((by_key[one], by_key[other]))
                found[first, second] = cosine
        return found, len(new)

    def _add(self, store: _Store, keys: list[str], texts: list[str]) -> None:
        fresh = np.zeros((len(texts), vectors.dimensions()), np.float16)
        trained = self._trained.known(texts)
        for place, text in enumerate(texts):
            if text in trained:
                fresh[place] = trained[text]
        # Texts of like length together: a batch takes as long as its longest.
        unknown = (place for place, text in enumerate(texts) if text not in trained)
        order = sorted(unknown, key=lambda place: len(texts[place]))
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            fresh[part] = vectors.encode([texts[place] for place in part])
        before = len(store.keys)
        store.keys += keys
        store.rows = np.vstack([store.rows, fresh]) if before else fresh
        for one, other, cosine in _close(store.rows, before):
            store.pairs[store.keys[one], store.keys[other]] = cosine

    def _load(self) -> _Store:
        try:
            with np.load(self._path, allow_pickle=False) as file:
                if str(file["version"]) == self._version:
                    keys = [str(key) for key in file["keys"]]
                    ends = zip(file["pairs"].tolist(), file["cosines"].tolist(), strict=True)
                    pairs = {(keys[a], keys[b]): float(cosine) for (a, b), cosine in ends}
                    return _Store(keys, file["rows"], pairs)
        except (OSError, ValueError, KeyError, EOFError):
            # A cache that can't be read is made anew.
            pass
        return _Store([], _no_rows(), {})

    def _save(self, store: _Store) -> None:
        place = {key: number for number, key in enumerate(store.keys)}
        ends = [(place[one], place[other]) for one, other in store.pairs]
        content = io.BytesIO()
        np.savez(
            content,
            version=np.array(self._version),
            keys=np.array(store.keys),
            rows=store.rows,
            pairs=np.array(ends, np.int32).reshape(-1, 2),
            cosines=np.array(list(store.pairs.values()), np.float32),
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace(self._path, content.getvalue())


def _close(rows: npt.NDArray[np.float16], before: int) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows closer than CLOSE of which one at least comes from `before` on.

    A product is that of the rows' first coordinates and that of the rest, which is at most the
    product of the rests' lengths: where both together stay below, the rest needn't be looked at.
    Coordinates are turned so that little is left for the rest.
    """
    whole: Floats = rows.astype(np.float32)
    turned = whole @ _directions(whole)
    first, last = np.ascontiguousarray(turned[:, :_FIRST]), turned[:, _FIRST:]
    # With the length of the rest as one more coordinate, one product gives the bound.
    first = np.hstack([first, np.linalg.norm(last, axis=1, keepdims=True)])
    for start in range(before, len(whole), _BLOCK):
        end = min(start + _BLOCK, len(whole))
        bounds = first[start:end] @ first[:end].T
        ours, theirs = np.divmod(np.flatnonzero(bounds > CLOSE - _ROUNDING), end)
        earlier = theirs < start + ours
        ours, theirs = ours[earlier] + start, theirs[earlier]
        cosines = np.einsum("ij,ij->i", whole[ours], whole[theirs])
        close = cosines > CLOSE
        ends = zip(theirs[close].tolist(), ours[close].tolist(), strict=True)
        for (other, one), cosine in zip(ends, cosines[close].tolist(), strict=True):
            yield other, one, cosine


def _directions(rows: Floats) -> Floats:
    """A rotation (d × d) to coordinates of which the first hold the most of the rows."""
    some = rows[::_SAMPLE]
    spread = some.T @ some
    return np.ascontiguousarray(np.linalg.eigh(spread)[1][:, ::-1])


def _no_rows() -> npt.NDArray[np.float16]:
    return np.zeros((0, 0), np.float16)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
