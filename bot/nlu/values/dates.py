"""Days as customers name them: "ieri", "lunedì scorso", "il 3 novembre", "3/11", "two weeks ago".

A value is an ISO date, counted from the day of the message. What has happened lies in the past,
unless the words around it say that it is to come. Durations ("for ten days"), habits ("open on
Saturdays") and vague times ("last week") are no days and aren't found.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Iterator, List, Optional

from bot.nlu.values import day_patterns, near_days
from bot.nlu.values.found import Found

DATE = "date"

_NUMBERED = re.compile(r"\d|\bprimo\b|\bfirst\b")
_FROM = re.compile(
    r"\b(?:dal|dall'|da|since|between|tra|fra|starting|a partire dal?)[ ]?(?:il |the |l')?$"
)
_MAYBE_FROM = re.compile(r"\bfrom[ ](?:the )?$")
_UP_TO = re.compile(
    r"\b(?:entro|fino a|fino al|fino all'|by|until|till|prima d[ie]l?|before|up to)"
    r"[ ]?(?:il |the |l'|last |next |this )?$"
)
_JOINT = re.compile(
    r"[ ]?(?:al|all'|ad?|to|until|till|through|e|e il|e l'|and|and the|-)[ ]?(?:il |the |l')?"
)


def find(folded: str, today: date) -> List[Found]:
    """Days in a folded text; role `from` and `to` where one begins or ends a span of time."""
    spans: List[day_patterns.Span] = []
    taken = bytearray(len(folded))
    for span in _candidates(folded, today):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
            spans.append(span)
    spans.sort()
    found: List[Found] = []
    for place, span in enumerate(spans):
        last = found[-1] if found else None
        following = spans[place + 1] if place + 1 < len(spans) else None
        role = _role(folded, span, last, following)
        day = span.day
        if role == "to" and last and last.role == "from":
            day = _not_before(day, date.fromisoformat(last.value), folded[span.start : span.end])
        found.append(Found(DATE, day.isoformat(), span.start, span.end, role))
    return found


def _not_before(day: date, begin: date, written: str) -> date:
    """A weekday that ends a span is the first of its name after the begin."""
    if day >= begin or any(character.isdigit() for character in written):
        return day
    return day + timedelta(days=-(-(begin - day).days // 7) * 7)


def _candidates(folded: str, today: date) -> Iterator[day_patterns.Span]:
    """The surest patterns first."""
    if _NUMBERED.search(folded):
        yield from day_patterns.find(folded, today)
    yield from near_days.find(folded, today)


def _role(
    folded: str,
    span: day_patterns.Span,
    last: Optional[Found],
    following: Optional[day_patterns.Span],
) -> Optional[str]:
    before = folded[max(0, span.start - 24) : span.start]
    if last and last.role == "from" and _JOINT.fullmatch(folded[last.end : span.start]):
        return "to"
    if _FROM.search(before):
        return "from"
    if _UP_TO.search(before):
        return "to"
    goes_on = following and _JOINT.fullmatch(folded[span.end : following.start])
    # "My order from Tuesday" begins nothing.
    return "from" if goes_on and _MAYBE_FROM.search(before) else None
