"""Proposals on their way into the working tree and into a published model. Queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from integrations.review import forgetting, inbox
from integrations.review.proposing import PUBLISHED, PULLED, QUEUED
from integrations.review.tables import messages, proposals, texts, withdrawn

_P = proposals.c


def writing(conn: Connection, ids: Collection[str]) -> list[str]:
    """These are about to be written into a working tree; those that still wait.

    From now on their words are taken out if they are withdrawn, whatever becomes of the pull.
    """
    still = update(proposals).where(_P.id.in_(ids), _P.state == QUEUED)
    return list(conn.execute(still.values(written=True).returning(_P.id)).scalars())


def pulled(conn: Connection, ids: Collection[str], files: Mapping[str, str], *, now: float) -> int:
    """Queued proposals stand in these files; how many. Again is no harm."""
    done = 0
    for name in ids:
        row = conn.execute(
            update(proposals)
            .where(_P.id == name, _P.state == QUEUED)
            .values(state=PULLED, pulled_at=now, file=files.get(name))
            .returning(*_P)
        ).first()
        if row is not None:
            done += 1
            # These words stand there for somebody else now.
            w, (of, language, intent) = withdrawn.c, forgetting.key(row)
            same = (w.digest == of, w.language == language, w.intent == intent)
            conn.execute(delete(withdrawn).where(*same))
    return done


def published(conn: Connection, ids: Collection[str], model: str, *, now: float) -> int:
    """Proposals are in a model that customers talk to; how many."""
    rows = conn.execute(
        update(proposals)
        .where(_P.id.in_(ids), _P.state.in_((QUEUED, PULLED)))
        .values(state=PUBLISHED, published_at=now, model=model)
        .returning(_P.id)
    ).all()
    # Whoever is misread in the same words from now on is news.
    m = messages.c
    settled = select(m.digest).where(m.proposal_id.in_([row.id for row in rows]))
    conn.execute(update(texts).where(texts.c.digest.in_(settled)).values(settled=None))
    return len(rows)


def to_remove(conn: Connection) -> list[dict[str, Any]]:
    """Examples for every working tree to lose: withdrawn, or of a writer who was erased.

    `removed`: one has lost it. Another may hold it still, on a branch say, so they are all kept.
    """
    w = withdrawn.c
    rows = conn.execute(select(withdrawn).order_by(w.at, w.digest, w.language, w.intent))
    return [
        {
            "language": row.language,
            "intent": row.intent,
            "digest": row.digest,
            "removed": row.removed_at is not None,
        }
        for row in rows
    ]


def removed(conn: Connection, digests: Collection[str], *, now: float) -> int:
    """A working tree is without these; how many were waited for."""
    w = withdrawn.c
    waited = update(withdrawn).where(w.digest.in_(digests), w.removed_at.is_(None))
    return conn.execute(waited.values(removed_at=now)).rowcount


def status(conn: Connection) -> dict[str, Any]:
    """Counts: proposals by state and kind, groups and messages by state, what waits."""
    m = messages.c
    by_state = select(m.state, func.count()).group_by(m.state)
    waiting = select(func.count()).where(withdrawn.c.removed_at.is_(None))
    everything = inbox.totals(conn, inbox.Filters())
    return {
        "proposals": inbox.proposal_counts(conn),
        "groups": everything,
        "messages": {row[0]: int(row[1]) for row in conn.execute(by_state)},
        "behind": inbox.behind(conn),
        "withdrawn": int(conn.execute(waiting).scalar_one()),
    }
