"""Order numbers that are put right: "non il 20398, il 20391" means the second."""

from __future__ import annotations

import re
from typing import List

from bot.nlu.values.found import Found, blank

ORDER_NUMBER = "order_number"
NOT = "not"

_FIVE = re.compile(r"(?<![\w@.,/€$£#-])(\d{5})(?![\w@€$£%/]|[.,-]\d|[ ]?(?:euro|eur)\b)")
# The words that may stand between the "not" and the number that it takes back.
_BETWEEN = (
    r"(?:[ ]?(?:e'?|era|is|was|it|it's|its|that|the|my|il|lo|la|l'|del|dell'|quello|quella"
    r"|mio|order|ordine"
    r"|number|numero|one|n|no|nr|num|about|for|per|da|di|parlo|intendo|mean|meant"
    r"|dicevo)\b[.°:'#]?){0,5}"
    r"[ ]?#?[ ]?$"
)
_DENIED = re.compile(
    r"(?:\b(?:non|not|anziche|invece d(?:i|el|ell')|al posto d(?:i|el|ell')|instead of|rather than"
    r"|sbagliat[oa],?)|n't)\b" + _BETWEEN
)
_REACH = 48


def with_corrections(folded: str, found: List[Found]) -> List[Found]:
    """The values found, with role `not` on order numbers that the customer takes back.

    Where one is taken back, five bare digits beside it are order numbers, too.
    """
    bare = _FIVE.finditer(blank(folded, found, " "))
    numbers = [item for item in found if item.entity == ORDER_NUMBER]
    loose = [Found(ORDER_NUMBER, f"LA-{match[1]}", match.start(1), match.end(1)) for match in bare]
    several = len({item.value for item in (*numbers, *loose)}) > 1
    denied = {item for item in (*numbers, *loose) if _denied(folded, item)}
    if not denied:
        return found
    if not several:
        # "Isn't it LA-20398?" asks; "non è LA-20398" says which one it isn't.
        if loose or folded.rstrip().endswith("?"):
            return found
        loose = []
    others = [item for item in found if item.entity != ORDER_NUMBER]
    numbers = [item._replace(role=NOT) if item in denied else item for item in (*numbers, *loose)]
    return sorted([*others, *numbers], key=lambda item: item.start)


def _denied(folded: str, item: Found) -> bool:
    return bool(_DENIED.search(folded[max(0, item.start - _REACH) : item.start]))
