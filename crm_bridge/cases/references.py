"""References that people can read to each other on the phone."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(letter: str = "C") -> str:
    """`C-` and five characters without 0, O, 1, I, L and U: 24 million of them. Returns: `R-`."""
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(5))
