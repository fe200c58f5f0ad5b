"""Finds payment card numbers in free text.

A card is a run of 13 to 19 digits, alone or in groups with single spaces or dashes, whose Luhn
digit is right (ISO/IEC 7812-1). In a longer or looser run, and inside a longer code, only numbers
that a card scheme issues (its prefix and length) count. International phone numbers (+39 …),
numbers that begin with 0 (no scheme has them), numbers right after "tracking number" and, unless a
scheme issues them, numbers that the words around call a shipment, an order or an amount are let
through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CARD = "⟦card⟧"
CONTEXT = 40
"""Characters before a number in which a word says what it is."""
LONGEST_ADDRESS = 300
"""Characters before a number in which the beginning of a web address is looked for."""
# Spaces, no-break and thin spaces, hyphens and dashes, and what copying leaves between digits.
SEPARATOR = r"[ \u00a0\u2007\u2009\u202f\u200b\-\u2010-\u2015]"
_STRICT_RUN = re.compile(rf"\d(?:{SEPARATOR}?\d)*+")
_LOOSE_RUN = re.compile(rf"\d(?:(?:{SEPARATOR}|[._\t\n\r]){{0,3}}\d)*+")
_GROUP = re.compile(r"\d+")
# Order numbers and dates end a run: what stands beside them is another number.
_APART = re.compile(
    r"(?<![A-Za-z])LA[ -]?\d{5}(?!\d)|#\d{5}(?!\d)"
    r"|(?<!\d)20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)",
    re.IGNORECASE,
)
_CARD_WORD = re.compile(r"\b(?:cart[ae]|cards?|visa|mastercard|maestro|amex|bancomat)\b", re.I)
_OTHER_WORD = re.compile(
    r"track|spedizion|spedit|corriere|pacc[oh]|parcel|ship|deliver|consegna|vettura|\bldv\b|\bawb\b"
    r"|\b(?:brt|gls|sda|dhl|ups|fedex|tnt|poste|usps)\b|ordin[ei]|\border|\btel|cell|phone|mobile"
    r"|whatsapp|[€£$]\s*$|\b(?:eur|euro|usd|gbp)\s*$",
    re.IGNORECASE,
)
_TRACKING_BEFORE = re.compile(
    r"(?:\btracking|\btracciamento|\b(?:codice|numero|n\.?)(?: di)? spedizione|lettera di vettura"
    r"|\bldv|\bawb)(?: (?:code|number|no\.?|id))?(?: (?:è|is))?[ :#=n°.-]{0,4}$",
    re.IGNORECASE,
)
_AMOUNT_AFTER = re.compile(r"(?:[,.]\d\d(?!\d))?\s?(?:[€£$]|eur|usd|gbp|sterl|dollar)", re.I)


def mask_cards(text: str) -> str:
    """The text with ⟦card⟧ in place of every card number."""
    if not _has_digits(text, 13):
        return text
    text = _replaced(text, _whole_cards(text))
    return _replaced(text, _issued_cards(text))


def _replaced(text: str, spans: Iterator[tuple[int, int]]) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        pieces += [text[end:start], CARD]
        end = stop
    return text if not pieces else "".join([*pieces, text[end:]])


def _whole_cards(text: str) -> Iterator[tuple[int, int]]:
    """Runs of digits that are, as a whole, a number with a right Luhn digit."""
    for start, end in _runs(_STRICT_RUN, text):
        digits = _digits(text[start:end])
        if not 13 <= len(digits) <= 19 or digits[0] == 0 or not luhn(digits):
            continue
        glued = _is_word(text, start - 1) or _is_word(text, end)
        if glued or _is_phone(text, start, len(digits)) or _is_called_otherwise(text, start, end):
            continue
        yield start, end


def _issued_cards(text: str) -> Iterator[tuple[int, int]]:
    """Groups of digits, wherever they stand in a run, that make a number a card scheme issues."""
    for run_start, run_end in _runs(_LOOSE_RUN, text):
        if run_end - run_start < 13:
            continue
        groups = [
            (m.start(), m.end() - m.start()) for m in _GROUP.finditer(text, run_start, run_end)
        ]
        digits = _digits(text[run_start:run_end])
        if len(digits) < 13:
            continue
        sums = _luhn_sums(digits)
        group, first = 0, 0
        while group < len(groups):
            last = _issued_end(digits, sums, groups, group, first)
            count = sum(length for _, length in groups[group:last])
            if last and not (group == 0 and _begins_otherwise(text, run_start, count)):
                yield groups[group][0], groups[last - 1][0] + groups[last - 1][1]
            else:
                last, count = group + 1, groups[group][1]
            group, first = last, first + count


def _issued_end(
    digits: list[int],
    sums: tuple[list[int], list[int]],
    groups: list[tuple[int, int]],
    group: int,
    first: int,
) -> int:
    """The group after the card number that begins at this group (digit `first`), or 0."""
    lengths = _issued_lengths(digits, first)
    total, last = 0, group
    while lengths and last < len(groups) and total < 19:
        total += groups[last][1]
        last += 1
        end = first + total
        if total in lengths and (sums[end % 2][end] - sums[end % 2][first]) % 10 == 0:
            return last
    return 0


def _issued_lengths(digits: list[int], first: int) -> tuple[int, ...]:
    """How long the numbers are that a scheme issues under this prefix; empty when none does."""
    one = digits[first]
    if one not in (2, 3, 4, 5, 6) or first + 13 > len(digits):
        return ()
    if one == 4:
        return (16, 19)
    four = one * 1000 + digits[first + 1] * 100 + digits[first + 2] * 10 + digits[first + 3]
    two = four // 100
    if two in (34, 37):
        return (15,)
    if two in (36, 38, 39) or 3000 <= four <= 3059:
        return (14,)
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204 or 3528 <= four <= 3589:
        return (16,)
    if two in (62, 64, 65) or four in (6011, 5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763):
        return (16, 18, 19)
    return ()


def luhn(digits: list[int]) -> bool:
    """Whether the last digit is the right check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _luhn_sums(digits: list[int]) -> tuple[list[int], list[int]]:
    """Sums up to each position, for numbers that end at an even and at an odd one."""
    even, odd = [0], [0]
    for position, d in enumerate(digits):
        twice = d * 2 - 9 if d > 4 else d * 2
        # The digit before an even end stands at an odd position and counts once.
        even.append(even[-1] + (d if position % 2 else twice))
        odd.append(odd[-1] + (twice if position % 2 else d))
    return even, odd


