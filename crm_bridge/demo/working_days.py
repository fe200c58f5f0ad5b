"""Moments counted from today, and the days on which the mill packs and carriers deliver.

Everything in the past of the demo company ends before the start of `today` in UTC, so that it may
be seeded at any hour of that day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

_SATURDAY = 5
_AMERICAS = {"US", "CA"}


def midnight(today: date) -> datetime:
    """The start of that day in UTC: the end of the demo company's past."""
    return datetime.combine(today, time(), UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday; the fictional mill keeps no other holidays."""
    return day.weekday() < _SATURDAY


def add_working_days(day: date, count: int) -> date:
    """The working day `count` working days after `day`; 0 gives the day itself or the next one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def local_time(moment: datetime, country: str) -> datetime:
    """Roughly what the clock shows there; good enough for when people write."""
    return moment + timedelta(hours=-6 if country in _AMERICAS else 1)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """That time of that day, UTC."""
    return datetime.combine(day, time(hour, minute, second), UTC)
