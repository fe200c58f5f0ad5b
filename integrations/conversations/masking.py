"""Removes card numbers, IBANs and passwords from what customers write, before it is stored.

Order numbers, phone numbers, tracking codes, amounts and one-time codes survive. Works in time
linear in the text, and masking masked text changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from integrations.conversations.card_numbers import CARD, mask_cards
from integrations.conversations.ibans import IBAN, mask_ibans
from integrations.conversations.passwords import PASSWORD, mask_passwords

ROUNDS = 8
"""Masking one thing can lay another bare; in practice a second round finds nothing."""
MARKS = (("card", CARD), ("iban", IBAN), ("password", PASSWORD))


@dataclass(frozen=True)
class Masked:
    """The text without secrets, and which kinds were found: "card", "iban", "password"."""

    text: str
    found: tuple[str, ...]


def mask(text: str) -> Masked:
    """Replaces every secret with its mark, ⟦card⟧, ⟦iban⟧ or ⟦password⟧."""
    before = text
    for _ in range(ROUNDS):
        after = mask_passwords(mask_cards(mask_ibans(before)))
        if after == before:
            break
        before = after
    found = tuple(kind for kind, mark in MARKS if before.count(mark) > text.count(mark))
    return Masked(before, found)
