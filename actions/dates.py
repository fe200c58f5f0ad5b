"""Dates as people say them, in Italian and British English, on the shop's calendar."""

from __future__ import annotations

from datetime import date, datetime, timezone

from dateutil import tz

# The shop's customers read dates on the shop's calendar; dateutil carries its own zone data.
SHOP_ZONE = tz.gettz("Europe/Rome") or timezone.utc

_DAYS = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_NEAR = {
    "it": {-1: "ieri", 0: "oggi", 1: "domani"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def today() -> date:
    """Today on the shop's calendar."""
    return datetime.now(SHOP_ZONE).date()


def day_of(value: object) -> date | None:
    """The calendar day of an ISO date or an ISO time in UTC; None for anything else."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(SHOP_ZONE).date()


def spoken(day: date, language: str, now: date | None = None) -> str:
    """A day as written to a customer: `domani, venerdì 5 dicembre`, `Friday 5 December`.

    The year is named only when it isn't this one.
    """
    now = now or today()
    text = f"{_DAYS[language][day.weekday()]} {day.day} {_MONTHS[language][day.month - 1]}"
    if day.year != now.year:
        text += f" {day.year}"
    near = _NEAR[language].get((day - now).days)
    return f"{near}, {text}" if near else text


def short(day: date, language: str) -> str:
    """A day for a button: `5 dic`, `5 Dec`."""
    return f"{day.day} {_MONTHS[language][day.month - 1][:3]}"
