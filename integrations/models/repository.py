"""Reading and writing models, the routing and its history. Nobody commits here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from integrations.conversations.sql import insert_new
from integrations.models.routing import Canary, Routing
from integrations.models.tables import model_changes, models, routing
from integrations.review import queue
from runtime.errors import Conflict, Invalid

# The one row of the routing.
_ROW = 1
RECORDED, CANARY, LIVE, PREVIOUS = "recorded", "canary", "live", "previous"
RETIRED, WITHDRAWN = "retired", "withdrawn"


def current(conn: Connection, *, lock: bool = False) -> Routing | None:
    """Who is served by which model; None as long as nothing was published."""
    query = select(routing).where(routing.c.id == _ROW)
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    canary = Canary(row.canary, row.share, row.canary_since) if row.canary else None
    return Routing(row.live, row.previous, canary, row.version, row.since)


def record(conn: Connection, given: Mapping[str, Any], *, now: float) -> Any:
    """Keep what is known of a model; what is known already and isn't given stays.

    The proposals that the live model learnt are published.
    """
    values = {key: value for key, value in given.items() if value is not None}
    row = {**values, "recorded_at": now, "state": RECORDED}
    if not insert_new(conn, models, row) and len(values) > 1:
        conn.execute(update(models).where(models.c.sha == values["sha"]).values(values))
    kept = conn.execute(select(models).where(models.c.sha == values["sha"])).one()
    if kept.state == LIVE:
        _publish_proposals(conn, kept.sha, now)
    return kept


def newest(conn: Connection, limit: int = 50) -> Sequence[Any]:
    """Models, the newest first."""
    return conn.execute(select(models).order_by(models.c.recorded_at.desc()).limit(limit)).all()


def changes(conn: Connection, limit: int = 50) -> Sequence[Any]:
    """What was changed, the newest first."""
    return conn.execute(
        select(model_changes).order_by(model_changes.c.n.desc()).limit(limit)
    ).all()


def change(
    conn: Connection,
    *,
    live: str,
    previous: str | None = None,
    canary: tuple[str, float] | None = None,
    version: int | None = None,
    author: str = "",
    why: Mapping[str, Any] | None = None,
    now: float,
) -> Routing:
    """Serve everybody with `live`, but a share of the conversations with the canary.

    Without `previous`, the model that was live until now becomes the previous one. The proposals
    that `live` learnt are published with it, whoever or whatever changed it. Raises Conflict
    (`stale`) when `version` isn't the present one, Invalid when a model was never recorded.
    """
    before = current(conn, lock=True)
    if version is not None and version != (before.version if before else 0):
        raise Conflict("the routing has changed since you looked at it", code="stale")
    _refuse_unknown(conn, [live, previous, canary[0] if canary else None])
    if canary is not None and canary[0] == live:
        raise Invalid("the canary is live already", field="canary")
    after = _next(before, live, previous, canary, now)
    values = {
        "version": after.version,
        "live": after.live,
        "previous": after.previous,
        "canary": after.canary.model if after.canary else None,
        "share": after.canary.share if after.canary else None,
        "canary_since": after.canary.since if after.canary else None,
        "since": after.since,
    }
    if before is None:
        if not insert_new(conn, routing, {"id": _ROW, **values}):
            raise Conflict("somebody else has just published", code="stale")
    else:
        conn.execute(update(routing).where(routing.c.id == _ROW).values(values))
    _publish_proposals(conn, after.live, now)
    for what, model, instead_of in _differences(before, after):
        conn.execute(
            insert(model_changes),
            {
                "what": what,
                "model": model,
                "instead_of": instead_of,
                "author": author,
                "why": dict(why) if why is not None else None,
                "at": now,
            },
        )
        if what in ("withdrawn", "rolled_back"):
            gone = instead_of if what == "rolled_back" else model
            _state(conn, gone, WITHDRAWN)
    _settle_states(conn, after, now)
    return after


def _next(
    before: Routing | None,
    live: str,
    previous: str | None,
    canary: tuple[str, float] | None,
    now: float,
) -> Routing:
    if previous is None and before is not None:
        previous = before.live if before.live != live else before.previous
    trial = None
    if canary is not None:
        model, share = canary
        same = before is not None and before.canary is not None and before.canary.model == model
        since = before.canary.since if same and before and before.canary else now
        trial = Canary(model, share, since)
    same_live = before is not None and before.live == live
    since = before.since if before is not None and same_live else now
    return Routing(live, previous, trial, (before.version if before else 0) + 1, since)


def _differences(before: Routing | None, after: Routing) -> list[tuple[str, str, str | None]]:
    """What a change comes to: (what, model, the model in whose place it is)."""
    found: list[tuple[str, str, str | None]] = []
    old = before.canary if before is not None else None
    if before is None or before.live != after.live:
        what = "published"
        if old is not None and old.model == after.live:
            what = "promoted"
        elif before is not None and before.previous == after.live:
            what = "rolled_back"
        found.append((what, after.live, before.live if before else None))
    new = after.canary
    if old is not None and old.model not in (after.live, new.model if new else None):
        found.append(("withdrawn", old.model, after.live))
    if new is not None and (old is None or old.model != new.model):
        found.append(("canary", new.model, after.live))
    elif new is not None and old is not None and new.share != old.share:
        found.append(("share", new.model, after.live))
    return found


def _settle_states(conn: Connection, after: Routing, now: float) -> None:
    named = {after.live: LIVE}
    if after.canary is not None:
        named[after.canary.model] = CANARY
    if after.previous is not None:
        named.setdefault(after.previous, PREVIOUS)
    passing = (LIVE, PREVIOUS, CANARY)
    conn.execute(
        update(models)
        .where(models.c.state.in_(passing), models.c.sha.not_in(list(named)))
        .values(state=RETIRED)
    )
    for sha, state in named.items():
        kept = models.c.state != WITHDRAWN if state == PREVIOUS else models.c.state != state
        conn.execute(update(models).where(models.c.sha == sha, kept).values(state=state))
    conn.execute(
        update(models)
        .where(models.c.sha == after.live, models.c.published_at.is_(None))
        .values(published_at=now)
    )


def _publish_proposals(conn: Connection, sha: str, now: float) -> None:
    learnt = conn.execute(select(models.c.proposals).where(models.c.sha == sha)).scalar_one()
    if learnt:
        queue.published(conn, learnt, sha, now=now)


def _state(conn: Connection, sha: str | None, state: str) -> None:
    conn.execute(update(models).where(models.c.sha == sha).values(state=state))


def _refuse_unknown(conn: Connection, wanted: Sequence[str | None]) -> None:
    named = {sha for sha in wanted if sha is not None}
    known = set(conn.execute(select(models.c.sha).where(models.c.sha.in_(named))).scalars())
    if missing := sorted(named - known):
        raise Invalid(f"no such model was recorded: {', '.join(missing)}", code="unknown_model")
