"""The list's queries. Each reads what one page shows, however many conversations there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select, tuple_

from integrations.conversations.inbox import SPOKEN
from integrations.conversations.moving import MOVED
from integrations.conversations.ownership import Owner
from integrations.conversations.tables import conversations, handoffs, inbound, outbound

SHOWN_WAITING = 200
SHOWN_WITH_PEOPLE = 200
PAGE = 50
# Looking for a part of a name reads this many conversations, the newest, and no more.
SEARCHED = 20_000
PREVIEW_CHARS = 160

_SPOKEN = sorted(kind.value for kind in SPOKEN)
_C, _H = conversations.c, handoffs.c
_WITH_PEOPLE = (Owner.QUEUED.value, Owner.AGENT.value)
_WITHOUT_PEOPLE = (Owner.BOT.value, Owner.WRAP_UP.value, Owner.CLOSED.value)
_BY_CONVERSATION = conversations.outerjoin(handoffs, _H.id == _C.handoff_id)
# From the few open handoffs to their conversations: the key leads there, `handoff_id` has no index.
_BY_HANDOFF = handoffs.join(conversations, (_C.id == _H.conversation_id) & (_C.handoff_id == _H.id))


def waiting(conn: Connection) -> Sequence[Any]:
    """Who waits for a person: the most urgent first, then who has waited longest.

    A message that a customer left for us waits too, after those who are still there.
    """
    still_there = conn.execute(
        _listed()
        .where(_C.owner == Owner.QUEUED.value)
        .order_by(_urgency(), func.coalesce(_H.requested_at, _C.last_activity_at), _C.id)
        .limit(SHOWN_WAITING)
    ).all()
    left_a_message = conn.execute(
        _listed(_BY_HANDOFF)
        .where(_H.state == "message", _C.owner.in_(_WITHOUT_PEOPLE))
        .order_by(_urgency(), _H.requested_at, _C.id)
        .limit(SHOWN_WAITING)
    ).all()
    return [*still_there, *left_a_message][:SHOWN_WAITING]


def with_people(conn: Connection, agent: str, *, mine_only: bool = False) -> Sequence[Any]:
    """What people are working on: one's own first, then the newest."""
    query = _listed().where(_C.owner == Owner.AGENT.value)
    if mine_only:
        query = query.where(_H.claimed_by == agent)
    mine_first = case((_H.claimed_by == agent, 0), else_=1)
    return conn.execute(
        query.order_by(mine_first, _C.last_activity_at.desc(), _C.id).limit(SHOWN_WITH_PEOPLE)
    ).all()


def recent(
    conn: Connection, *, before: tuple[float, str] | None = None, limit: int = PAGE
) -> Sequence[Any]:
    """Conversations no person is needed in, the newest first, after (`last_activity_at`, id)."""
    query = _listed().where(
        _C.owner.not_in(_WITH_PEOPLE),
        or_(_H.state.is_(None), _H.state != "message"),
        _C.address.not_like(f"{MOVED}%"),
    )
    if before is not None:
        query = query.where(
            _C.last_activity_at <= before[0], tuple_(_C.last_activity_at, _C.id) < before
        )
    return conn.execute(query.order_by(_C.last_activity_at.desc(), _C.id.desc()).limit(limit)).all()


def found(conn: Connection, text: str, *, limit: int = PAGE) -> Sequence[Any]:
    """Conversations by a part of the name, the handle or the address, the newest first."""
    newest = (
        select(_C.id, _C.sender_name, _C.handle, _C.address, _C.last_activity_at)
        .where(_C.address.not_like(f"{MOVED}%"))
        .order_by(_C.last_activity_at.desc())
        .limit(SEARCHED)
        .subquery()
    )
    fitting = (
        select(newest.c.id)
        .where(
            or_(
                newest.c.sender_name.icontains(text, autoescape=True),
                newest.c.handle.icontains(text, autoescape=True),
                newest.c.address.icontains(text, autoescape=True),
            )
        )
        .order_by(newest.c.last_activity_at.desc())
        .limit(limit)
    )
    return conn.execute(
        _listed()
        .where(or_(_C.id.in_(fitting), _C.id == text))
        .order_by(_C.last_activity_at.desc(), _C.id.desc())
        .limit(limit)
    ).all()


def one(conn: Connection, conversation_id: str) -> Any | None:
    """One conversation as the list shows it."""
    return conn.execute(_listed().where(_C.id == conversation_id)).first()


def counts(conn: Connection, agent: str) -> dict[str, int]:
    """How many wait, and how many are this agent's."""
    number = select(func.count())
    queued = number.select_from(conversations).where(_C.owner == Owner.QUEUED.value)
    left = number.select_from(_BY_HANDOFF).where(
        _H.state == "message", _C.owner.in_(_WITHOUT_PEOPLE)
    )
    mine = number.select_from(_BY_HANDOFF).where(
        _H.state == "claimed", _H.claimed_by == agent, _C.owner == Owner.AGENT.value
    )
    return {
        "waiting": conn.execute(queued).scalar_one() + conn.execute(left).scalar_one(),
        "mine": conn.execute(mine).scalar_one(),
    }


def previews(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By conversation: the customer's last words, and whether we have answered since."""
    if not ids:
        return {}
    i, o = inbound.c, outbound.c
    last_said = (
        select(i.id)
        .where(i.conversation_id == _C.id, i.kind.in_(_SPOKEN))
        .order_by(i.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    last_told = (
        select(o.seq)
        .where(
            o.conversation_id == _C.id,
            o.seq.is_not(None),
            o.role != "system",
            o.corrects.is_(None),
        )
        .order_by(o.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = conn.execute(
        select(_C.id, last_said.label("said"), last_told.label("told")).where(_C.id.in_(ids))
    ).all()
    said_ids = [row.said for row in rows if row.said]
    shown = func.substr(i.text, 1, PREVIEW_CHARS).label("text")
    words = select(i.id, i.seq, shown, i.attachments).where(i.id.in_(said_ids))
    said = {row.id: row for row in conn.execute(words)} if said_ids else {}
    result: dict[str, dict[str, Any]] = {}
    for row in rows:
        last = said.get(row.said)
        result[row.id] = {
            "text": last.text if last else None,
            "attachment": bool(last and last.attachments and not last.text),
            "unanswered": bool(last and last.seq > (row.told or 0)),
        }
    return result


def _listed(source: Any = _BY_CONVERSATION) -> Select[Any]:
    return select(
        _C.id,
        _C.channel,
        _C.account,
        _C.address,
        _C.handle,
        _C.sender_name,
        _C.language,
        _C.owner,
        _C.version,
        _C.last_inbound_at,
        _C.last_activity_at,
        _H.id.label("handoff_id"),
        _H.state.label("handoff_state"),
        _H.priority,
        _H.reasons,
        _H.requested_at,
        _H.first_answer_due_at,
        _H.claimed_by,
        _H.answered_at,
    ).select_from(source)


def _urgency() -> Any:
    return case((_H.priority == "urgent", 0), (_H.priority == "high", 1), else_=2)
