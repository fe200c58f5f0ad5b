"""Reads `policy/desk.yml`: office hours, what customers are told about waiting, time limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.escalation.opening_hours import MINUTES_A_DAY, OpeningHours, Stretch
from integrations.escalation.policy import PRIORITIES, Priority
from integrations.escalation.source import LANGUAGES, Value, read

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LIMITS: Mapping[str, tuple[int, int]] = {
    "expected_wait_minutes": (1, 24 * 60),
    "minutes_per_waiting": (0, 24 * 60),
    "wrap_up_minutes": (1, 7 * 24 * 60),
    "reopen_minutes": (0, 90 * 24 * 60),
    "close_after_days": (1, 365),
    "agent_presence_seconds": (10, 24 * 3600),
    "outage_word_after_seconds": (1, 3600),
    "engine_failed_minutes": (1, 24 * 60),
    "bot_reply_expiry_minutes": (1, 24 * 60),
    "silence_check_minutes": (1, 24 * 60),
    "lease_seconds": (5, 600),
}
"""The plain numbers of the file with the least and the most that make sense."""
_STRETCH = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-4]):([0-5]\d)")
_YEARLY = re.compile(r"(\d\d)-(\d\d)")
EASTER_MONDAY = "easter_monday"
ROUNDING_MINUTES = 5
LONGEST_NAME = 60


@dataclass(frozen=True)
class DeskSettings:
    """The desk's settings; units are in the names."""

    hours: OpeningHours
    first_answer_minutes: Mapping[Priority, int]
    expected_wait_minutes: int
    minutes_per_waiting: int
    wrap_up_minutes: int
    reopen_minutes: int
    close_after_days: int
    agent_presence_seconds: int
    outage_word_after_seconds: int
    engine_failed_minutes: int
    bot_reply_expiry_minutes: int
    silence_check_minutes: int
    lease_seconds: int
    language: str = "it"
    agent_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WaitEstimate:
    """How long until a person answers: `minutes` while the desk is open, else when it opens.

    `opens` and `now` are on the desk's wall clock. Both None: nobody knows.
    """

    minutes: int | None
    opens: datetime | None
    now: datetime


def expected_wait(settings: DeskSettings, now: float, waiting: int) -> WaitEstimate:
    """What to tell a customer who asks for a person while `waiting` others already wait.

    When the desk is closed, or would close before their turn comes, the answer is the next opening.
    """
    local = settings.hours.local(now)
    minutes = settings.expected_wait_minutes + settings.minutes_per_waiting * max(0, waiting)
    minutes = -(-minutes // ROUNDING_MINUTES) * ROUNDING_MINUTES
    upcoming = settings.hours.stretches(now)
    for opens, closes in upcoming:
        if opens > now:
            return WaitEstimate(None, settings.hours.local(opens), local)
        if now + minutes * 60 <= closes:
            return WaitEstimate(minutes, None, local)
    return WaitEstimate(None, None, local)


def first_answer_due(settings: DeskSettings, now: float, minutes: int) -> float:
    """The instant (epoch seconds) by which a first answer promised in office minutes is due."""
    return settings.hours.after_open_minutes(now, minutes)


def load(path: Path | str) -> DeskSettings:
    """The settings; raises PolicyError with all mistakes, each as `file:line: what; what to do`."""
    root = read(path)
    fields = root.fields(
        required=("office_hours", "holidays", "first_answer_minutes", *LIMITS),
        optional=("desk_language", "agent_names"),
    )
    fields = fields or {}
    numbers: dict[str, int] = {}
    for name, (least, most) in LIMITS.items():
        if name in fields and (number := fields[name].integer(least, most)) is not None:
            numbers[name] = number
    promise = _promise(fields["first_answer_minutes"]) if "first_answer_minutes" in fields else {}
    hours = _hours(fields["office_hours"], fields.get("holidays"))
    language = _language(fields.get("desk_language"))
    names = _agent_names(fields.get("agent_names"))
    root.report.check()
    assert hours is not None
    return DeskSettings(
        hours=hours,
        first_answer_minutes=promise,
        language=language,
        agent_names=names,
        **numbers,
    )


def _language(value: Value | None) -> str:
    if value is None:
        return LANGUAGES[0]
    text = value.text() or ""
    if text not in LANGUAGES:
        value.wrong(f"the desk speaks no '{text}'", f"write one of {', '.join(LANGUAGES)}")
    return text


def _agent_names(value: Value | None) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, public in (value.pairs() or ()) if value is not None else ():
        text = public.text()
        if text is None:
            continue
        if not text.strip() or len(text) > LONGEST_NAME:
            public.wrong(
                f"'{name}' has no usable public name", f"write 1 to {LONGEST_NAME} characters"
            )
        elif text.strip() in names.values():
            # Who holds a conversation is told by the name: two people can't share one.
            public.wrong(f"'{text}' is two people's public name", "write another one")
        else:
            names[name] = text.strip()
    return names


def _promise(value: Value) -> dict[Priority, int]:
    fields = value.fields(required=PRIORITIES) or {}
    promise: dict[Priority, int] = {}
    for name in PRIORITIES:
        minutes = fields[name].integer(1, 7 * MINUTES_A_DAY) if name in fields else None
        if minutes is not None:
            promise[name] = minutes
    return promise


def _hours(value: Value, holidays: Value | None) -> OpeningHours | None:
    fields = value.fields(required=("timezone", *DAYS))
    if fields is None:
        return None
    timezone = _timezone(fields["timezone"]) if "timezone" in fields else None
    week = tuple(_day(fields[day]) if day in fields else () for day in DAYS)
    yearly: set[tuple[int, int]] = set()
    once: set[date] = set()
    easter_monday = False
    for entry in (holidays.entries() or ()) if holidays else ():
        day = _holiday(entry)
        if isinstance(day, date):
            once.add(day)
        elif day is not None:
            easter_monday = easter_monday or day == EASTER_MONDAY
            if isinstance(day, tuple):
                yearly.add(day)
    if timezone is None:
        return None
    return OpeningHours(timezone, week, frozenset(yearly), frozenset(once), easter_monday)


def _timezone(value: Value) -> ZoneInfo | None:
    name = value.text()
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        value.wrong(f"the timezone '{name}' is unknown", "write a name such as Europe/Rome")
        return None


def _day(value: Value) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    for entry in value.entries() or ():
        text = entry.text()
        if text is None:
            continue
        match = _STRETCH.fullmatch(text.strip())
        numbers = [int(part) for part in match.groups()] if match else [0, 0, 0, 0]
        opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if match is None or not opens < closes <= MINUTES_A_DAY:
            entry.wrong(
                f"'{text}' is not a stretch of one day", 'write from–to, such as "09:00-13:00"'
            )
        elif stretches and opens < stretches[-1].closes:
            entry.wrong(f"'{text}' begins before the stretch above has ended", "put them in order")
        else:
            stretches.append(Stretch(opens, closes))
    return tuple(stretches)


def _holiday(value: Value) -> date | tuple[int, int] | str | None:
    # An unquoted 2027-08-16 is a date to YAML, and as clear as one in quotes.
    text = value.scalar
    if text is None:
        return None
    if text == EASTER_MONDAY:
        return text
    try:
        if match := _YEARLY.fullmatch(text):
            # A leap year, so that 02-29 is a day.
            day = date(2024, int(match[1]), int(match[2]))
            return day.month, day.day
        return date.fromisoformat(text)
    except ValueError:
        value.wrong(
            f"'{text}' is not a day", 'write "12-25" (every year), "2027-08-16" or easter_monday'
        )
        return None
