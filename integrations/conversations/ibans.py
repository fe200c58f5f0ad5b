"""Finds IBANs in free text: a country, its length, the right check digits (ISO 13616)."""

from __future__ import annotations

import re

from integrations.conversations.card_numbers import SEPARATOR

IBAN = "⟦iban⟧"
# The countries of the SWIFT registry and how long their IBANs are.
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD FK",
        "19": "MK SI", "20": "AT BA EE KZ LT LU XK MN", "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ TL OM SO",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM", "28": "AL AZ BY CY DO GT HN HU LB NI PL SV",
        "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN_START = re.compile(
    rf"(?:(?<![\w⟦⟧])|(?<=iban))[A-Z]{{2}}{SEPARATOR}?\d{SEPARATOR}?\d(?={SEPARATOR}?[A-Z0-9])",
    re.IGNORECASE,
)
_IBAN_REST = {
    length: re.compile(rf"(?:(?:{SEPARATOR}|\.){{0,2}}[A-Za-z0-9]){{{length - 4}}}(?![\w⟦⟧])")
    for length in set(_IBAN_LENGTHS.values())
}


def mask_ibans(text: str) -> str:
    """The text with ⟦iban⟧ in place of every IBAN."""
    pieces: list[str] = []
    end = 0
    for start in _IBAN_START.finditer(text):
        if start.start() < end:
            continue
        length = _IBAN_LENGTHS.get(start[0][:2].upper(), 0)
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
