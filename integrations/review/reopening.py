"""Messages whose proposal is no more wait for a decision again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.review.tables import OPEN, groups, messages, proposals, texts

# What was decided about a text holds until customers meet it.
HOLDING = ("queued", "pulled")
_G, _M, _P, _T = groups.c, messages.c, proposals.c, texts.c


def reopen(
    conn: Connection, ids: Collection[str], *, by: str | None = None, now: float
) -> list[str]:
    """Open what these proposals had settled, also what came in with the same words since; the
    groups concerned. Their figures are to be counted again."""
    opened = _open(conn, _M.proposal_id.in_(ids))
    digests = {row.digest for row in opened}
    held = select(_M.digest).join(proposals, _P.id == _M.proposal_id)
    others = held.where(_M.digest.in_(digests), _P.state.in_(HOLDING), _P.id.not_in(ids))
    digests -= set(conn.execute(others).scalars())
    opened += _open(conn, _M.digest.in_(digests), _M.proposal_id.is_(None), _M.state != OPEN)
    conn.execute(update(texts).where(_T.digest.in_(digests)).values(settled=None))
    touched = sorted({row.group_id for row in opened if row.group_id is not None})
    conn.execute(
        update(groups)
        .where(_G.id.in_(touched))
        .values(version=_G.version + 1, changed_by=by, changed_at=now, dirty=True)
    )
    return touched


def _open(conn: Connection, *which: Any) -> list[Any]:
    opened = update(messages).where(*which).values(state=OPEN, proposal_id=None)
    return list(conn.execute(opened.returning(_M.digest, _M.group_id)))
