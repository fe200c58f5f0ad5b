"""The model that is current and the ground for trials of it, loaded when they are first needed.

Both are looked at before each use: another model, or an edit of the working tree, and what depends
on it is loaded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from bot.care.models import fingerprint
from bot.nlu.values import catalogue, cities
from bot.train import CACHE, MODELS, current_model
from bot.workbench import archive, ground, material
from bot.workbench.archive import Served
from bot.workbench.ground import Ground
from understanding import vectors
from understanding.kept_vectors import KeptVectors


class NoModel(Exception):
    """There is no model that can be used now; the message says what to do."""


@dataclass(frozen=True)
class _Prepared:
    model: str
    stamp: object
    ground: Ground


class Current:
    """Watches the models and the material of a working tree. Safe to use from several threads."""

    def __init__(self, root: Path = Path()) -> None:
        self._root = root
        self._models = root / MODELS
        self._lock = Lock()
        self._preparing = Lock()
        self._prepared: _Prepared | None = None
        self._stamp: object = None
        self._served: Served | None = None
        self._named: tuple[object, str] | None = None

    def served(self) -> Served:
        """The current model; raises NoModel."""
        path = self._path()
        with self._lock:
            stamp = _stamp(path)
            if self._served is None or stamp != self._stamp:
                try:
                    served = archive.read(path)
                except archive.Unreadable as error:
                    raise NoModel(str(error)) from error
                if served.model.encoder_version != vectors.version():
                    raise NoModel(
                        f"{path.name} was trained with {served.model.encoder_version}, this is"
                        f" {vectors.version()}: train again"
                    )
                catalogue.load()
                cities.load()
                self._served, self._stamp = served, stamp
            return self._served

    def ground(self) -> Ground:
        """The ground for trials; raises NoModel, or BadMaterial for a file that can't be read."""
        served = self.served()
        with self._preparing:
            stamp = material.stamp(self._root)
            kept = self._prepared
            if kept is None or (kept.model, kept.stamp) != (served.sha, stamp):
                # What nobody needs any more goes before its successor comes.
                self._prepared = kept = None
                prepared = ground.prepare(served, self._root, KeptVectors(self._root / CACHE))
                kept = self._prepared = _Prepared(served.sha, stamp, prepared)
            return kept.ground

    def examples(self) -> int | None:
        """How many training examples the ground holds; None before it is prepared."""
        prepared = self._prepared
        return None if prepared is None else len(prepared.ground.learnt.labels)

    def sha(self) -> str | None:
        """What names the current model, without loading it; None when there is none."""
        try:
            path = self._path()
            stamp = _stamp(path)
        except NoModel:
            return None
        named = self._named
        if named is None or named[0] != stamp:
            try:
                named = (stamp, fingerprint(path))
            except OSError:
                return None
            self._named = named
        return named[1]

    def _path(self) -> Path:
        try:
            path = current_model(self._models)
        except (OSError, ValueError, LookupError, AttributeError, TypeError) as error:
            raise NoModel("models/current.json can't be read: run `make train`") from error
        if path is None:
            raise NoModel("no model is trained: run `make train`")
        return path


def _stamp(path: Path) -> object:
    """Changes whenever the file does."""
    try:
        about = path.stat()
    except OSError as error:
        raise NoModel(f"{path.name} is missing: run `make train`") from error
    return (str(path), about.st_mtime_ns, about.st_size, about.st_ino)
