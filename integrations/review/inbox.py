"""The page's queries: groups with filters, a group's messages, proposals. A page costs the same at
any length of the list."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from integrations.review.tables import facets, groups, messages, proposals, texts
from runtime.errors import Invalid, NotFound

PAGE = 50
MOST = 200
# Decided, and nothing that a working tree could hold.
_ASIDE = "not_useful"
_G, _M, _P = groups.c, messages.c, proposals.c
_ORDERS = {"frequency": _G.size, "newest": _G.last_at, "trend": _G.trend}
FACETS = ("reason", "language", "channel", "intent")


@dataclass(frozen=True)
class Filters:
    """What a list of groups is narrowed to; empty: everything."""

    reason: str = ""
    language: str = ""
    channel: str = ""
    intent: str = ""
    q: str = ""


def page(
    conn: Connection,
    filters: Filters,
    *,
    state: str,
    sort: str,
    after: str | None,
    limit: int = PAGE,
) -> tuple[list[Any], str | None]:
    """Groups in order, and the cursor of the next page. Raises Invalid for a strange cursor."""
    order = _ORDERS[sort]
    query = _narrowed(select(groups), filters).where(_G.state == state, _G.size > 0)
    if after is not None:
        value, name = opened(after)
        query = query.where(order <= value, tuple_(order, _G.id) < (value, name))
    rows = list(conn.execute(query.order_by(order.desc(), _G.id.desc()).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    column = order.name
    return rows, cursor(getattr(rows[-1], column), rows[-1].id) if more else None


def totals(conn: Connection, filters: Filters) -> dict[str, int]:
    """How many groups are open and done among those that the filters leave."""
    query = _narrowed(select(_G.state, func.count()), filters).where(_G.size > 0)
    counted = {row[0]: int(row[1]) for row in conn.execute(query.group_by(_G.state))}
    return {"open": counted.get("open", 0), "done": counted.get("done", 0)}


def behind(conn: Connection) -> int:
    """How many messages wait for the workbench to be grouped with others."""
    query = (
        select(func.count())
        .select_from(texts)
        .join(messages, _M.digest == texts.c.digest)
        .where(texts.c.encoder.is_(None))
    )
    return int(conn.execute(query).scalar_one())


def group(conn: Connection, group_id: str) -> Any:
    """One group's row. Raises NotFound."""
    row = conn.execute(select(groups).where(_G.id == group_id)).first()
    if row is None:
        raise NotFound("there is no such group")
    return row


def group_messages(
    conn: Connection, group_id: str, *, after: str | None, limit: int = PAGE
) -> tuple[list[Any], str | None]:
    """A group's messages, the newest first, and the cursor of the next page."""
    query = select(messages).where(_M.group_id == group_id)
    if after is not None:
        value, name = opened(after)
        query = query.where(_M.at <= value, tuple_(_M.at, _M.id) < (value, name))
    rows = list(conn.execute(query.order_by(_M.at.desc(), _M.id.desc()).limit(limit + 1)))
    following = cursor(rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None
    return rows[:limit], following


def message(conn: Connection, message_id: str) -> Any:
    """One message's row. Raises NotFound."""
    row = conn.execute(select(messages).where(_M.id == message_id)).first()
    if row is None:
        raise NotFound("there is no such message")
    return row


def open_texts(conn: Connection, group_id: str, limit: int = MOST) -> list[Any]:
    """Different texts of a group's open messages, with their languages."""
    return list(
        conn.execute(
            select(func.min(_M.text).label("text"), func.min(_M.language).label("language"))
            .where(_M.group_id == group_id, _M.state == "open")
            .group_by(_M.digest)
            .order_by(_M.digest)
            .limit(limit)
        )
    )


def proposed(
    conn: Connection,
    *,
    state: str | None,
    after: str | None,
    limit: int,
    oldest_first: bool = False,
) -> tuple[list[Any], str | None]:
    """Proposals by time, and the cursor of the next page.

    What was put aside as not useful waits for nobody: it is a state of its own here.
    """
    query: Select[Any] = select(proposals)
    if state == _ASIDE:
        query = query.where(_P.state == "queued", _P.kind == _ASIDE)
    elif state is not None:
        query = query.where(_P.state == state)
    if state == "queued" or oldest_first:
        query = query.where(_P.kind != _ASIDE)
    if oldest_first:
        query = query.order_by(_P.created_at, _P.id)
    else:
        query = query.order_by(_P.created_at.desc(), _P.id.desc())
    if after is not None:
        value, name = opened(after)
        place, last = tuple_(_P.created_at, _P.id), (value, name)
        query = query.where(place > last if oldest_first else place < last)
    rows = list(conn.execute(query.limit(limit + 1)))
    following = (
        cursor(rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None
    )
    return rows[:limit], following


def proposal_counts(conn: Connection) -> dict[str, dict[str, int]]:
    """How many proposals there are, by state (as in `proposed`) and kind."""
    query = select(_P.state, _P.kind, func.count()).group_by(_P.state, _P.kind)
    found: dict[str, dict[str, int]] = {
        state: {} for state in ("queued", "pulled", "published", "withdrawn", _ASIDE)
    }
    for state, kind, number in conn.execute(query):
        shown = _ASIDE if (state, kind) == ("queued", _ASIDE) else state
        found.setdefault(shown, {})[kind] = int(number)
    return found


def read_as(conn: Connection, intent: str, confused_with: str | None, limit: int) -> Sequence[Any]:
    """Messages with this reading or label, the newest first; with a second intent those alone that
    have one as reading and the other as label or next best."""
    query = select(messages).where(or_(_M.intent == intent, _M.label == intent))
    rows = conn.execute(
        query.order_by(_M.at.desc(), _M.id).limit(limit if confused_with is None else 10 * limit)
    ).all()
    if confused_with is None:
        return rows
    both = {intent, confused_with}
    return [row for row in rows if both <= _meant(row)][:limit]


def _meant(row: Any) -> set[str]:
    return {row.intent, row.label, *(other["intent"] for other in row.ranking[:2])}


def cursor(value: float, name: str) -> str:
    """Where a page ended."""
    return base64.urlsafe_b64encode(json.dumps([value, name]).encode()).rstrip(b"=").decode()


def opened(text: str) -> tuple[float, str]:
    """A cursor's content. Raises Invalid."""
    try:
        padded = text + "=" * (-len(text) % 4)
        value, name = json.loads(base64.urlsafe_b64decode(padded))
        return float(value), str(name)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid("this is not a page of ours", field="after") from error


def _narrowed(query: Select[Any], filters: Filters) -> Select[Any]:
    for kind in FACETS:
        value = getattr(filters, kind)
        if value:
            f = facets.c
            having = select(f.group_id).where(f.kind == kind, f.value == value)
            query = query.where(_G.id.in_(having))
    if filters.q:
        t = texts.c
        holding = select(t.group_id).where(t.text.icontains(filters.q, autoescape=True))
        query = query.where(_G.id.in_(holding))
    return query
