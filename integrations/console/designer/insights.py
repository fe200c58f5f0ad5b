"""Insight for designers: the page, a conversation behind its numbers, and their JSON."""

from __future__ import annotations

import base64
import binascii
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection, select

from integrations.console import showing
from integrations.console.access import Designer, Kept, Parts
from integrations.console.actions import Id
from integrations.console.sessions import AGENT
from integrations.container import Container
from integrations.conversations.tables import inbound
from integrations.escalation.policy import Policy
from integrations.insights import answers, conversation, repository
from integrations.insights.days import day_of, from_to
from integrations.insights.redacted import EXCERPT_CHARS, writers
from integrations.insights.repository import Filter
from runtime.clock import iso
from runtime.errors import Invalid

HOME = "/console/insights"
# Without a wish, so many days up to today; never more than a year and a day.
USUAL_DAYS, MOST_DAYS = 28, 367
PAGE = 30

pages = APIRouter(prefix=HOME, include_in_schema=False)
router = APIRouter(prefix="/console/api/insights", include_in_schema=False)

Day = Annotated[date | None, Query()]
Short = Annotated[str | None, Query(max_length=40)]
Name = Annotated[str | None, Query(max_length=120)]


@pages.get("")
@pages.get("/c/{conversation_id}")
async def page(request: Request, parts: Parts, kept: Kept) -> Response:
    """The numbers, or a conversation behind them."""
    session = await showing.session_of(request, parts, kept)
    if session is None:
        return showing.to_log_in(request)
    name = "insights.html" if request.url.path == HOME else "insights_conversation.html"
    return showing.page(name, parts, kept, session, request.url.path, desk_too=session.may(AGENT))


@router.get("")
async def insight(
    _session: Designer,
    parts: Parts,
    from_: Annotated[date | None, Query(alias="from")] = None,
    to: Day = None,
    days: Annotated[int, Query(ge=1, lt=MOST_DAYS)] = USUAL_DAYS,
    language: Short = None,
    channel: Short = None,
) -> dict[str, Any]:
    """Everything of the page; without `from`, so many days up to `to` or today.

    Raises Invalid for a period that isn't one.
    """
    first, last = _period(parts, from_, to, days)
    length = last - first + timedelta(days=1)
    wanted = _filter(first, last, language, channel)
    earlier = _filter(first - length, last - length, language, channel)
    await parts.rollups.today()
    zone = parts.rollups.zone
    every = list(from_to(first, last, zone))

    def query(conn: Connection) -> dict[str, Any]:
        numbers = repository.totals(conn, wanted)
        before = repository.totals(conn, earlier, repository.HEADLINE)
        counted = repository.counted_days(conn)
        latest = repository.latest(conn, wanted, "gap")
        titles = _titles(parts.answering.rules.policy)
        return {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "zone": zone.key,
            "language": language,
            "channel": channel,
            "known": repository.known(conn),
            "counted_at": max((iso(row.counted_at) for row in counted.values()), default=None),
            "behind": repository.behind(conn, counted, every),
            "headline": answers.rates(numbers),
            "before": answers.rates(before),
            "before_known": repository.known_since(conn, earlier.first),
            "series": answers.series(
                repository.by_day(conn, wanted), [each.name for each in every]
            ),
            "reasons": answers.reasons(numbers, before, titles),
            "flows": answers.flows(numbers),
            "gaps": [
                {**row, "last_at": _time(row["last_at"])} for row in answers.gaps(numbers, latest)
            ],
            "articles": answers.articles(numbers),
            "wishes": answers.wishes(numbers),
        }

    return await parts.database.read(query)


