"""Days written with numbers: "3/11", "3 novembre 2025", "November 3rd", "dal 3 al 10"."""

from __future__ import annotations

import re
from datetime import date
from typing import Iterator, NamedTuple, Optional, Pattern

from bot.nlu.values import calendar_words as calendar
from bot.nlu.values import tense


class Span(NamedTuple):
    """A day, and from where to where it is written."""

    start: int
    end: int
    day: date


_MONTH = "|".join(sorted(calendar.MONTHS, key=len, reverse=True))
_ENGLISH_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_WEEKDAY = "|".join(sorted({*calendar.WEEKDAYS, *calendar.SHORT_WEEKDAYS}, key=len, reverse=True))
_NUMBER = r"(?:[12]\d|3[01]|0?[1-9])"
_ORDINAL = r"(?:°|st|nd|rd|th)"
_YEAR = r"(?:20\d\d|'\d\d)"
# A number may be a day's when the sentence goes on like this behind it.
_FREE = (
    r"(?=[ ]*(?:$|[;!?)\n…]|[.,](?!\d))|[ ](?:ed?|ma|o|non|che|alle|con|per|da|mi|vi|si|ho|avete"
    r"|abbiamo|era|sono|ancora|mattina|sera|pomeriggio|in|poi|pero|perche|quando|grazie|scorso"
    r"|prossimo|ore|verso|and|but|or|it|i|we|you|is|was|still|at|to|for|from|has|have|with|before"
    r"|because|so|then|please|thanks|that|which|my|the|no|not|nothing|a|arriv\w+|doveva)\b)"
)
_ISO = re.compile(r"(?<![\w./-])(20\d\d)-(\d{1,2})-(\d{1,2})(?![\w-])")
_WITH_YEAR = re.compile(
    r"(?<![\w.,/-])(\d{1,2})(?P<mark>[/.-])(\d{1,2})(?P=mark)(20\d\d|\d\d)(?![\w/]|[.,-]\d)"
)
_SLASHED = re.compile(
    rf"(?<![\w.,/-])(?P<day>{_NUMBER})/(?P<month>1[0-2]|0?[1-9])(?![\w/%]|[.,-]\d)"
)
# What a slash joins when one of these follows: "2/3 giorni", "1/2 kg".
_COUNTED = re.compile(
    r"[ ]?(?:kg|g|gr|giorn[oi]|gg|days?|or[ae]|hours?|settiman[ae]|weeks?|mes[ei]|months?|gomitol\w"
    r"|matass\w|balls?|skeins?|volte|times|pezzi|mm|cm|di|d'|of|del|della|punti|stelle|stars"
    r"|capi)\b"
)
_INTRODUCED = re.compile(
    rf"(?:\b(?:il|del|dal|al|per|in data|data|(?<!al )giorno|giorni|entro|dell'|dall'|all'|l'"
    rf"|on|by|the|since"
    rf"|from|to|until|till|of|dated|before|after|due|arriv\w+|ordin\w+|consegn\w+|{_WEEKDAY})"
    rf"[ ,:]{{0,2}})$"
)
_SHARED_MONTH = re.compile(
    rf"(?<![\w.,/€£$-])(?P<first>{_NUMBER}){_ORDINAL}?[ ]?(?:-|al|all'|to|until|till|e il|e l'|e"
    rf"|and the|and|to the)[ ]?(?:the )?(?P<second>{_NUMBER}){_ORDINAL}?[ ]"
    rf"(?:di |of )?(?P<month>{_MONTH})\b\.?(?:,?[ ](?P<year>{_YEAR})\b)?"
)
_DAY_MONTH = re.compile(
    rf"(?:\b(?:{_WEEKDAY})\.?,?[ ])?(?:the )?(?<![\w.,/€£$])"
    rf"(?:(?P<day>{_NUMBER}){_ORDINAL}?|(?P<first>primo|first))[ ]?(?:di |of |d')?"
    rf"(?P<month>{_MONTH}|(?:ago|set)(?=[ ]20\d\d))\b\.?(?:,?[ ](?:del )?(?P<year>{_YEAR})\b)?"
)
_MONTH_DAY = re.compile(
    rf"(?<!\bi )(?<!\bwe )(?<!\byou )\b(?P<month>{_ENGLISH_MONTH})\.?[ ](?:the )?"
    rf"(?P<day>{_NUMBER}){_ORDINAL}?"
    rf"(?![\w%/:]|[.,]\d)(?:,?[ ](?P<year>{_YEAR})\b)?"
)
_WEEKDAY_DAY = re.compile(
    rf"\b(?P<weekday>{_WEEKDAY})\.?,?[ ](?:il |the )?(?P<day>{_NUMBER}){_ORDINAL}?(?![\w/:%])"
    + _FREE
)
_BARE_RANGE = re.compile(
    rf"\b(?:dal|dall'|from the|between the|tra il|fra il|tra l'|fra l')[ ]?"
    rf"(?P<first>{_NUMBER}){_ORDINAL}?[ ](?:al|all'|to|to the|until the|till the|and the|e il|e l')"
    rf"[ ]?(?P<second>{_NUMBER}){_ORDINAL}?(?![\w/:%-])" + _FREE
)
_BARE_ITALIAN = re.compile(
    r"(?:\b(?:entro il|per il|fino al|(?<!al )giorno|dal|"
    r"(?:arriv|conseg|ordin|acquist|compr|pagat|sped|promess|dovev|previst|partit|ritir|scad|fatt"
    r"|ricevut|scritt|effettuat|richiest|parto|passo|vengo|prima|dopo|scontrino|bonifico|mail"
    r"|messaggio|fattura)\w{0,6}(?:[ ](?!ferr|uncin|tagli|misur)\w{1,12}){0,3}[ ](?:il|del"
    r"|prima del))[ ]"
    r"|\b(?:entro|arriv\w{1,5}|ordin\w{1,5}|sped\w{1,5}|per|comprat\w)[ ](?:l'|dell')(?=8|11))"
    rf"(?P<day>{_NUMBER})(?![\w/:%°-])" + _FREE
)
_BARE_ENGLISH = re.compile(
    rf"\b(?:on|by|for|since|from|until|till|before|after|due|dated|of|to|arrived|ordered|bought)[ ]"
    rf"the[ ](?P<day>{_NUMBER})(?:st|nd|rd|th)(?![\w-])" + _FREE
)
# A day that something is meant for may lie on either side of today.
_OPEN_TENSE = re.compile(r"\b(?:per il|for the|giorno)[ ]")
# What else is numbered like days: needles, sizes, houses.
_NOT_DAYS = re.compile(
    r"\b(?:ferr[oi]|uncinett[oi]|aghi|tagli[ae]|misur[ae]|needles?|hooks?|sizes?|numero|civico|mm"
    r"|livello|floor|piano)\b"
)
_REACH = 40


