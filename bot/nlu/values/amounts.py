"""Amounts of money: "49,90 €", "£12.50", "trenta euro", "forty pounds"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import List, Optional, Tuple

from bot.nlu.values.found import Found
from bot.nlu.values.number_words import last_number

AMOUNT = "amount"

_NUMBER = (
    r"\d{1,3}(?:[. ']\d{3}){1,2}(?:,\d{1,2})?|\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,2})?"
    r"|\d{1,7}(?:[.,]\d{1,2})?"
)
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
_WORDS = {
    **dict.fromkeys(("euro", "euros", "eur", "euri", "eurini"), "EUR"),
    **dict.fromkeys(("pound", "pounds", "quid", "sterlina", "sterline", "gbp"), "GBP"),
    **dict.fromkeys(("dollar", "dollars", "dollaro", "dollari", "bucks", "usd"), "USD"),
    **dict.fromkeys(("franc", "francs", "franchi", "chf"), "CHF"),
}
_HUNDREDTHS = {
    **dict.fromkeys(("centesimi", "centesimo", "cent", "cents"), "EUR"),
    **dict.fromkeys(("pence", "penny", "p"), "GBP"),
}
_CURRENCY = "|".join(sorted(_WORDS, key=len, reverse=True))
_BEFORE = re.compile(
    rf"(?:(?P<sign>[€£$])|\b(?P<word>eur|euro|gbp|usd|chf))[ ]?(?P<number>{_NUMBER})"
    r"(?!\w|[.,]?\d|[ ]?%)(?:,-|,--|[.]-)?"
)
_AFTER = re.compile(
    rf"(?<![\w.,/€£$\ufffc])(?P<number>{_NUMBER})(?:,-+)?[ ]?"
    rf"(?:(?P<sign>[€£$])(?P<cents>\d{{2}}(?![\d.,]\d|\d))?|(?P<word>{_CURRENCY})\b"
    r"|(?P<small>centesim[io]|cents?|pence|p)\b)"
)
_UNIT = re.compile(rf"\b(?P<word>{_CURRENCY})\b|\b(?P<small>centesim[io]|cents?|pence|penny)\b")
# "Venti euro e cinquanta centesimi", "3 pounds 50".
_AND_CENTS = re.compile(
    r"[ ](?:e[ ]|and[ ])?(?:(?P<digits>\d{1,2})|(?P<words>[a-z]{3,20}))"
    r"[ ]?(?:centesimi|centesimo|cents?|pence|p)\b"
    r"|[ ](?:e[ ])?(?P<bare>\d{2})(?=[ ]?[.,;!?)\n]|$)(?![.,]\d)"
)
# Pounds that are weighed, coins that are not counted here.
_WEIGHT = re.compile(r"[ ](?:of|di)[ ](?:wool|yarn|fleece|fibre|lana|filato|weight)\b")
_LOOK_BACK = 60
_WORD = re.compile(r"[a-z]+")

_PAID = re.compile(
    r"\b(?:pagat[oaie]|pago|paid|pay|spes[oaie]|spent|charged?|addebit\w{1,4}|presi|preso"
    r"|prelevat\w"
    r"|taken|took|scalat\w|bonifico)\b[^.;!?\n\d]{0,24}$"
)
_REFUND = re.compile(
    r"\b(?:rimbors\w{1,6}|refund\w{0,3}|restitui\w{1,4}|ridat\w|storn\w{1,4}|accredit\w{1,4}"
    r"|money back|only had)\b[^.;!?\n\d]{0,24}$"
)
_BACK = re.compile(r"[ ](?:back|refund|refunded|indietro|di rimborso)\b")


def find(folded: str) -> List[Found]:
    """Amounts like `49.90 EUR`; role `paid` or `refund` where the words before say so."""
    spans: List[Tuple[int, int, str]] = []
    free = 0
    matches = sorted(
        [*_BEFORE.finditer(folded), *_AFTER.finditer(folded), *_UNIT.finditer(folded)],
        key=lambda match: (match.start(), -match.end()),
    )
    for match in matches:
        read = _read(folded, match) if match.start() >= free else None
        if read and read[0] >= free:
            spans.append(read)
            free = read[1]
    return [
        Found(AMOUNT, value, start, end, _role(folded, start, end)) for start, end, value in spans
    ]


def _read(folded: str, match: re.Match[str]) -> Optional[Tuple[int, int, str]]:
    groups = match.groupdict()
    start, end = match.span()
    sign, word, small = groups.get("sign"), groups.get("word"), groups.get("small")
    currency = _SIGNS[sign] if sign else _WORDS[word] if word else _HUNDREDTHS[small or ""]
    number = groups.get("number")
    if number is not None:
        value = _decimal(number)
        if groups.get("cents"):
            value += Decimal(groups["cents"]) / 100
    else:
        said = _said_before(folded, start)
        if said is None:
            return None
        value, start = said
    if small:
        value /= 100
    if currency == "GBP" and not sign and _WEIGHT.match(folded, end):
        return None
    more = None if small or value % 1 else _AND_CENTS.match(folded, end)
    if more:
        cents = _cents(more, whole_currency=bool(word))
        if cents is not None:
            value, end = value + cents, more.end()
    return start, end, f"{value.quantize(Decimal('0.01'))} {currency}"


def _said_before(folded: str, end: int) -> Optional[Tuple[Decimal, int]]:
    """The number in words that ends before `end`, and where it begins."""
    offset = max(0, end - _LOOK_BACK)
    near = folded[offset:end]
    if not near.endswith((" ", "-")):
        return None
    words = list(_WORD.finditer(near))
    # Words that only spaces and hyphens keep apart.
    chain: List[re.Match[str]] = []
    after = len(near)
    for word in reversed(words[-5:]):
        if near[word.end() : after].strip(" -"):
            break
        chain.insert(0, word)
        after = word.start()
    said = last_number([word.group() for word in chain])
    if said is None or not said[0]:
        return None
    return Decimal(said[0]), offset + chain[-said[1]].start()


def _cents(more: re.Match[str], *, whole_currency: bool) -> Optional[Decimal]:
    if more["bare"]:
        return Decimal(more["bare"]) / 100 if whole_currency else None
    if more["digits"]:
        return Decimal(more["digits"]) / 100
    said = last_number([more["words"]])
    return Decimal(said[0]) / 100 if said and said[0] < 100 else None


def _decimal(number: str) -> Decimal:
    """The last mark is the decimal one, unless three digits follow it."""
    number = number.replace(" ", "").replace("'", "")
    whole, mark, rest = number, "", ""
    for place in range(len(number) - 1, -1, -1):
        if number[place] in ".,":
            whole, mark, rest = number[:place], number[place], number[place + 1 :]
            break
    if mark and len(rest) == 3:
        whole, rest = whole + rest, ""
    return Decimal(f"{re.sub('[.,]', '', whole)}.{rest or 0}")


def _role(folded: str, start: int, end: int) -> Optional[str]:
    before = folded[max(0, start - _LOOK_BACK) : start]
    if _BACK.match(folded, end) or _REFUND.search(before):
        return "refund"
    return "paid" if _PAID.search(before) else None
