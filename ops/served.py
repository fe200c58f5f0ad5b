"""models/current.json, as whoever publishes writes it; `bot/current.py` says what is in it.

The model's file is known by the first 16 hexadecimal digits of its SHA-256, which the bot writes
into every turn.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Served:
    """Names of files in the models' folder.

    `unrecorded`: it was changed while no gateway ran, which is told at the next start.
    """

    model: str | None = None
    previous: str | None = None
    canary: str | None = None
    published: bool = False
    unrecorded: bool = False

    def serving(self, model: str, **more: Any) -> Served:
        """The same with another live model, published."""
        return replace(self, model=model, published=True, **more)


def read(models: Path) -> Served:
    """What is served from this folder; nothing at all without a file."""
    try:
        content = json.loads((models / "current.json").read_text("utf-8"))
    except FileNotFoundError:
        return Served()
    return Served(
        model=content.get("model"),
        previous=content.get("previous"),
        canary=(content.get("canary") or {}).get("model"),
        published=bool(content.get("published")),
        unrecorded=bool(content.get("unrecorded")),
    )


def write(models: Path, served: Served) -> None:
    """Replace the file at once: who reads it sees the old or the new."""
    content: dict[str, object] = {"model": served.model}
    if served.published:
        content |= {"published": True, "previous": served.previous}
        if served.canary:
            content["canary"] = {"model": served.canary}
        if served.unrecorded:
            content["unrecorded"] = True
    draft = models / f"current-{os.getpid()}.part"
    draft.write_text(json.dumps(content) + "\n", "utf-8")
    draft.replace(models / "current.json")


def sha(file: Path) -> str:
    """How the bot calls the model in this file. Raises FileNotFoundError."""
    found = file.stat()
    return _sha(file, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=64)
def _sha(file: Path, _written: int, _size: int) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()[:16]


class Ambiguous(Exception):
    """The beginning of a hash that several models share; the message names them."""


def find(models: Path, wanted: str) -> str | None:
    """The name of the model with this hash (or its beginning), or of this name (with or without its
    ending). Raises Ambiguous."""
    # What is being trained isn't a model yet, and goes at any moment.
    whole = [file for file in models.glob("*.tar.gz") if not file.name.startswith("unfinished-")]
    files = sorted(whole, key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files:
        if wanted in (file.name, file.name.removesuffix(".tar.gz")):
            return file.name
    found = {sha(file): file.name for file in reversed(files) if sha(file).startswith(wanted)}
    if len(found) > 1:
        raise Ambiguous(f"{wanted} may be any of {', '.join(sorted(found.values()))}")
    return next(iter(found.values()), None)


class Busy(Exception):
    """Somebody else is changing models."""


@contextlib.contextmanager
def alone(models: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the folder's models while they change. Without `wait`, raises Busy at once.

    Who waits is seen by who holds (`wanted`), so that a roll-back needn't wait for an upkeep.
    """
    models.mkdir(exist_ok=True)
    with contextlib.ExitStack() as held:
        if wait:
            held.enter_context(_locked(models / ".publishing.next", wait=True))
        held.enter_context(_locked(models / ".publishing.lock", wait=wait))
        yield


def wanted(models: Path) -> bool:
    """Whether somebody waits to change models."""
    try:
        with _locked(models / ".publishing.next", wait=False):
            return False
    except Busy:
        return True


def changing(models: Path) -> bool:
    """Whether somebody is changing models now."""
    try:
        with _locked(models / ".publishing.lock", wait=False):
            return False
    except Busy:
        return True


@contextlib.contextmanager
def _locked(file: Path, *, wait: bool) -> Iterator[None]:
    with file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(str(file)) from None
        yield
