"""Everything that a message names, in one pass: no two values share a letter.

What is found first has the letters. The order is that of certainty: addresses, order numbers and
codes have a form of their own; an amount has its currency; a name may be any word.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Iterable, List, Optional

from bot.nlu.patterns import EMAIL, ORDER_NUMBER
from bot.nlu.patterns import find as find_numbers
from bot.nlu.values import amounts, cities, coupons, dates, ideas, orders, phones, products
from bot.nlu.values.folding import fold
from bot.nlu.values.found import TAKEN, Found, blank

# Letters read; nobody puts their telephone number behind as many.
MOST_CHARACTERS = 10_000
# Values kept: a message with more is no message of a customer, and all would be stored.
MOST_VALUES = 60
_ORDER_BEFORE = re.compile(r"\b(?:ordin[ei]?|ord|orders?)\b[\W\w]{0,16}$")


def read(text: str, today: date, language: Optional[str] = None) -> List[Found]:
    """Values in `text`, in the order they stand there, normalised; days counted from `today`.

    `language` is the message's, `it` or `en`: numbers and names that could be either's are its.
    """
    text = text[:MOST_CHARACTERS]
    folded = fold(text)
    found = _numbers(text, folded, language)
    rest = blank(folded, found, TAKEN)
    for finder in (amounts.find, lambda folded: dates.find(folded, today), ideas.find):
        rest = _taken(found, rest, finder(rest))
    names = blank(text, found, TAKEN)
    rest = _taken(found, rest, coupons.find(names, rest))
    rest = _taken(found, rest, products.find(names, rest, language))
    _taken(found, rest, cities.find(names, rest))
    return sorted(found, key=lambda item: item.start)[:MOST_VALUES]


def _taken(found: List[Found], rest: str, more: Iterable[Found]) -> str:
    more = list(more)
    found.extend(more)
    return blank(rest, more, TAKEN) if more else rest


def _numbers(text: str, folded: str, language: Optional[str]) -> List[Found]:
    """Addresses, order numbers, codes and telephones.

    Half a telephone number may look like an order number ("my number is 07700 900123") or a code;
    then the telephone has it, unless it was called an order's.
    """
    found = find_numbers(text)
    sure = [item for item in found if item.entity == EMAIL or _surely_order(folded, item)]
    telephones = phones.find(blank(folded, sure, TAKEN), language)
    rest = blank(folded, telephones, TAKEN)
    found = [item for item in found if TAKEN not in rest[item.start : item.end]] + telephones
    return orders.with_corrections(folded, sorted(found, key=lambda item: item.start))


def _surely_order(folded: str, item: Found) -> bool:
    if item.entity != ORDER_NUMBER:
        return False
    prefixed = not folded[item.start].isdigit()
    return prefixed or bool(_ORDER_BEFORE.search(folded[max(0, item.start - 32) : item.start]))
