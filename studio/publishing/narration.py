"""One line a step, with its seconds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


class Step:
    """What a step wants to say at its end."""

    def __init__(self) -> None:
        self.word = ""


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    """Print how the step went and how long it took; nothing when it fails, somebody says why."""
    begun = time.monotonic()
    told = Step()
    yield told
    word = f": {told.word}" if told.word else ""
    print(f"  {name}{word} ({time.monotonic() - begun:.1f} s)", flush=True)
