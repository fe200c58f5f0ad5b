"""Order numbers, e-mail addresses and one-time codes as customers write them, in both languages."""

from __future__ import annotations

import re
import unicodedata

from bot.nlu.values.found import Found, blank

ORDER_NUMBER = "order_number"
EMAIL = "email"
CODE = "code"

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w+-](?:[\w.+-]{0,62}[\w+-])?"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b",
    re.IGNORECASE,
)
_NOT_INSIDE_NUMBER = r"(?<![\w@-])"
_END_OF_NUMBER = r"(?![\w@]|[.,-]\d)"
_PREFIXED_ORDER = re.compile(
    _NOT_INSIDE_NUMBER + r"l\.?a\.?[\s._–—-]{0,3}(\d{5})" + _END_OF_NUMBER, re.IGNORECASE
)
_ANNOUNCED_ORDER = re.compile(
    r"(?:#\s?"
    r"|\b(?:n|nr|num|no)\s?[.°º:]{1,2}\s?"
    r"|\b(?:ordine|ordin|ord|order|ordre|numero|number|nr|num)\b"
    r"(?:\s?(?:n|nr|num|no|numero|number|è|e'|is|:|#|\.|°|º))*\s*)"
    r"(\d{5})" + _END_OF_NUMBER,
    re.IGNORECASE,
)
_ORDER_WORD = re.compile(r"\b(?:ordin[ei]|orders?)\b", re.IGNORECASE)
_BARE_ORDER = re.compile(
    r"(?<![\w@.,€$£/-])(?<!cap )(?<!zip )(\d{5})" + r"(?![\w@€$£%/]|[.,-]\d|\s?(?:euro|eur)\b)",
    re.IGNORECASE,
)
# "Via dei Mulini 8, 13900 Biella": the postcode of a town.
_STREET = re.compile(
    r"\b(?:via|viale|vicolo|piazza|piazzale|p\.?za|corso|largo|strada|loc(?:alità|\.)|frazione|fraz\.|borgo"
    r"|borgata|cascina|contrada|rue|stra(?:ss|ß)e)\b|\w{3}stra(?:ss|ß)e\b",
    re.IGNORECASE,
)
_TOWN = re.compile(r"[ ,]{1,3}[^\W\d_]{2}")
_CODE = re.compile(
    r"(?<![\w@#.,/€$£-])(?<!\d\s)(\d{3})[\s.·–-]?(\d{3})(?![\w@%€$£/]|[.,-]\d|\s\d)", re.IGNORECASE
)

# What may stand around a value when a customer does nothing but give it.
_FILLER_WORDS = (
    "ecco è e' e il lo la l' mio mia my is it's its it the a code codice numero number no n nr "
    "ordine order otp pin mail email e-mail posta indirizzo address this that questo questa here "
    "you go are sono per favore please pls grazie thanks thank ciao salve hi hello buongiorno "
    "buonasera sì si yes yep ok okay certo sure allora quindi then so credo penso dovrebbe essere "
    "should be i think di del dell' of dice says verifica verification conferma era was"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]*)?", re.UNICODE)


def find(text: str) -> list[Found]:
    """Values in `text`, in order of appearance, normalised: LA-20417, ada@example.com, 482913."""
    found = [
        Found(EMAIL, match.group().lower(), match.start(), match.end())
        for match in _EMAIL.finditer(text)
    ]
    rest = blank(text, found)
    orders = [_order(match, 0) for match in _PREFIXED_ORDER.finditer(rest)]
    rest = blank(rest, orders)
    orders += [_order(match, 1) for match in _ANNOUNCED_ORDER.finditer(rest)]
    rest = blank(rest, orders)
    # Five digits alone are an order number only where the message is about nothing else: Italian
    # postcodes have five digits too.
    if _ORDER_WORD.search(text) or not _beyond_filler(_BARE_ORDER.sub(" ", rest)):
        in_address = bool(_STREET.search(text))
        orders += [
            _order(match, 1)
            for match in _BARE_ORDER.finditer(rest)
            if not (in_address and _TOWN.match(rest, match.end()))
        ]
        rest = blank(rest, orders)
    found += orders
    found += [
        Found(CODE, _digits(match.group(1) + match.group(2)), match.start(), match.end())
        for match in _CODE.finditer(rest)
    ]
    return sorted(found, key=lambda item: item.start)


def without_values(text: str) -> str:
    """The text without order numbers, addresses and codes, which say nothing about the intent."""
    return " ".join(blank(text, find(text)).split())


def only_values(text: str) -> bool:
    """Whether the message is (almost) nothing but one or more of those values."""
    found = find(text)
    return bool(found) and not _beyond_filler(blank(text, found))


def _order(match: re.Match[str], from_group: int) -> Found:
    digits = _digits(match.group(1))
    return Found(ORDER_NUMBER, f"LA-{digits}", match.start(from_group), match.end())


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(character)) for character in text)


def _beyond_filler(text: str) -> bool:
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if any(character.isdigit() for character in text) or "?" in text:
        return True
    return any(word not in _FILLER for word in words)
