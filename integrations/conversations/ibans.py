"""Finds IBANs in free text: a country, its length, the right check digits (ISO 13616)."""

from __future__ import annotations

import re

from integrations.conversations.card_numbers import SEPARATOR
from understanding.personal_data.iban_lengths import IBAN_LENGTHS

IBAN = "⟦iban⟧"
_IBAN_START = re.compile(
    rf"(?:(?<![\w⟦⟧])|(?<=iban))[A-Z]{{2}}{SEPARATOR}?\d{SEPARATOR}?\d(?={SEPARATOR}?[A-Z0-9])",
    re.IGNORECASE,
)
_IBAN_REST = {
    length: re.compile(rf"(?:(?:{SEPARATOR}|\.){{0,2}}[A-Za-z0-9]){{{length - 4}}}(?![\w⟦⟧])")
    for length in set(IBAN_LENGTHS.values())
}


def mask_ibans(text: str) -> str:
    """The text with ⟦iban⟧ in place of every IBAN."""
    pieces: list[str] = []
    end = 0
    for start in _IBAN_START.finditer(text):
        if start.start() < end:
            continue
        length = IBAN_LENGTHS.get(start[0][:2].upper(), 0)
        rest = _IBAN_REST[length].match(text, start.end()) if length else None
        if rest is None:
            continue
        code = "".join(c for c in start[0] + rest[0] if c.isalnum()).upper()
        if _iban_is_right(code):
            pieces += [text[end : start.start()], IBAN]
            end = rest.end()
    return text if not pieces else "".join([*pieces, text[end:]])


def _iban_is_right(code: str) -> bool:
    """Check digits by ISO 7064 mod 97-10, letters counting from A = 10."""
    if not code.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1
