"""One value that stands in a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Optional

# Stands for a value that was found already: no letter, no digit, no space.
TAKEN = "\ufffc"


class Found(NamedTuple):
    """One value in a text; `start` and `end` are offsets of the text as written.

    `role` tells values of one kind apart where that matters: `from` Milan `to` Leeds.
    """

    entity: str
    value: str
    start: int
    end: int
    role: Optional[str] = None


def blank(text: str, found: Iterable[Found], filler: str = " ") -> str:
    """The text, as long as before, with `filler` where the values stood."""
    parts, after = [], 0
    for item in sorted(found, key=lambda item: item.start):
        parts += [text[after : item.start], filler * (item.end - item.start)]
        after = item.end
    return "".join(parts) + text[after:]
