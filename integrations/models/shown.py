"""Models, routing and trial as JSON: for the designer's commands and for the console."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from integrations.models import measures, repository
from integrations.models.canary import compare
from integrations.models.canary_policy import CanaryPolicy
from integrations.models.comparison import Served
from integrations.models.routing import Routing
from runtime.clock import iso

LOOK_BACK_S = 7 * 86_400.0
UNRECORDED = "unrecorded"


def routing(found: Routing | None) -> dict[str, Any]:
    """`{live, previous, canary: {model, share, since} | null, since, version}`; live is null as
    long as nothing was published."""
    if found is None:
        return {"live": None, "previous": None, "canary": None, "since": None, "version": 0}
    canary = found.canary
    return {
        "live": found.live,
        "previous": found.previous,
        "canary": None
        if canary is None
        else {"model": canary.model, "share": canary.share, "since": iso(canary.since)},
        "since": iso(found.since),
        "version": found.version,
    }


def model(row: Any) -> dict[str, Any]:
    """What is known of a model."""
    return {
        "sha": row.sha,
        "name": row.name,
        "inputs": row.inputs,
        "trained_at": _moment(row.trained_at),
        "recorded_at": _moment(row.recorded_at),
        "published_at": _moment(row.published_at),
        "author": row.author,
        "revision": row.revision,
        "report": row.report,
        "guard": row.guard,
        "state": row.state,
    }


def all_models(conn: Connection) -> dict[str, Any]:
    """For `GET /designer/v1/models`."""
    return {
        "models": [model(row) for row in repository.newest(conn)],
        "routing": routing(repository.current(conn)),
    }


def page(conn: Connection, policy: CanaryPolicy, *, now: float) -> dict[str, Any]:
    """For the console: models with what came of them in the last seven days, and the trial.

    Beside the recorded ones (`answered_at` absent) those that answered without being recorded.
    """
    current = repository.current(conn)
    rows = repository.newest(conn)
    since = now - LOOK_BACK_S
    listed = [model(row) for row in rows]
    known = {each["sha"] for each in listed}
    listed += [
        _unrecorded(sha, at)
        for sha, at in measures.answering(conn, since=since).items()
        if sha not in known
    ]
    found = measures.served(conn, [each["sha"] for each in listed], since=since)
    compared = compare(conn, policy, current, now=now) if current is not None else None
    trial = None
    if compared is not None:
        verdict, shares = compared
        trial = {**verdict.as_json(), "served": {sha: asdict(s) for sha, s in shares.items()}}
    return {
        "models": [{**each, "served": _shares(found[each["sha"]])} for each in listed],
        "routing": routing(current),
        "trial": trial,
        "rule": asdict(policy),
        "changes": [_change(row) for row in repository.changes(conn, 20)],
    }


def _unrecorded(sha: str, answered: float) -> dict[str, Any]:
    """A model that answers without having been published: nothing but its turns is known."""
    nothing = dict.fromkeys(("name", "inputs", "trained_at", "recorded_at", "published_at"))
    return {
        **nothing,
        **dict.fromkeys(("author", "revision", "report", "guard")),
        "sha": sha,
        "state": UNRECORDED,
        "answered_at": iso(answered),
    }


def _shares(served: Served) -> dict[str, Any]:
    of = served.conversations
    return {
        **asdict(served),
        "rejection": served.rejected / of if of else None,
        "escalation": served.escalated / of if of else None,
        "satisfaction": served.satisfied / served.ratings if served.ratings else None,
    }


def _change(row: Any) -> dict[str, Any]:
    why = row.why or {}
    return {
        "what": row.what,
        "model": row.model,
        "instead_of": row.instead_of,
        "author": row.author,
        "reason": why.get("reason"),
        "at": iso(row.at),
    }


def _moment(value: float | None) -> str | None:
    return None if value is None else iso(value)


def processes(seen: Iterable[Any]) -> list[dict[str, Any]]:
    """The Rasa processes as a gateway sees them."""
    return [
        {
            "url": each.url,
            "spare": each.spare,
            "ready": each.open,
            "draining": each.draining,
            "model": each.model,
            "in_flight": each.in_flight,
        }
        for each in seen
    ]
