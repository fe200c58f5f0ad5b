"""Money and days as mails say them."""

from __future__ import annotations

from datetime import date

_MONTHS = {
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def day(moment: date, language: str) -> str:
    """`13 dicembre 2026`, `13 December 2026`."""
    number = "1º" if language == "it" and moment.day == 1 else str(moment.day)
    return f"{number} {_MONTHS[language][moment.month - 1]} {moment.year}"


def money(cents: int, language: str, currency: str = "EUR") -> str:
    """`38,70 €`, `€38.70`; other currencies by their code."""
    minus = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    sign = {"EUR": "€"}.get(currency, currency)
    if language == "it":
        return f"{minus}{whole},{rest:02d} {sign}"
    return f"{minus}{sign}{'' if sign == '€' else ' '}{whole}.{rest:02d}"
