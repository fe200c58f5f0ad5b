"""What replaces personal data: fixed and plausible, so that the text still reads and parses."""

from __future__ import annotations

from typing import Final

from understanding.lexicon import ENGLISH, ITALIAN
from understanding.personal_data.spans import Kind

STAND_INS: Final[dict[Kind, tuple[str, str]]] = {
    "name": ("Maria", "Mary"),
    "email": ("nome@example.com", "name@example.com"),
    "phone": ("333 000 0000", "07700 900000"),
    "order_number": ("LA-10000", "LA-10000"),
    "card": ("[carta]", "[card]"),
    "iban": ("[iban]", "[iban]"),
    "address": ("via Roma 1", "1 High Street"),
    "code": ("000000", "000000"),
    "handle": ("@nome", "@name"),
    "tax_code": ("[codice fiscale]", "[tax code]"),
    "url_personal": ("[link]", "[link]"),
    "date_of_birth": ("1/1/1970", "1/1/1970"),
    "company_customer_id": ("000000", "000000"),
}
"""By kind: in Italian, in English. The phone is one of Ofcom's numbers for fiction."""


def stand_in(kind: Kind, language: str) -> str:
    """What stands for this kind in a text of this language ("it", "en")."""
    return STAND_INS[kind][language == "en"]


def likely_language(text: str) -> str:
    """The language with more of its words in the text; Italian when neither has."""
    words = text.lower().split()
    english = sum(word in ENGLISH for word in words)
    return "en" if english > sum(word in ITALIAN for word in words) else "it"
