"""A group's figures, counted from its messages, so that a page of groups is one small query."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from integrations.review import reasons as reasons_module
from integrations.review.tables import facets, groups, messages

DAY_S = 86_400.0
DAYS = 56
# Messages counted in one transaction, and groups: nobody should wait long for the database.
MESSAGES = 3000
GROUPS = 40
RECOUNTED = 200

_G, _M = groups.c, messages.c
_COUNTED = (
    _M.group_id,
    _M.at,
    _M.state,
    _M.language,
    _M.channel,
    _M.intent,
    _M.confidence,
    _M.reasons,
    _M.label,
    _M.next,
)


def count_again(conn: Connection, *, now: float) -> int:
    """Count some of the groups in which something changed; how many that was."""
    ids = []
    expected = 0
    for row in conn.execute(select(_G.id, _G.size).where(_G.dirty).order_by(_G.id).limit(GROUPS)):
        ids.append(row.id)
        expected += row.size
        if expected >= MESSAGES:
            break
    return count(conn, ids, now=now)


def count(conn: Connection, ids: Sequence[str], *, now: float) -> int:
    """Count these groups; how many there are."""
    if not ids:
        return 0
    # First, so that what is changed while we count is counted again afterwards.
    conn.execute(update(groups).where(_G.id.in_(ids)).values(dirty=False))
    members: dict[str, list[Any]] = defaultdict(list)
    for row in conn.execute(select(*_COUNTED).where(_M.group_id.in_(ids))):
        members[row.group_id].append(row)
    conn.execute(delete(facets).where(facets.c.group_id.in_(ids)))
    counted = [_counted(group_id, rows, now) for group_id, rows in members.items()]
    if counted:
        conn.execute(_WRITE, counted)
        found = [
            {"kind": kind, "value": value[:80], "group_id": each["b_id"]}
            for each in counted
            for kind, value in sorted(_facets(each["summary"]))
        ]
        conn.execute(insert(facets), found)
    return len(ids)


def recount_trends(conn: Connection, *, now: float) -> int:
    """Count the trends that are a day old or older, from the days kept; how many that was."""
    today = int(now // DAY_S)
    rows = conn.execute(
        select(_G.id, _G.summary).where(_G.counted_on < today, _G.size > 0).limit(RECOUNTED)
    ).all()
    if rows:
        conn.execute(
            _TREND,
            [
                {
                    "b_id": row.id,
                    "trend": trend(weeks(row.summary["days"], now)),
                    "counted_on": today,
                }
                for row in rows
            ],
        )
    return len(rows)


def weeks(days: dict[str, int], now: float) -> list[int]:
    """Messages in each of the last eight stretches of seven days, oldest first."""
    today = int(now // DAY_S)
    found = [0] * (DAYS // 7)
    for day, number in days.items():
        age = today - int(day)
        if 0 <= age < DAYS:
            found[-1 - age // 7] += number
    return found


def trend(found: Sequence[int]) -> int:
    """How many more there were in the last seven days than in those before."""
    return found[-1] - found[-2]


_WRITE = (
    update(groups)
    .where(_G.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(name, type_=_G[name].type)
            for name in (
                "state",
                "language",
                "size",
                "trend",
                "first_at",
                "last_at",
                "summary",
                "counted_on",
            )
        }
    )
)
_TREND = (
    update(groups)
    .where(_G.id == bindparam("b_id"))
    .values(trend=bindparam("trend"), counted_on=bindparam("counted_on"))
)


def _counted(group_id: str, rows: Sequence[Any], now: float) -> dict[str, Any]:
    still_open = [row for row in rows if row.state == "open"]
    # What is settled already says nothing about what there is to do.
    shown = still_open or rows
    days = Counter(int(row.at // DAY_S) for row in shown)
    oldest = int(now // DAY_S) - DAYS
    kept = {str(day): number for day, number in sorted(days.items()) if day > oldest}
    languages = Counter(row.language for row in shown)
    return {
        "b_id": group_id,
        "state": "open" if still_open else "done",
        "language": languages.most_common(1)[0][0],
        "size": len(shown),
        "trend": trend(weeks(kept, now)),
        "first_at": min(row.at for row in shown),
        "last_at": max(row.at for row in shown),
        "counted_on": int(now // DAY_S),
        "summary": {
            "total": len(rows),
            "days": kept,
            "languages": dict(languages.most_common()),
            "channels": dict(Counter(row.channel for row in shown).most_common()),
            "reasons": _reasons(shown),
            "next": dict(Counter(row.next for row in shown).most_common()),
            "labels": dict(Counter(row.label for row in shown if row.label).most_common()),
            "reading": _reading(shown),
            "intents": sorted({row.intent for row in shown if row.intent}),
        },
    }


def _reasons(rows: Sequence[Any]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for number, times in Counter(row.reasons for row in rows).items():
        for name in reasons_module.names(number):
            found[name] += times
    return dict(found.most_common())


def _reading(rows: Sequence[Any]) -> dict[str, Any] | None:
    """What the bot mostly read, and how sure it was on average."""
    read = Counter(row.intent for row in rows if row.intent)
    if not read:
        return None
    intent = read.most_common(1)[0][0]
    sure = [row.confidence for row in rows if row.intent == intent]
    return {"intent": intent, "confidence": round(sum(sure) / len(sure), 4)}


def _facets(summary: dict[str, Any]) -> set[tuple[str, str]]:
    found = {("reason", name) for name in summary["reasons"]}
    found |= {("language", name) for name in summary["languages"]}
    found |= {("channel", name) for name in summary["channels"]}
    return found | {("intent", name) for name in (*summary["intents"], *summary["labels"])}
