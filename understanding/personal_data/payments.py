"""Payment cards, IBANs and other account numbers, right or nearly so.

What the gateway masks with certainty (integrations.conversations.masking) is found here with
generosity: a number with a slip of the pen is still somebody's number.
"""

from __future__ import annotations

import re

from understanding.personal_data.iban_lengths import IBAN_LENGTHS
from understanding.personal_data.spans import Taken

_SEPARATOR = r"[ \u00a0\u2007\u2009\u202f\-\u2010-\u2015.]"
_RUN = re.compile(rf"(?<![\w+])\d(?:{_SEPARATOR}{{0,2}}\d){{12,18}}(?!\w|[.,]\d)")
_FOURS = re.compile(rf"\d{{4}}(?:{_SEPARATOR}{{1,2}}\d{{2,6}}){{2,4}}")
_CARD_WORD = re.compile(
    r"\b(?:cart[ae]|cards?|visa|mastercard|maestro|amex|american express|bancomat|postepay|pan"
    r"|debit|credit|credito)\b",
    re.I,
)
_OTHER_WORD = re.compile(
    r"track|tracc|spedizion|vettura|\b(?:ldv|awb|ean|barcode|brt|gls|dhl|ups|fedex)\b|parcel"
    r"|shipment|barre",
    re.I,
)
_MARK = re.compile(r"⟦(?:card|iban|password)⟧")
_CARD_TAIL = re.compile(
    r"(?:\bcart[ae]|\bcard|\bvisa|\bmastercard|\bamex)\b[^\n.\d]{0,40}"
    r"(?:finisc\w{1,4}|termin\w{1,5}|ending|ends|ultime|last)[^\n\d]{0,30}(?P<it>\d{4})(?!\d)",
    re.I,
)
_LAST_DIGITS = re.compile(
    r"\b(?:ultim[ei]|last|final)\s(?:(?:3|4|tre|quattro|three|four)\s)?"
    r"(?:numeri|cifre|digits|numbers)\b[^\n.\d]{0,30}?(?P<it>\d{3,4})(?!\d)",
    re.I,
)
_EXPIRY = re.compile(
    r"\b(?:scad\w{0,6}|exp\w{0,8}|valid\w{0,4})\W{1,3}(?:il |date |dat\w )?"
    r"(?P<it>\d{2}\s?/\s?\d{2,4})(?!\d)",
    re.I,
)
_MASKED = re.compile(r"(?<![\w*•·])[\d*xX•·#][\d*xX•·# -]{6,26}(?<=\d)(?!\w|[.,]\d)")
_MASKED_SIGNS = 4
"""Signs that stand for digits in a masked number, at least; and digits that are left."""
_IBAN = re.compile(
    rf"(?<![\w⟦])(?=[A-Z]{{2}}{_SEPARATOR}?\d)"
    rf"(?P<it>[A-Z]{{2}}{_SEPARATOR}?\d{_SEPARATOR}?\d(?:{_SEPARATOR}{{0,2}}[A-Z0-9]){{10,32}})",
    re.I,
)
# A word among the groups: "il 20361 e il 20366".
_PROSE = re.compile(r"[ .-][^\W\d_]+(?=[ .-]|$)")
_ACCOUNT = re.compile(
    r"(?:sort code|account (?:number|no\.?)|conto corrente|c/c|numero (?:di )?conto)"
    r"(?:[ :=]{1,3}(?:is|è|e'|n\.?|number|numero|the|il)){0,2}[ :=#]{1,3}"
    r"(?P<it>\d(?:[ -]?\d){5,12})(?!\d)",
    re.I,
)


def find_cards(text: str, taken: Taken) -> None:
    """Card numbers: with a right check digit, in fours, or called a card."""
    for match in _MARK.finditer(text):
        taken.add(match.start(), match.end(), "iban" if "iban" in match[0] else "card")
    for match in _RUN.finditer(text):
        digits = [int(sign) for sign in match.group() if sign.isdecimal()]
        before = text[max(0, match.start() - 40) : match.start()]
        said = bool(_CARD_WORD.search(before))
        if _OTHER_WORD.search(before) and not said:
            continue
        if said or luhn(digits) or _FOURS.fullmatch(match.group()):
            taken.add(match.start(), match.end(), "card")
    if any(span.kind == "card" for span in taken.spans):
        for match in _EXPIRY.finditer(text):
            taken.add(match.start("it"), match.end("it"), "card")
    for pattern in (_CARD_TAIL, _LAST_DIGITS):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "card")


def find_masked(text: str, taken: Taken) -> None:
    """Card numbers as receipts print them: 5333 **** **** 2096, xxxx-xxxx-xxxx-2096."""
    if not any(sign in text for sign in ("**", "••", "··", "xx", "XX", "##")):
        return
    for match in _MASKED.finditer(text):
        written = match.group()
        digits = sum(map(str.isdecimal, written))
        hidden = max(written.lower().count(sign) for sign in "*x•·#")
        if hidden >= _MASKED_SIGNS and _MASKED_SIGNS <= digits <= 10:
            taken.add(match.start(), match.end(), "card")


def _is_right(start: int, end: int, text: str) -> bool:
    """Check digits by ISO 7064 mod 97-10, letters counting from A = 10."""
    code = "".join(sign for sign in text[start:end] if sign.isalnum()).upper()
    return code.isascii() and int("".join(str(int(s, 36)) for s in code[4:] + code[:4])) % 97 == 1


def luhn(digits: list[int]) -> bool:
    """Whether the last digit is the right check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def find_accounts(text: str, taken: Taken) -> None:
    """IBANs by their country's length (a shorter one, too, if it is nearly all digits)."""
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match["it"][:2].upper())
        if length is None:
            continue
        end, signs, digits = match.start(), 0, 0
        last_digit = end
        while end < match.end() and signs < length:
            if text[end].isalnum():
                signs += 1
                digits += text[end].isdecimal()
                if text[end].isdecimal():
                    last_digit = end + 1
            end += 1
        whole = signs == length
        if _PROSE.search(text, match.start() + 2, end) and not _is_right(match.start(), end, text):
            continue
        if whole and digits >= 10:
            taken.add(match.start(), end, "iban")
        elif digits >= 12:
            taken.add(match.start(), last_digit, "iban")
    for match in _ACCOUNT.finditer(text):
        taken.add(match.start("it"), match.end("it"), "iban")