def find(folded: str, today: date) -> Iterator[Span]:
    """Days, the surest patterns first; spans may overlap."""
    for match in _ISO.finditer(folded):
        yield from _span(match, calendar.day(*(int(part) for part in match.groups())))
    for match in _WITH_YEAR.finditer(folded):
        yield from _span(match, _full(*(match.group(group) for group in (1, 3, 4))))
    for match in _SHARED_MONTH.finditer(folded):
        yield from _range(folded, match, today)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(folded):
            yield from _span(match, _with_month(folded, match, today))
    for match in _SLASHED.finditer(folded):
        yield from _slashed(folded, match, today)
    yield from _without_month(folded, today)


def _without_month(folded: str, today: date) -> Iterator[Span]:
    for match in _WEEKDAY_DAY.finditer(folded):
        yield from _span(match, _that_weekday(folded, match, today))
    for match in _BARE_RANGE.finditer(folded):
        if not _other_numbers(folded, match):
            yield from _range(folded, match, today)
    patterns: tuple[Pattern[str], ...] = (_BARE_ITALIAN, _BARE_ENGLISH)
    for pattern in patterns:
        for match in pattern.finditer(folded):
            if not _other_numbers(folded, match):
                said = tense.of(folded, match.start("day"), match.end())
                if said is None and not _OPEN_TENSE.search(folded, match.start(), match.end()):
                    said = "past"
                found = calendar.day_of_month(int(match["day"]), today, said)
                if found:
                    yield Span(match.start("day"), match.end(), found)


