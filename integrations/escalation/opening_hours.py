"""Office hours on the wall clock of one timezone, turned into instants (epoch seconds, UTC)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
SEARCH_DAYS = 370
"""How far ahead an opening is looked for: beyond a year there is none."""


@dataclass(frozen=True)
class Stretch:
    """Open from one minute of the day to another (0 to 1440, the end not included)."""

    opens: int
    closes: int


@dataclass(frozen=True)
class OpeningHours:
    """A week of stretches (Monday first, in order, not overlapping) without the closed days."""

    timezone: ZoneInfo
    week: tuple[tuple[Stretch, ...], ...]
    yearly: frozenset[tuple[int, int]] = frozenset()
    once: frozenset[date] = frozenset()
    easter_monday: bool = False

    def local(self, now: float) -> datetime:
        """An instant on the desk's wall clock."""
        return datetime.fromtimestamp(now, self.timezone)

    def is_holiday(self, day: date) -> bool:
        return (
            (day.month, day.day) in self.yearly
            or day in self.once
            or (self.easter_monday and day == easter(day.year) + timedelta(days=1))
        )

    def is_open(self, now: float) -> bool:
        stretch = next(self.stretches(now), None)
        return stretch is not None and stretch[0] <= now

    def next_opening(self, now: float) -> float | None:
        """When the desk opens next; `now` itself while it is open; None if it never does."""
        stretch = next(self.stretches(now), None)
        return None if stretch is None else max(now, stretch[0])

    def after_open_minutes(self, now: float, minutes: float) -> float:
        """The instant when this many minutes of office hours will have passed since `now`.

        A desk that never opens counts every minute.
        """
        left = minutes * 60
        for opens, closes in self.stretches(now):
            start = max(now, opens)
            if left <= closes - start:
                return start + left
            left -= closes - start
        return now + minutes * 60

    def stretches(self, now: float) -> Iterator[tuple[float, float]]:
        """(opens, closes) of every stretch that isn't over at `now`, in order, for a year.

        Stretches that touch (until 24:00 and from 00:00) are one.
        """
        current: tuple[float, float] | None = None
        for opens, closes in self._day_stretches(now):
            if current is not None and opens <= current[1]:
                current = current[0], closes
                continue
            if current is not None:
                yield current
            current = opens, closes
        if current is not None:
            yield current

    def _day_stretches(self, now: float) -> Iterator[tuple[float, float]]:
        today = self.local(now).date()
        for ahead in range(SEARCH_DAYS):
            day = today + timedelta(days=ahead)
            if self.is_holiday(day):
                continue
            for stretch in self.week[day.weekday()]:
                closes = self._instant(day, stretch.closes)
                if closes > now:
                    yield self._instant(day, stretch.opens), closes

    def _instant(self, day: date, minute: int) -> float:
        if minute >= MINUTES_A_DAY:
            day, minute = day + timedelta(days=1), minute - MINUTES_A_DAY
        clock = time(minute // 60, minute % 60)
        return datetime.combine(day, clock, self.timezone).timestamp()


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, as Meeus prints it)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * length) // 451
    month, day = divmod(h + length - 7 * m + 114, 31)
    return date(year, month, day + 1)
