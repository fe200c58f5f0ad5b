"""What Slack tells us: what of it matters, and storing it once before it is acknowledged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.conversations.sql import insert_new
from integrations.desk.slack import cards, messages, modals
from integrations.desk.slack.tables import slack_events

SHORTCUT = "send_to_customer"
CLAIM_S = 30.0
ATTEMPTS = 200
# What can't be worked off for so long holds up nothing that was written after it any more.
HOLDS_UP_S = 120.0
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})
_CHANGED = frozenset({"message_changed", "message_deleted"})
_ACTIONS = frozenset(
    {
        cards.CLAIM,
        cards.REPLY,
        cards.RETURN,
        cards.RESOLVE,
        messages.SEND,
        messages.KEEP,
        messages.CORRECT,
        messages.RETRY,
    }
)
_VIEWS = frozenset({modals.REPLY_VIEW, modals.RETURN_VIEW, modals.RESOLVE_VIEW})


@dataclass(frozen=True)
class Occurrence:
    """Something that happened in Slack. `ignored` says why there is nothing to do."""

    key: str
    kind: str
    ignored: str | None = None


def triage(body: Mapping[str, Any], channel: str) -> Occurrence:
    """What a request of Slack's is; never raises, whatever it holds."""
    kind = _text(body.get("type")) or "unknown"
    if kind == "event_callback":
        return _event(body, channel)
    if kind == "block_actions":
        return _action(body)
    if kind == "message_action":
        ignored = None if body.get("callback_id") == SHORTCUT else "another shortcut"
        return Occurrence(_interaction_key(body, kind), "shortcut", ignored)
    if kind == "view_submission":
        known = _text(_dict(body.get("view")).get("callback_id")) in _VIEWS
        return Occurrence(_interaction_key(body, kind), "view", None if known else "another view")
    return Occurrence(_interaction_key(body, kind), kind[:60], "nothing to do")


def _event(body: Mapping[str, Any], channel: str) -> Occurrence:
    event = _dict(body.get("event"))
    event_type = _text(event.get("type")) or "unknown"
    key = f"event:{_text(body.get('event_id')) or _digest(body)}"[:200]
    if event_type != "message":
        return Occurrence(key, event_type[:60], "an event we don't use")
    return Occurrence(key, "message", _useless(event, channel))


def _useless(event: Mapping[str, Any], channel: str) -> str | None:
    """Why a message event is of no use to the desk; None if it is."""
    subtype = event.get("subtype")
    if event.get("channel") != channel:
        return "another channel"
    if subtype in _CHANGED:
        inner = _dict(event.get("previous_message"))
        if inner.get("bot_id") or not inner.get("user"):
            return "a bot's message"
        return None if inner.get("thread_ts") else "not in a thread"
    if not isinstance(subtype, str | None) or subtype not in _WRITTEN:
        return "not written by a person"
    if event.get("bot_id") or event.get("app_id") or not _text(event.get("user")):
        return "a bot's message"
    if not _text(event.get("thread_ts")) or event.get("thread_ts") == event.get("ts"):
        return "not in a thread"
    return None


def _action(body: Mapping[str, Any]) -> Occurrence:
    actions = body.get("actions")
    action = _dict(actions[0]) if isinstance(actions, list) and actions else {}
    known = _text(action.get("action_id")) in _ACTIONS
    return Occurrence(
        _interaction_key(body, "block_actions"), "action", None if known else "another action"
    )


def _interaction_key(body: Mapping[str, Any], kind: str) -> str:
    """A trigger belongs to one press of one button; without one the content has to do."""
    trigger = _text(body.get("trigger_id"))
    user = _text(_dict(body.get("user")).get("id"))
    actions = body.get("actions")
    action = _dict(actions[0]) if isinstance(actions, list) and actions else {}
    moment = _text(action.get("action_ts")) or _text(body.get("action_ts")) or ""
    named = f"{kind}:{trigger}:{user}:{moment}" if trigger else f"{kind}:{_digest(body)}"
    return named if len(named) <= 200 else f"{kind[:60]}:{_digest(body)}"


def _digest(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


# -- storing -------------------------------------------------------------------------------------


def store(conn: Connection, what: Occurrence, body: Mapping[str, Any], *, now: float) -> bool:
    """Store an occurrence and take it in hand; whether it is new."""
    ignored = what.ignored is not None
    return insert_new(
        conn,
        slack_events,
        {
            "key": what.key.replace("\x00", ""),
            "kind": what.kind.replace("\x00", ""),
            "body": None if ignored else _storable(body),
            "received_at": now,
            "claimed_until": now + CLAIM_S,
            "done_at": now if ignored else None,
            "outcome": f"ignored: {what.ignored}" if ignored else None,
        },
    )


def _storable(body: Mapping[str, Any]) -> Any:
    """PostgreSQL's JSON holds no null characters, and nobody types one."""
    written = json.dumps(body)
    return json.loads(written.replace("\\u0000", "")) if "\\u0000" in written else body


def claim(conn: Connection, *, now: float, limit: int = 50) -> list[Any]:
    """Stored occurrences that nobody works on (their process is gone, or they were put off)."""
    e = slack_events.c
    rows = conn.execute(
        select(slack_events)
        .where(e.done_at.is_(None), e.claimed_until < now, e.attempts < ATTEMPTS)
        .order_by(e.received_at)
        .limit(limit)
    ).all()
    return [
        row
        for row in rows
        if conn.execute(
            update(slack_events)
            .where(e.key == row.key, e.claimed_until == row.claimed_until, e.done_at.is_(None))
            .values(claimed_until=now + CLAIM_S)
        ).rowcount
        == 1
    ]


def thread_of(body: Mapping[str, Any]) -> str:
    """The thread that a message event belongs to, or nothing."""
    event = _dict(body.get("event"))
    inner = _dict(event.get("previous_message"))
    return _text(event.get("thread_ts")) or _text(inner.get("thread_ts")) or ""


def held_up(conn: Connection, key: str, body: Mapping[str, Any], *, now: float) -> bool:
    """Whether an earlier message of the same thread is stored and not worked off yet.

    Its process may be gone, or something it needs is away: what an agent wrote after it goes to
    the customer after it.
    """
    e = slack_events.c
    thread, ts = thread_of(body), _text(_dict(body.get("event")).get("ts")) or ""
    rows = conn.execute(
        select(e.body).where(
            e.done_at.is_(None),
            e.kind == "message",
            e.key != key,
            e.received_at > now - HOLDS_UP_S,
        )
    ).scalars()
    return any(
        thread_of(other) == thread and (_text(_dict(other.get("event")).get("ts")) or "") < ts
        for other in map(_dict, rows)
    )


def finish(conn: Connection, key: str, outcome: str, *, now: float) -> None:
    """It is worked off: what it said goes, that it was there stays."""
    conn.execute(
        update(slack_events)
        .where(slack_events.c.key == key)
        .values(done_at=now, outcome=outcome[:120], body=None)
    )


def put_off(conn: Connection, key: str, *, until: float) -> None:
    """Something is away: again later."""
    conn.execute(
        update(slack_events)
        .where(slack_events.c.key == key)
        .values(claimed_until=until, attempts=slack_events.c.attempts + 1)
    )
