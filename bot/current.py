"""models/current.json: which model is served.

    {"model": "ascolto-….tar.gz"}                                     after a mere training
    {"model": …, "published": true, "previous": …, "canary": {"model": …}}   after a publication

Names are those of files beside it. Whoever publishes writes more keys, which are theirs.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bot.settings import CANARY


@dataclass(frozen=True)
class Current:
    """The live model's name, the one before it, and the canary's, if there is one."""

    model: str | None = None
    previous: str | None = None
    canary: str | None = None
    published: bool = False

    def serving(self, slot: str) -> str | None:
        """The model that a process in this slot loads; the live one where it has none."""
        return self.canary or self.model if slot == CANARY else self.model

    def names(self) -> set[str]:
        """Every model that is named."""
        return {name for name in (self.model, self.previous, self.canary) if name}


def read(file: Path) -> Current:
    """What the file says; nothing at all without one."""
    if not file.exists():
        return Current()
    content = json.loads(file.read_text("utf-8"))
    canary = content.get("canary") or {}
    return Current(
        model=_name(content.get("model")),
        previous=_name(content.get("previous")),
        canary=_name(canary.get("model")),
        published=bool(content.get("published")),
    )


def write(file: Path, current: Current) -> None:
    """Replace the file by one that names a model that was merely trained."""
    draft = file.with_name(f"current-{os.getpid()}.part")
    draft.write_text(json.dumps({"model": current.model}) + "\n", "utf-8")
    draft.replace(file)


def _name(given: object) -> str | None:
    # A name, not a path: models are loaded from their own folder only.
    return Path(str(given)).name if given else None