@router.get("/cases")
async def cases(
    _session: Designer,
    parts: Parts,
    measure: Literal["message", "session", "handoff", "step", "gap", "wanted"],
    name: Name = None,
    detail: Name = None,
    fate: Short = None,
    from_: Annotated[date | None, Query(alias="from")] = None,
    to: Day = None,
    language: Short = None,
    channel: Short = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """The conversations behind a number, the newest first: `{"cases", "next"}`."""
    wanted = _filter(*_period(parts, from_, to), language, channel)
    asked = {"measure": measure, "name": name, "detail": detail, "fate": fate}
    what = {column: value for column, value in asked.items() if value is not None}
    before = _opened(after)

    def query(conn: Connection) -> dict[str, Any]:
        rows = repository.cases(conn, wanted, what, before=before, limit=PAGE + 1)
        shown = rows[:PAGE]
        following = _cursor(shown[-1].at, shown[-1].n) if len(rows) > PAGE else None
        return {"cases": _shown(conn, shown), "next": following}

    return await parts.database.read(query)


@router.get("/conversations/{conversation_id}")
async def one(
    conversation_id: Id,
    _session: Designer,
    parts: Parts,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:
    """A conversation, redacted; `before` a place: what was said earlier. Raises NotFound."""
    found = await parts.database.read(
        lambda conn: conversation.read(conn, conversation_id, before=before)
    )
    titles = _titles(parts.answering.rules.policy)
    return {**found, "rules": titles}


def _shown(conn: Connection, rows: list[Any]) -> list[dict[str, Any]]:
    ids = [row.message_id for row in rows if row.message_id]
    found = conn.execute(
        select(inbound.c.id, inbound.c.text, inbound.c.reading, inbound.c.deleted_at).where(
            inbound.c.id.in_(ids)
        )
    )
    said = {row.id: row for row in found}
    known = writers(conn, list({row.conversation_id for row in rows}))
    result = []
    for row in rows:
        message, writer = said.get(row.message_id), known.get(row.conversation_id)
        reading = (message.reading if message is not None else None) or {}
        there = message is not None and writer is not None and message.deleted_at is None
        result.append(
            {
                "conversation": row.conversation_id,
                "message": row.message_id,
                "at": iso(row.at),
                "channel": row.channel,
                "language": row.language or None,
                "excerpt": writer.shown(message.text, EXCERPT_CHARS)
                if there and writer is not None and message is not None
                else None,
                "intent": reading.get("intent"),
                "confidence": reading.get("confidence"),
                "name": row.name,
                "detail": row.detail,
                "fate": row.fate,
            }
        )
    return result


def _titles(policy: Policy) -> dict[str, dict[str, str]]:
    """What each rule says, in both languages, without what it would say of one case."""
    return {
        rule.name: {
            language: template.render(dict.fromkeys(template.names, "…"))
            for language, template in rule.reason.items()
        }
        for rule in policy.rules
    }


def _period(
    parts: Container, first: date | None, last: date | None, days: int = USUAL_DAYS
) -> tuple[date, date]:
    today = day_of(parts.clock.now(), parts.rollups.zone).date
    last = min(last or today, today)
    first = first or last - timedelta(days=days - 1)
    if first > last:
        raise Invalid("a period begins before it ends", field="from")
    if (last - first).days >= MOST_DAYS:
        raise Invalid(f"at most {MOST_DAYS} days", field="from")
    return first, last


def _filter(first: date, last: date, language: str | None, channel: str | None) -> Filter:
    return Filter(first.isoformat(), last.isoformat(), language or None, channel or None)


def _time(at: float | None) -> str | None:
    return None if at is None else iso(at)


def _cursor(at: float, number: int) -> str:
    return base64.urlsafe_b64encode(f"{at!r}:{number}".encode()).decode()


def _opened(cursor: str | None) -> tuple[float, int] | None:
    """Raises Invalid for a cursor that isn't ours."""
    if cursor is None:
        return None
    try:
        at, number = base64.urlsafe_b64decode(cursor.encode()).decode().split(":")
        return float(at), int(number)
    except (binascii.Error, ValueError) as error:
        raise Invalid("not one of our cursors", field="after") from error
