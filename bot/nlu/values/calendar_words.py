"""Names of days and months, Italian and English, folded, and what a calendar makes of them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Optional

_MONTH_NAMES = (
    "gennaio genn gen january jan",
    "febbraio febb feb february",
    "marzo mar march",
    "aprile apr april",
    "maggio mag may",
    "giugno giu june jun",
    "luglio lug july jul",
    # `ago` and `set` are words; they are months only before a year.
    "agosto august aug",
    "settembre sett september sept sep",
    "ottobre ott october oct",
    "novembre nov november",
    "dicembre dic december dec",
)
MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
_DAY_NAMES = (
    "lunedi monday",
    "martedi tuesday",
    "mercoledi wednesday",
    "giovedi thursday",
    "venerdi friday",
    "sabato saturday",
    "domenica sunday",
)
WEEKDAYS = {name: number for number, names in enumerate(_DAY_NAMES) for name in names.split()}
_SHORT_NAMES = (
    "lun mon",
    "mar tue tues",
    "mer merc wed weds",
    "gio giov thu thur thurs",
    "ven fri",
    "sab sat",
    "dom sun",
)
SHORT_WEEKDAYS = {
    name: number for number, names in enumerate(_SHORT_NAMES) for name in names.split()
}


def day(year: int, month: int, number: int) -> Optional[date]:
    """That day, None where the calendar has none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def weekday(number: int, today: date, tense: Optional[str]) -> date:
    """The last or next day of that name; never today, which people call today."""
    if tense == "future":
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


def weekday_of_week(number: int, today: date, weeks: int) -> date:
    """The day of that name in the week that is `weeks` after this one (Monday to Sunday)."""
    return today + timedelta(days=number - today.weekday() + 7 * weeks)


def day_of_year(month: int, number: int, today: date, tense: Optional[str]) -> Optional[date]:
    """That day in the year that is meant: by the tense, and else the nearest; the past at a tie."""
    found = [day(today.year + years, month, number) for years in (-4, -3, -2, -1, 0, 1, 2, 3, 4)]
    return _nearest([each for each in found if each], today, tense)


def day_of_month(number: int, today: date, tense: Optional[str]) -> Optional[date]:
    """The day of a month with that number: by the tense, and else the nearest."""
    found = [day_in(today, months, number) for months in range(-3, 4)]
    return _nearest([each for each in found if each], today, tense)


def day_in(today: date, months: int, number: int) -> Optional[date]:
    """Day `number` of the month that is `months` after this one."""
    place = today.year * 12 + today.month - 1 + months
    return day(place // 12, place % 12 + 1, number)


def months_away(today: date, months: int) -> date:
    """The same day `months` later or earlier; a shorter month's last."""
    place = today.year * 12 + today.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def _nearest(found: list[date], today: date, tense: Optional[str]) -> Optional[date]:
    if tense == "past":
        found = [each for each in found if each <= today]
    elif tense == "future":
        found = [each for each in found if each >= today]
    return min(found, key=lambda each: (abs(each - today), each), default=None)
