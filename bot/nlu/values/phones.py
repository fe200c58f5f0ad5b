"""Telephone numbers, written nationally (Italy, Great Britain) or with a country's prefix.

A number's shape decides: how many digits stand behind which first ones. Whether somebody answers
there is not known here, so no list of dialling codes is kept.
"""

from __future__ import annotations

import re
from typing import List, Optional

from bot.nlu.values.found import Found

PHONE = "phone"

# A run of digits as a whole: part of a card number or an IBAN is no telephone.
_RUN = re.compile(
    r"(?<![\w+@#€£$\ufffc])(?<!\d[ ().,/-])"
    r"(?:\+|00)?\(?\+?\d(?:[ ()./-]{0,2}\d){6,24}"
    r"(?![\w@€£$%]|[ ()./-]{1,2}\d|,\d)"
)
_SAYS_SO = re.compile(
    r"(?:\b(?:tel|telefono|telefonic[oa]|cell|cellulare|mobile|phone|whatsapp|wa|fisso|landline"
    r"|chiam\w{1,8}|telefon\w{1,8}|richiam\w{1,8}|call|ring|text|reach|recapito|contact)\b"
    r"\.?|[☎📞📱])[^\n.!?]{0,30}$"
)
# What a number is when one of these stands before it.
_OTHER_NUMBER = re.compile(
    r"\b(?:track\w{0,6}|tracciam\w{1,6}|traccia|spedizion[ei]|vettura|ldv|coll[oi]|parcel|shipment"
    r"|awb|consignment|ean|barcode|barre|p\.? ?iva|partita iva|iva|vat|fiscale|cf|iban|conto"
    r"|account|carta|tessera|card|codice|code|ordin[ei]|orders?|lott[oi]|lot|bagno|ref\w{0,8}"
    r"|fattura|invoice|pratica|transazione|transaction|paypal|pin|otp|prezzo|price)\b"
    r"(?:[\W_]{1,3}(?:n|no|nr|num|numero|number|id|of|is|e|il|la|the|my|mio|mia|di|dell)\b){0,4}"
    r"[\W_]{0,4}$|[€£$#] ?$"
)
_LOOK_BACK = 48


def find(folded: str, language: Optional[str] = None) -> List[Found]:
    """Telephone numbers as E.164; without prefix Italian ones, British ones in English text."""
    found = []
    for match in _RUN.finditer(folded):
        before = folded[max(0, match.start() - _LOOK_BACK) : match.start()]
        written = match.group()
        if _OTHER_NUMBER.search(before):
            continue
        said = bool(_SAYS_SO.search(before))
        number = e164(written, english=language == "en", announced=said)
        if number:
            found.append(Found(PHONE, number, match.start(), match.end()))
    return found


def e164(written: str, *, english: bool, announced: bool = False) -> Optional[str]:
    """`+393401234567` for `340 1234567`; None for what has no telephone's shape.

    In English text a number is British where it can be; one that was `announced` may be shorter.
    """
    digits = "".join(character for character in written if character.isdigit())
    if written.lstrip("(").startswith(("+", "00")):
        return _international(digits[2:] if written.startswith("00") else digits, written)
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}(?: \d{1,2})?|\d{4}-\d{2}-\d{2}", written):
        return None  # a day
    british = _british(digits, announced=announced)
    italian = _italian(digits, announced=announced, solid=written.isdigit())
    return (british or italian) if english else (italian or british)


def _international(digits: str, written: str) -> Optional[str]:
    if not 8 <= len(digits) <= 15 or digits.startswith("0"):
        return None
    if digits.startswith("39"):
        rest = digits[2:]
        # People put their country's prefix before a zero that mobile numbers don't have.
        if rest.startswith("03") and len(rest) == 11:
            rest = rest[1:]
        return f"+39{rest}" if _italian_shape(rest) else None
    if digits.startswith("44"):
        rest = digits[2:].removeprefix("0")
        return f"+44{rest}" if len(rest) in (9, 10) and rest[0] in "123578" else None
    # "+1 2 3 …" is no number: the groups of one have more than one digit.
    return f"+{digits}" if re.search(r"\d{3}", written) else None


def _italian(digits: str, *, announced: bool, solid: bool) -> Optional[str]:
    """A mobile number, or a landline's area code and number."""
    if re.fullmatch(r"39(?:3\d{9}|0\d{8,9})", digits):
        return f"+{digits}" if announced or len(digits) == 12 else None
    if not _italian_shape(digits):
        return None
    # Nine digits may be anything, unless somebody says that one can be called there.
    if len(digits) < 9 and not announced:
        return None
    if len(digits) == 9 and solid and not announced and digits[0] != "3":
        return None
    return f"+39{digits}"


def _italian_shape(digits: str) -> bool:
    if digits.startswith("3"):
        return len(digits) in (9, 10)
    return digits.startswith("0") and digits[1:2] not in ("0", "3") and 7 <= len(digits) <= 10


def _british(digits: str, *, announced: bool) -> Optional[str]:
    if not digits.startswith("0") or digits[1] not in "12378":
        return None
    if len(digits) == 11 or (len(digits) == 10 and announced and digits[1] == "1"):
        return f"+44{digits[1:]}"
    return None
