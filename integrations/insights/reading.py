"""A day's messages, turns and handoffs, read from where they are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, select

from integrations.conversations.inbox import SPOKEN
from integrations.conversations.tables import conversations, handoffs, inbound, turns
from integrations.insights import SESSION_S
from integrations.insights.days import TAIL_S, Day
from integrations.insights.sessions import Handoff, Said, Session, Turn, cut

_SPOKEN = sorted(kind.value for kind in SPOKEN)
_I, _T, _H, _C = inbound.c, turns.c, handoffs.c, conversations.c


def sessions(conn: Connection, day: Day) -> list[Session]:
    """The sessions that began on a day."""
    since, until = day.starts_at - SESSION_S, day.ends_at + TAIL_S
    found = cut(
        _messages(conn, since, until), _turns(conn, since, until), _handoffs(conn, since, until)
    )
    return [each for each in found if day.starts_at <= each.first.at < day.ends_at]


def first_moment(conn: Connection) -> float | None:
    """When the oldest message came that is still kept."""
    return conn.execute(select(func.min(_I.received_at))).scalar()


def _messages(conn: Connection, since: float, until: float) -> list[Said]:
    rows = conn.execute(
        select(
            _I.id,
            _I.conversation_id,
            _I.channel,
            func.coalesce(_I.language, _C.language, "").label("language"),
            _I.received_at,
            and_(_I.text.is_not(None), _I.text != "", _I.payload.is_(None)).label("typed"),
            _I.turn_id,
            _I.reading,
        )
        .join(conversations, _C.id == _I.conversation_id)
        .where(_I.received_at >= since, _I.received_at < until, _I.kind.in_(_SPOKEN))
        .order_by(_I.received_at, _I.seq)
    ).all()
    return [
        Said(
            id=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            language=row.language,
            at=row.received_at,
            typed=bool(row.typed),
            turn_id=row.turn_id,
            reading=row.reading,
        )
        for row in rows
    ]


def _turns(conn: Connection, since: float, until: float) -> list[Turn]:
    rows = conn.execute(
        select(
            _T.id,
            _T.conversation_id,
            _T.form,
            _T.asked,
            _T.signals,
            _T.created_at,
            func.coalesce(_T.finished_at, _T.created_at).label("finished_at"),
        )
        .where(_T.created_at >= since, _T.created_at < until, _T.status == "done")
        .order_by(_T.created_at)
    ).all()
    return [
        Turn(
            id=row.id,
            conversation_id=row.conversation_id,
            form=row.form,
            asked=row.asked,
            signals=row.signals or (),
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in rows
    ]


def _handoffs(conn: Connection, since: float, until: float) -> list[Handoff]:
    rows = conn.execute(
        select(
            _H.conversation_id,
            _H.requested_at,
            _H.rules,
            _H.reasons,
            _H.state,
            _H.rating,
            _H.wanted,
            _H.wanted_words,
        )
        .where(_H.requested_at >= since, _H.requested_at < until)
        .order_by(_H.requested_at)
    ).all()
    return [
        Handoff(
            conversation_id=row.conversation_id,
            at=row.requested_at,
            rule=_rule(row),
            state=row.state,
            rating=row.rating,
            wanted=row.wanted,
            wanted_words=row.wanted_words is not None,
        )
        for row in rows
    ]


def _rule(row: Any) -> str:
    """The strongest rule that asked for people, or why an agent came unasked."""
    if row.rules:
        return str(row.rules[0])
    return str(row.reasons[0].get("code") or "") if row.reasons else ""
