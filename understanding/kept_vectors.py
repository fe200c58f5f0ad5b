"""Sentence vectors kept on disk between trainings, so that an edit encodes only what it changed.

One file for each version of the encoder, `vectors-….npz` in a folder that may be deleted at any
time. Vectors are found by a hash of the text: the file holds no words.

A vector's last digit depends on the texts that are encoded with it. So texts are encoded in batches
that only the whole set decides, and a vector is found again with its batch: the same examples give
the same model, byte for byte, whatever was kept before. Who doesn't mind the last digit finds a
vector by its text alone (`known`).
"""

from __future__ import annotations

import hashlib
import logging
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from understanding import vectors
from understanding.encoder import Vectors

logger = logging.getLogger(__name__)

# Twice the examples of a large set, 150 MB with the built-in encoder.
MOST = 64_000
_BATCH = 256
# A process that encodes takes a second to start, about as long as this many batches take.
_WORTH_A_PROCESS = 16
_KEY = 16


class KeptVectors:
    """The vectors of one folder; not for several threads at once. Several processes may write:
    the last one's file stays, whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"vectors-{_digest(vectors.version())[:8].hex()}.npz"
        self._places: dict[bytes, int] = {}
        # A digest of each vector's text; of two vectors of a text, either will do.
        self._texts: list[bytes] = []
        self._vectors: Vectors | None = None
        self._read()

    def known(self, texts: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of those texts that were ever encoded, in whatever batch, and are kept."""
        if self._vectors is None:
            return {}
        places = {mark: place for place, mark in enumerate(self._texts)}
        found = ((text, places.get(_digest(text))) for text in texts)
        return {text: self._vectors[place] for text, place in found if place is not None}

    def of(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n × d, float32) of texts as `bot.nlu.text.for_features` leaves them.

        What had to be encoded is kept for the next time.
        """
        key_of: dict[str, bytes] = {}
        missing = []
        for batch in batches(texts):
            keys = _keys(batch)
            key_of.update(zip(batch, keys, strict=True))
            if not self._places.keys() >= set(keys):
                missing.append(batch)
        if missing:
            new = [text for batch in missing for text in batch]
            self._add([(key_of[text], _digest(text)) for text in new], _encoded(missing))
        if self._vectors is None:
            return np.empty((0, vectors.dimensions()), np.float32)
        if missing:
            # What is wanted now comes last, so that what nobody wants any more goes first.
            self._write(list(key_of.values()))
        return np.asarray(self._vectors[[self._places[key_of[text]] for text in texts]])

    def _add(self, marks: list[tuple[bytes, bytes]], encoded: Iterable[Vectors]) -> None:
        before = 0 if self._vectors is None else len(self._vectors)
        kept = () if self._vectors is None else (self._vectors,)
        self._vectors = np.vstack([*kept, *encoded])
        self._places.update({key: before + number for number, (key, _) in enumerate(marks)})
        self._texts += [text for _, text in marks]

    def _read(self) -> None:
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                if "texts" not in arrays:
                    # Written before texts had marks of their own.
                    return
                keys, texts, kept = arrays["keys"], arrays["texts"], arrays["vectors"]
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            logger.warning("The kept vectors can't be read (%s): all anew", type(error).__name__)
            return
        size = vectors.dimensions() if len(kept) else 0
        if not keys.shape == texts.shape == (len(kept), _KEY) or kept.shape[1:] != (size,):
            return
        self._vectors = kept.astype(np.float32)
        self._texts = [mark.tobytes() for mark in texts]
        self._places = {key.tobytes(): place for place, key in enumerate(keys)}

    def _write(self, newest: list[bytes]) -> None:
        assert self._vectors is not None
        wanted = set(newest)
        keys = [*(key for key in self._places if key not in wanted), *newest][-MOST:]
        places = [self._places[key] for key in keys]
        texts = b"".join(self._texts[place] for place in places)
        draft = self._path.with_name(f"{self._path.stem}-{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez(
                    file,
                    keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY),
                    texts=np.frombuffer(texts, np.uint8).reshape(-1, _KEY),
                    vectors=self._vectors[places],
                )
            draft.replace(self._path)
        except OSError as error:
            # A full disk must not keep anybody from training.
            logger.warning("The vectors can't be kept: %s", error.strerror)
            with suppress(OSError):
                draft.unlink()


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors of texts (n × d, float32), the same as from a folder; empty for none."""
    encoded: dict[str, Vectors] = {}
    for batch in batches(texts):
        encoded.update(zip(batch, vectors.encode(batch), strict=True))
    if not encoded:
        return np.empty((0, vectors.dimensions()), np.float32)
    return np.vstack([encoded[text] for text in texts])


def _encoded(wanted: list[list[str]]) -> Iterator[Vectors]:
    """Vectors of each batch; of many batches, the machine's other cores encode some.

    Which process encodes a batch changes no digit: each has one BLAS thread.
    """
    others = min((os.cpu_count() or 1) - 1, len(wanted) // _WORTH_A_PROCESS)
    if others < 1:
        yield from map(vectors.encode, wanted)
        return
    with ProcessPoolExecutor(others, mp_context=get_context("spawn")) as pool:
        # The others begin at the end, we at the front, until nothing is left between.
        begun = [pool.submit(vectors.encode, batch) for batch in reversed(wanted)][::-1]
        for batch, elsewhere in zip(wanted, begun, strict=True):
            if not elsewhere.cancel():
                try:
                    yield elsewhere.result()
                    continue
                except BrokenProcessPool:
                    logger.warning("Another process that encodes has died: the rest is done here")
            yield vectors.encode(batch)


def batches(texts: Sequence[str]) -> list[list[str]]:
    """The distinct texts in batches of a few hundred, which depend on nothing but the set.

    Their number is a power of two, so that a set that grows by an example changes one batch.
    """
    marks = sorted({_digest(text): text for text in texts}.items())
    count = 1 << (len(marks) // _BATCH).bit_length()
    found: list[list[str]] = [[] for _ in range(count)]
    for mark, text in marks:
        found[int.from_bytes(mark[-4:], "big") % count].append(text)
    return [batch for batch in found if batch]


def _keys(batch: list[str]) -> list[bytes]:
    """What each of a batch's vectors is found by."""
    whole = _digest("\n".join(batch))
    return [hashlib.blake2b(whole + _digest(text), digest_size=_KEY).digest() for text in batch]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_KEY).digest()
