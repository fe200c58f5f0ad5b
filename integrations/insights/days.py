"""Calendar days of the desk's time zone, as moments (epoch seconds)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A session that goes on past midnight is followed for so long.
TAIL_S = 12 * 3600.0


@dataclass(frozen=True)
class Day:
    """From its first moment to the next day's; 23 to 25 hours long."""

    date: date
    starts_at: float
    ends_at: float

    @property
    def name(self) -> str:
        """YYYY-MM-DD"""
        return self.date.isoformat()


def day_of(moment: float, zone: ZoneInfo) -> Day:
    """The day that a moment belongs to."""
    return day(datetime.fromtimestamp(moment, zone).date(), zone)


def day(date_: date, zone: ZoneInfo) -> Day:
    """A date in a time zone."""
    return Day(date_, _midnight(date_, zone), _midnight(date_ + timedelta(days=1), zone))


def from_to(first: date, last: date, zone: ZoneInfo) -> Iterator[Day]:
    """Every day of a period, both ends included."""
    for number in range((last - first).days + 1):
        yield day(first + timedelta(days=number), zone)


def _midnight(date_: date, zone: ZoneInfo) -> float:
    return datetime.combine(date_, time(), zone).timestamp()
