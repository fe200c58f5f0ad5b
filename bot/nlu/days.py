"""The day of a message, which "yesterday" and "last Monday" are counted from."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any, Optional

from dateutil import tz

# Customers' days are those of the mill's calendar; dateutil carries its own zone data.
ZONE = tz.gettz("Europe/Rome") or timezone.utc


def day_of(at: Optional[Any]) -> date:
    """The mill's day at that time (seconds since 1970, UTC); today when no time is given."""
    try:
        return datetime.fromtimestamp(float(at), ZONE).date() if at else datetime.now(ZONE).date()
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.now(ZONE).date()
