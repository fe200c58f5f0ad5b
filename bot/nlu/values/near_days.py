"""Days named by how near they are: "ieri", "lunedì scorso", "tre giorni fa", "next Tuesday"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Iterator, Optional

from bot.nlu.values import calendar_words as calendar
from bot.nlu.values import number_words, tense
from bot.nlu.values.day_patterns import Span

_RELATIVE = {
    -2: r"l'altro ?ieri|ieri l'altro|altro ?ieri|avant[' ]?ieri|(?:the )?day before yesterday",
    2: r"dopo ?domani|(?:the )?day after tomorrow",
    -1: r"ieri(?: (?:sera|mattina|pomeriggio|notte))?|yesterday(?: (?:morning|afternoon|evening))?"
    r"|last night",
    1: r"domani(?: (?:sera|mattina|pomeriggio))?|domattina"
    r"|tomorrow(?: (?:morning|afternoon|evening))?|tomorow|tomorrrow|tmrw",
    0: r"oggi|stamattina|stamani|stamane|stasera|questa (?:mattina|sera)|questo pomeriggio|today"
    r"|tonight|this (?:morning|afternoon|evening)",
}
_ORDER = (-2, 2, -1, 1, 0)
_NAMED = re.compile(
    "|".join(rf"(?P<day{place}>\b(?:{_RELATIVE[days]})\b)" for place, days in enumerate(_ORDER))
)
_UNITS = (
    r"(?P<unit>giorn[oi]|gg|settiman[ae]|mes[ei]|ann[oi]|days?|weeks?|wks?|months?|years?"
    r"|fortnights?)"
)
_COUNT = r"(?:(?P<digits>\d{1,3})|(?P<words>[a-z]{1,20}(?:[ -][a-z]{3,6})?))"
_AGO = re.compile(
    rf"(?<![\w.,/-]){_COUNT}[ ]?{_UNITS}[ ](?:fa|or sono|orsono|ago|back)\b(?![ ]as\b)"
)
_AHEAD = re.compile(
    rf"\b(?:(?:fra|tra|in)[ ]{_COUNT}[ ]?{_UNITS}"
    rf"(?P<time>(?:'s?)?[ ]time)?|{_COUNT.replace('digits', 'digits2').replace('words', 'words2')}"
    rf"[ ]{_UNITS.replace('unit', 'unit2')}[ ]from now)\b(?![ ](?:lavorativi|di lavoro))"
)
# "In three days" is a day only to who speaks of what they have before them.
_PLANS = re.compile(
    r"\b(?:i'm|im|we're|i am|we are|wedding|party|birthday|need\w{0,2}|leav\w{1,3}|flying|due"
    r"|starts?)"
    r"\b[^.!?\n]{0,40}$"
)
# Who says "a hundred years ago" names no day.
_MOST_YEARS = 20
_LONG = "|".join(sorted(calendar.WEEKDAYS, key=len, reverse=True))
_SHORT = "mon|tues?|weds?|thu(?:rs?)?|fri|lun|gio|ven|sab|dom"
_OTHER_WEEK = (
    r"(?:della[ ])?(?:scorsa settimana|settimana scorsa)|(?:of[ ])?last week"
    r"|(?:della[ ])?(?:prossima settimana|settimana prossima)|(?:of[ ])?next week"
)
_WEEKDAY = re.compile(
    rf"\b(?:(?P<before>scors[oa]|passat[oa]|quest[oa]|prossim[oa]|last|this(?: coming)?|next|past"
    rf"|coming)[ ])?(?:(?P<long>{_LONG})|(?P<short>{_SHORT})\.?)"
    rf"(?:,?[ ](?P<after>scors[oa]|passat[oa]|prossim[oa]|{_OTHER_WEEK}|last(?![ ]\w)))?(?!\w)"
)
_SHORT_FITS = re.compile(r"\b(?:on|by|since|until|till|before|entro|da|di|for|per)[ ]$")
_HABIT = re.compile(
    r"\b(?:il|la|i|le|ogni|del|della|dal|dalla|al|alla|nei|every|each|black|cyber|good|easter)[ ]$"
)
# "It's Thursday", said on a Thursday.
_IS_TODAY = re.compile(r"(?:\be|\b(?:it's|its|it is|is|siamo a|oggi))[ ]$")
_OPENING = re.compile(r"\b(?:orari[oa]?|apert[oaie]|aprite|chius[oaie]|open|opening|hours)\b")
_SPAN_OF_WEEK = re.compile(r"[ ](?:a|al|to|e|-|through)[ ]$")


def find(folded: str, today: date) -> Iterator[Span]:
    """Days named from today; spans may overlap, the surest come first."""
    for match in _NAMED.finditer(folded):
        days = _ORDER[int((match.lastgroup or "day0").removeprefix("day"))]
        yield Span(match.start(), match.end(), today + timedelta(days=days))
    for match in _AGO.finditer(folded):
        yield from _counted(match, today, match["digits"], match["words"], match["unit"], -1)
    for match in _AHEAD.finditer(folded):
        yield from _ahead(folded, match, today)
    for match in _WEEKDAY.finditer(folded):
        day = _weekday(folded, match, today)
        if day:
            yield Span(match.start(), match.end(), day)


def _ahead(folded: str, match: re.Match[str], today: date) -> Iterator[Span]:
    before = folded[max(0, match.start() - 60) : match.start()]
    vague = match.group().startswith("in ") and not match["time"]
    if vague and not (_PLANS.search(before) and tense.of(folded, *match.span()) != "past"):
        return
    yield from _counted(
        match,
        today,
        match["digits"] or match["digits2"],
        match["words"] or match["words2"],
        match["unit"] or match["unit2"],
        1,
    )


def _counted(
    match: re.Match[str],
    today: date,
    digits: Optional[str],
    words: Optional[str],
    unit: str,
    direction: int,
) -> Iterator[Span]:
    start = match.start()
    if digits:
        count = int(digits)
    else:
        said = (words or "").replace("-", " ").split()
        counted = (1, 1) if said[-1:] in (["a"], ["an"]) else number_words.last_number(said)
        if counted is None:
            return
        count = counted[0]
        if counted[1] < len(said) and words:
            # The word before belongs to the sentence: "arrivato tre giorni fa".
            begin = match.start("words") if match["words"] else match.start("words2")
            start = begin + len(words) - len(said[-1])
    day = _moved(today, unit, direction * count)
    if day:
        yield Span(start, match.end(), day)


def _moved(today: date, unit: str, count: int) -> Optional[date]:
    if unit.startswith(("m", "a", "y")):
        months = count if unit.startswith("m") else count * 12
        return calendar.months_away(today, months) if abs(months) <= _MOST_YEARS * 12 else None
    length = 14 if unit.startswith("f") else 7 if unit.startswith(("s", "w")) else 1
    return today + timedelta(days=count * length)


def _weekday(folded: str, match: re.Match[str], today: date) -> Optional[date]:
    before = folded[max(0, match.start() - 60) : match.start()]
    said = f"{match['before'] or ''} {match['after'] or ''}"
    if match["short"] and not (said.strip() or _SHORT_FITS.search(before)):
        return None
    if not said.strip() and (_HABIT.search(before) or _opening(folded, match, before)):
        return None
    number = calendar.WEEKDAYS.get(match["long"] or "")
    if number is None:
        number = calendar.SHORT_WEEKDAYS[match["short"]]
    week = 1 if "next week" in said or ("prossima" in said and "settimana" in said) else 0
    week = -1 if "last week" in said or ("scorsa" in said and "settimana" in said) else week
    if week:
        return calendar.weekday_of_week(number, today, week)
    if number == today.weekday() and _IS_TODAY.search(before):
        return today
    return calendar.weekday(number, today, _direction(said) or tense.of(folded, *match.span()))


def _direction(said: str) -> Optional[str]:
    if re.search(r"scors|passat|last|past", said):
        return "past"
    return "future" if re.search(r"prossim|next|coming", said) else None


def _opening(folded: str, match: re.Match[str], before: str) -> bool:
    """ "Da lunedì a venerdì" beside opening hours is every week."""
    joined = _SPAN_OF_WEEK.search(before) or _SPAN_OF_WEEK.search(folded[match.end() :][:4] + " ")
    joined = joined or re.match(r"[ ](?:a|al|to|-|through)[ ]", folded[match.end() :][:10])
    return bool(joined and _OPENING.search(folded[max(0, match.start() - 60) : match.end() + 40]))
