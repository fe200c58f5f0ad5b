"""Slips of the pen: how many letters two words differ in."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=16384)
def near(said: str, meant: str) -> bool:
    """Whether `said` may be `meant`, mistyped: one slip from five letters on, two from nine on.

    A slip is a letter too many, too few, or wrong, or two letters swapped (optimal string
    alignment); the first letter is right, since people mistype it least and it tells most apart.
    """
    if said == meant:
        return True
    most = 0 if len(meant) < 5 else 1 if len(meant) < 9 else 2
    if not most or abs(len(said) - len(meant)) > most or said[0] != meant[0]:
        return False
    return distance(said, meant) <= most


def distance(one: str, other: str) -> int:
    """Optimal string alignment distance."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, opposite in enumerate(other, start=1):
            best = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != opposite))
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == opposite:
                best = min(best, before[column - 2] + 1)
            now.append(best)
        before, last = last, now
    return last[-1]
