"""Opaque identifiers whose first letter says what they name."""

from __future__ import annotations

from secrets import token_hex


def new_id(letter: str) -> str:
    """`c` conversation, `m` message in, `o` message out, `t` turn, `h` handoff, `n` note."""
    return letter + token_hex(16)
