"""What came of each model's turns: how much was not understood, escalated, and liked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, func, select

from integrations.conversations.tables import handoffs, inbound, turns
from integrations.models.comparison import GOOD_RATING, Served


def answering(conn: Connection, *, since: float) -> dict[str, float]:
    """The models that answered turns since then, and when each last did (both epoch seconds).

    A model that was trained and served here, but never published, is known by nothing else.
    """
    t = turns.c
    last = func.max(t.created_at).label("last")
    query = (
        select(t.model_sha, last)
        .where(t.model_sha.is_not(None), t.created_at >= since)
        .group_by(t.model_sha)
        .order_by(last.desc())
    )
    return {sha: float(at) for sha, at in conn.execute(query)}


def served(conn: Connection, models: Collection[str], *, since: float) -> dict[str, Served]:
    """By model, what came of the turns it answered since then (epoch seconds).

    A conversation counts as escalated when it went to a person after the model's first turn in it.
    """
    if not models:
        return {}
    t = turns.c
    mine = (t.model_sha.in_(list(models)), t.created_at >= since)
    talks = (
        select(
            t.model_sha,
            t.conversation_id,
            func.min(t.created_at).label("first"),
            func.count().label("turns"),
        )
        .where(*mine)
        .group_by(t.model_sha, t.conversation_id)
        .subquery()
    )
    counted = select(
        talks.c.model_sha, func.sum(talks.c.turns), func.count(talks.c.conversation_id)
    ).group_by(talks.c.model_sha)
    rejected = (
        select(t.model_sha, func.count(t.conversation_id.distinct()))
        .join_from(
            turns,
            inbound,
            (inbound.c.conversation_id == t.conversation_id) & (inbound.c.turn_id == t.id),
        )
        .where(*mine, inbound.c.reading["rejected"].as_boolean())
        .group_by(t.model_sha)
    )
    h = handoffs.c
    good = case((h.rating >= GOOD_RATING, 1), else_=0)
    people = (
        select(
            talks.c.model_sha,
            func.count(talks.c.conversation_id.distinct()),
            func.count(h.rating),
            func.sum(case((h.rating.is_not(None), good), else_=0)),
            func.avg(h.rating),
        )
        .join_from(
            talks,
            handoffs,
            (h.conversation_id == talks.c.conversation_id) & (h.requested_at >= talks.c.first),
        )
        .group_by(talks.c.model_sha)
    )
    amounts = {sha: (int(n), int(of)) for sha, n, of in conn.execute(counted)}
    misread = {sha: int(n) for sha, n in conn.execute(rejected)}
    escalated = {sha: rest for sha, *rest in conn.execute(people)}
    found = {}
    for sha in models:
        n, conversations = amounts.get(sha, (0, 0))
        went, ratings, satisfied, stars = escalated.get(sha, (0, 0, 0, None))
        found[sha] = Served(
            turns=n,
            conversations=conversations,
            rejected=misread.get(sha, 0),
            escalated=int(went),
            ratings=int(ratings),
            satisfied=int(satisfied or 0),
            stars=None if stars is None else round(float(stars), 2),
        )
    return found