def _span(match: re.Match[str], day: Optional[date]) -> Iterator[Span]:
    if day:
        yield Span(match.start(), match.end(), day)


def _full(first: str, second: str, year: str) -> Optional[date]:
    """Day before month, as both countries write; the other way round where only that is a day."""
    years = int(year) if len(year) == 4 else 2000 + int(year)
    return calendar.day(years, int(second), int(first)) or (
        calendar.day(years, int(first), int(second)) if len(year) == 4 else None
    )


def _month_of(name: str) -> int:
    return {"ago": 8, "set": 9}.get(name) or calendar.MONTHS[name]


def _year_of(match: re.Match[str]) -> Optional[int]:
    year = match.groupdict().get("year")
    if not year:
        return None
    return int(year) if len(year) == 4 else 2000 + int(year[1:])


def _with_month(folded: str, match: re.Match[str], today: date) -> Optional[date]:
    month, number = _month_of(match["month"]), int(match["day"] or 1)
    year = _year_of(match)
    if year:
        return calendar.day(year, month, number)
    said = tense.of(folded, match.start(), match.end())
    return calendar.day_of_year(month, number, today, said)


def _range(folded: str, match: re.Match[str], today: date) -> Iterator[Span]:
    first, second = int(match["first"]), int(match["second"])
    said = tense.of(folded, match.start(), match.end())
    name = match.groupdict().get("month")
    if name:
        year = _year_of(match)
        end = (
            calendar.day(year, _month_of(name), second)
            if year
            else calendar.day_of_year(_month_of(name), second, today, said)
        )
    else:
        end = calendar.day_of_month(second, today, said or "past")
    begin = calendar.day_in(end, 0 if first <= second else -1, first) if end else None
    if begin and end:
        yield Span(match.start("first"), _after_ordinal(folded, match.end("first")), begin)
        yield Span(match.start("second"), match.end(), end)


def _after_ordinal(folded: str, end: int) -> int:
    mark = re.compile(_ORDINAL).match(folded, end)
    return mark.end() if mark else end


def _slashed(folded: str, match: re.Match[str], today: date) -> Iterator[Span]:
    number, month = int(match["day"]), int(match["month"])
    before = folded[max(0, match.start() - _REACH) : match.start()]
    if match.group() in ("24/7",) or _COUNTED.match(folded, match.end()):
        return
    alone = not folded.replace(match.group(), "", 1).strip(" .,!?")
    if number < 13 and not alone and not _INTRODUCED.search(before):
        return
    said = tense.of(folded, match.start(), match.end())
    yield from _span(match, calendar.day_of_year(month, number, today, said))


def _that_weekday(folded: str, match: re.Match[str], today: date) -> Optional[date]:
    """ "Lunedì 3": the nearest month in which that day has that name."""
    name = match["weekday"]
    weekday = calendar.WEEKDAYS.get(name, calendar.SHORT_WEEKDAYS.get(name))
    months = [calendar.day_in(today, offset, int(match["day"])) for offset in range(-6, 7)]
    named = [day for day in months if day and day.weekday() == weekday]
    said = tense.of(folded, match.start(), match.end())
    if named:
        return min(named, key=lambda day: (abs(day - today), day))
    return calendar.day_of_month(int(match["day"]), today, said or "past")


def _other_numbers(folded: str, match: re.Match[str]) -> bool:
    near = folded[max(0, match.start() - _REACH) : match.end() + 12]
    return bool(_NOT_DAYS.search(near))