def _runs(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Runs of digits between order numbers and dates."""
    position = 0
    for apart in _APART.finditer(text):
        for match in pattern.finditer(text, position, apart.start()):
            yield match.span()
        position = apart.end()
    for match in pattern.finditer(text, position):
        yield match.span()


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdecimal()]


def _has_digits(text: str, count: int) -> bool:
    return len(text) >= count and len(_EACH_DIGIT.findall(text)) >= count


_EACH_DIGIT = re.compile(r"\d")


def _is_word(text: str, index: int) -> bool:
    """Whether a letter or one of our marks stands there: the digits are part of a longer code."""
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] in "_⟦⟧")


def _is_phone(text: str, start: int, digits: int) -> bool:
    """+ and up to 15 digits (ITU-T E.164)."""
    return start > 0 and text[start - 1] == "+" and digits <= 15


def _begins_otherwise(text: str, start: int, digits: int) -> bool:
    """Whether what stands right before a number says that it is a phone or a shipment."""
    before = text[max(0, start - CONTEXT) : start]
    return _is_phone(text, start, digits) or bool(_TRACKING_BEFORE.search(before))


def _is_called_otherwise(text: str, start: int, end: int) -> bool:
    """Whether the words around a number say that it is a shipment, an order or an amount."""
    said = text[max(0, start - CONTEXT) : start]
    token = text[max(0, start - LONGEST_ADDRESS) : start].rsplit(None, 1)[-1:]
    if token and ("://" in token[0] or token[0].lower().startswith("www.")):
        return True
    if _CARD_WORD.search(said):
        return False
    return bool(_OTHER_WORD.search(said) or _AMOUNT_AFTER.match(text, end))
