"""Days on the shop's calendar: which day a moment falls on, and working days from there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SATURDAY = 5
# National holidays that keep their date; Easter Monday is reckoned.
_HOLIDAYS = frozenset(
    {
        *((1, 1), (1, 6), (4, 25), (5, 1), (6, 2)),
        *((8, 15), (11, 1), (12, 8), (12, 25), (12, 26)),
    }
)


def _zone() -> tzinfo:
    try:
        return ZoneInfo("Europe/Rome")
    except ZoneInfoNotFoundError:
        return UTC


_SHOP_ZONE = _zone()


def day_of(moment: float) -> date:
    """The shop's calendar day of a moment in epoch seconds."""
    return datetime.fromtimestamp(moment, _SHOP_ZONE).date()


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for Italian holidays."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _HOLIDAYS:
        return False
    return day != _easter(day.year) + timedelta(days=1)


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def months_after(day: date, count: int) -> date:
    """The same day `count` months later; the month's last where it has none such."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian algorithm (Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
