"""The queries of insight. They read counted days: no longer period costs more messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from integrations.conversations.sql import insert_new
from integrations.conversations.tables import inbound
from integrations.insights.counting import DEFINITIONS, Counted, What
from integrations.insights.days import TAIL_S, Day
from integrations.insights.tables import insight_cases, insight_counts, insight_days

# Rows an INSERT takes at once; SQLite counts parameters.
BATCH = 500
# What the headline is made of, and the days.
HEADLINE = ("message", "session", "handoff")
_D, _N, _K = insight_days.c, insight_counts.c, insight_cases.c


@dataclass(frozen=True)
class Filter:
    """Days from first to last (YYYY-MM-DD, both included), one language and channel or all."""

    first: str
    last: str
    language: str | None = None
    channel: str | None = None

    def on(self, columns: Any) -> list[Any]:
        """The same as conditions on a table's columns."""
        conditions = [columns.day >= self.first, columns.day <= self.last]
        if self.language is not None:
            conditions.append(columns.language == self.language)
        if self.channel is not None:
            conditions.append(columns.channel == self.channel)
        return conditions


# -- writing ---------------------------------------------------------------------------------


def counted_days(conn: Connection) -> dict[str, Any]:
    """Every day that was counted, by name."""
    return {row.day: row for row in conn.execute(select(insight_days))}


def write(conn: Connection, day: Day, counted: Counted, *, as_of: float) -> bool:
    """Put a day's numbers in place of what was there; False if newer ones are.

    `as_of`: the moment before its messages were read (epoch seconds).
    """
    row = {
        "day": day.name,
        "starts_at": day.starts_at,
        "ends_at": day.ends_at,
        "definitions": DEFINITIONS,
        "counted_at": as_of,
    }
    if not insert_new(conn, insight_days, row):
        # The row is the lock of its day: two processes don't mix their numbers.
        held = conn.execute(
            update(insight_days)
            .where(_D.day == day.name, _D.counted_at <= as_of)
            .values(definitions=DEFINITIONS, counted_at=as_of)
        )
        if held.rowcount == 0:
            return False
    conn.execute(delete(insight_counts).where(_N.day == day.name))
    conn.execute(delete(insight_cases).where(_K.day == day.name))
    counts = [
        {
            "day": day.name,
            "channel": key.channel,
            "language": key.language,
            **key.what._asdict(),
            "count": number,
        }
        for key, number in counted.counts.items()
    ]
    cases = [
        {
            "day": day.name,
            "at": each.at,
            "channel": each.channel,
            "language": each.language,
            "conversation_id": each.conversation_id,
            "message_id": each.message_id,
            **each.what._asdict(),
        }
        for each in counted.cases
    ]
    for table, rows in ((insight_counts, counts), (insight_cases, cases)):
        for at in range(0, len(rows), BATCH):
            conn.execute(insert(table), rows[at : at + BATCH])
    return True


def touch(conn: Connection, moment: float, *, now: float) -> None:
    """Something that happened at `moment` has changed: its session's day is counted again."""
    conn.execute(
        update(insight_days)
        .where(_D.starts_at <= moment, _D.ends_at > moment - TAIL_S)
        .values(touched_at=now)
    )


def forget(conn: Connection, conversation_id: str) -> int:
    """Let go of a conversation's cases; how many there were. Numbers stay: they name nobody."""
    gone = delete(insight_cases).where(_K.conversation_id == conversation_id)
    return conn.execute(gone).rowcount


# -- reading ---------------------------------------------------------------------------------


def totals(
    conn: Connection, wanted: Filter, measures: Sequence[str] | None = None
) -> Counter[What]:
    """The numbers of a period."""
    conditions = wanted.on(_N)
    if measures is not None:
        conditions.append(_N.measure.in_(measures))
    what = (_N.measure, _N.name, _N.detail, _N.fate)
    rows = conn.execute(select(*what, func.sum(_N.count)).where(*conditions).group_by(*what))
    return Counter({What(*row[:4]): int(row[4]) for row in rows})


def by_day(conn: Connection, wanted: Filter) -> dict[str, Counter[What]]:
    """The headline's numbers of every day that has any."""
    what = (_N.measure, _N.name, _N.fate)
    rows = conn.execute(
        select(_N.day, *what, func.sum(_N.count))
        .where(*wanted.on(_N), _N.measure.in_(HEADLINE))
        .group_by(_N.day, *what)
    )
    days: dict[str, Counter[What]] = {}
    for day, measure, called, fate, number in rows:
        days.setdefault(day, Counter())[What(measure, called, "", fate)] += int(number)
    return days


def known(conn: Connection) -> dict[str, list[str]]:
    """The channels and languages that there is anything of."""
    found: dict[str, set[str]] = {"channels": set(), "languages": set()}
    rows = conn.execute(
        select(_N.channel, _N.language).where(_N.measure.in_(("message", "session"))).distinct()
    )
    for channel, language in rows:
        found["channels"].add(channel)
        found["languages"].add(language)
    return {name: sorted(values) for name, values in found.items()}


def known_since(conn: Connection, first: str) -> bool:
    """Whether there was anything before or on this day, so that a period from it is whole."""
    return conn.execute(select(_N.n).where(_N.day <= first).limit(1)).first() is not None


def cases(
    conn: Connection,
    wanted: Filter,
    what: Mapping[str, str],
    *,
    before: tuple[float, int] | None,
    limit: int,
) -> list[Any]:
    """Cases behind a number, the newest first; `what` names columns of `What`."""
    query = select(insight_cases).where(
        *wanted.on(_K), *(_K[column] == value for column, value in what.items())
    )
    if before is not None:
        query = query.where(tuple_(_K.at, _K.n) < before)
    return list(conn.execute(query.order_by(_K.at.desc(), _K.n.desc()).limit(limit)).all())


def latest(conn: Connection, wanted: Filter, measure: str) -> dict[tuple[str, str], float]:
    """When each (name, detail) of a measure's cases came last."""
    rows = conn.execute(
        select(_K.name, _K.detail, func.max(_K.at))
        .where(*wanted.on(_K), _K.measure == measure)
        .group_by(_K.name, _K.detail)
    )
    return {(name, detail): float(at) for name, detail, at in rows}


def behind(conn: Connection, counted: Mapping[str, Any], days: Iterable[Day]) -> int:
    """How many of these days have messages and are not counted yet."""
    first = conn.execute(select(func.min(inbound.c.received_at))).scalar()
    if first is None:
        return 0
    return sum(day.name not in counted for day in days if day.ends_at > first)
