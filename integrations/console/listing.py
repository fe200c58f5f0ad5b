"""The list as JSON: sections in the order in which people are needed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from integrations.console import queries
from runtime.clock import iso
from runtime.errors import Invalid

View = Literal["all", "waiting", "mine"]
SEARCH_CHARS = 100


def page(
    conn: Connection, *, agent: str, view: View, search: str = "", after: str | None = None
) -> dict[str, Any]:
    """`{"sections": [{"name", "conversations"}], "counts", "next"}`.

    `next` is what to pass as `after` for older conversations, None at the end. Raises Invalid for
    a cursor that isn't ours.
    """
    sections: list[tuple[str, Sequence[Any]]] = []
    following = None
    wanted = search.strip()[:SEARCH_CHARS]
    if wanted:
        sections.append(("found", queries.found(conn, wanted)))
    elif after is None:
        if view != "mine":
            sections.append(("waiting", queries.waiting(conn)))
        if view != "waiting":
            rows = queries.with_people(conn, agent, mine_only=view == "mine")
            sections.append(("people", rows))
    if view == "all" and not wanted:
        rows = queries.recent(conn, before=_opened(after), limit=queries.PAGE + 1)
        if len(rows) > queries.PAGE:
            rows = rows[: queries.PAGE]
            following = _cursor(rows[-1])
        sections.append(("recent", rows))
    ids = [row.id for _, rows in sections for row in rows]
    previews = queries.previews(conn, ids)
    return {
        "sections": [
            {"name": name, "conversations": [item(row, previews.get(row.id)) for row in rows]}
            for name, rows in sections
        ],
        "counts": queries.counts(conn, agent),
        "next": following,
    }


def item(row: Any, preview: dict[str, Any] | None = None) -> dict[str, Any]:
    """One conversation as the list and its page's head show it; times ISO 8601."""
    return {
        "id": row.id,
        "name": row.sender_name,
        "handle": row.handle,
        "address": row.address,
        "channel": row.channel,
        "language": row.language,
        "owner": row.owner,
        "version": row.version,
        "last_inbound_at": _time(row.last_inbound_at),
        "last_activity_at": _time(row.last_activity_at),
        "handoff": _handoff(row),
        "preview": preview,
    }


def _handoff(row: Any) -> dict[str, Any] | None:
    if row.handoff_id is None:
        return None
    return {
        "id": row.handoff_id,
        "state": row.handoff_state,
        "priority": row.priority,
        "reasons": list(row.reasons or ()),
        "requested_at": _time(row.requested_at),
        "first_answer_due_at": _time(row.first_answer_due_at),
        "claimed_by": row.claimed_by,
        "answered_at": _time(row.answered_at),
    }


def _time(at: float | None) -> str | None:
    return None if at is None else iso(at)


def _cursor(row: Any) -> str:
    text = f"{row.last_activity_at!r}|{row.id}"
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _opened(cursor: str | None) -> tuple[float, str] | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, conversation_id = base64.urlsafe_b64decode(padded).decode().split("|")
        return float(at), conversation_id
    except (ValueError, binascii.Error) as error:
        raise Invalid("this is not a page of ours", field="after") from error
