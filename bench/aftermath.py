"""Afterwards: was everything stored, worked off, answered and sent, each once?

Read from the gateway's database past the gateway (SQLite only) and from the simulators.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from bench.mix import Expected
from bench.wire import Unexpected
from ops.system import System
from tests.simulators.telegram import TelegramSimulator

DRAIN_S = 400.0
Rows = Callable[..., list[tuple[Any, ...]]]


def rows(system: System, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    file = system.home / "gateway.sqlite3"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


def once_each(what: str, expected: Sequence[Any], found: Iterable[Any]) -> int:
    """How many there are. Raises Unexpected unless each expected one is found exactly once."""
    counts = Counter(found)
    lost = [one for one in expected if counts[one] == 0]
    doubled = [one for one in expected if counts[one] > 1]
    if lost or doubled:
        example = (lost or doubled)[0]
        raise Unexpected(f"{what}: {len(lost)} lost, {len(doubled)} doubled, such as {example!r}")
    return len(expected)


async def drained(system: System) -> None:
    """Until everything that came in was handled and everything that it led to was sent."""
    open_ends = (
        "SELECT count(*) FROM inbound WHERE disposition IS NULL",
        "SELECT count(*) FROM outbound WHERE state IN ('pending', 'sending')",
        "SELECT count(*) FROM slack_events WHERE done_at IS NULL",
    )
    end = time.time() + DRAIN_S
    while left := [n for query in open_ends for (n,) in rows(system, query) if n]:
        if time.time() > end:
            raise Unexpected(f"not handled within {DRAIN_S:.0f} s: {left} of messages and events")
        await asyncio.sleep(0.5)


def proof(system: System, telegram: TelegramSimulator, expected: Expected, begun: float) -> str:
    """What is stored, answered and sent, in words. Raises Unexpected unless all of it is, once."""
    came = (
        "FROM inbound i JOIN conversations c ON c.id = i.conversation_id WHERE i.received_at >= ?"
    )
    updates = rows(system, f"SELECT i.dedup_key {came} AND i.channel = 'telegram'", begun)
    messages = rows(system, f"SELECT c.address, i.external_id {came} AND i.channel = 'api'", begun)
    events = [key for (key,) in rows(system, "SELECT key FROM slack_events")]
    stored = once_each("updates", expected.updates, (key for (key,) in updates))
    stored += once_each("messages", expected.messages, messages)
    keys = set(expected.slack)
    stored += once_each(
        "events",
        expected.slack,
        (part for key in events for part in key.split(":") if part in keys),
    )
    if (len(updates), len(messages)) != (len(expected.updates), len(expected.messages)):
        raise Unexpected("more was stored than was sent")
    _worked_off_once(partial(rows, system), expected, begun)
    answered = _answered_once(partial(rows, system), expected, begun)
    sent = _sent_once(partial(rows, system), telegram, begun)
    return (
        f"afterwards {stored} messages and events stood there once each, {answered} were answered"
        f" once each, and Telegram had got {sent} messages once each"
    )


def _worked_off_once(query: Rows, expected: Expected, begun: float) -> None:
    places = query("SELECT ts, note_id, outbound_id FROM slack_messages")
    once_each("notes", expected.notes, (ts for ts, note, _ in places if note))
    once_each("replies", expected.replies, (ts for ts, _, outbound in places if outbound))
    [(noted,)] = query("SELECT count(*) FROM notes WHERE created_at >= ?", begun)
    [(told,)] = query(
        "SELECT count(*) FROM outbound WHERE role = 'agent' AND created_at >= ?", begun
    )
    if told != len(expected.replies):
        raise Unexpected(f"{told} replies of agents instead of {len(expected.replies)}")
    if noted != len(expected.notes) + expected.corrected:
        outcomes = Counter(query("SELECT kind, outcome FROM slack_events")).most_common(12)
        wanted = f"{len(expected.notes)} and {expected.corrected} corrected"
        raise Unexpected(f"{noted} notes instead of {wanted}: {outcomes}")


def _answered_once(query: Rows, expected: Expected, begun: float) -> int:
    answers = query(
        "SELECT c.address, o.in_reply_to FROM outbound o"
        " JOIN conversations c ON c.id = o.conversation_id"
        " WHERE o.created_at >= ? AND o.role = 'bot' AND c.owner = 'bot'",
        begun,
    )
    answered = Counter(
        (address, message) for address, given in answers for message in json.loads(given or "[]")
    )
    # A change that overtakes its message is answered like a message, and then so is the message.
    for twice in query(
        "SELECT c.address, e.external_id FROM inbound e"
        " JOIN conversations c ON c.id = e.conversation_id"
        " JOIN inbound m ON m.conversation_id = e.conversation_id"
        " AND m.external_id = e.external_id AND m.kind = 'message'"
        " WHERE e.received_at >= ? AND e.kind = 'edit' AND e.seq < m.seq",
        begun,
    ):
        answered[twice] -= 1
    return once_each("answers", [*expected.asked, *expected.messages], answered.elements())


def _sent_once(query: Rows, telegram: TelegramSimulator, begun: float) -> int:
    states: Counter[str] = Counter(
        dict(
            query(
                "SELECT o.state, count(*) FROM outbound o"
                " JOIN conversations c ON c.id = o.conversation_id"
                " WHERE c.channel = 'telegram' AND o.created_at >= ? GROUP BY o.state",
                begun,
            )
        )
    )
    with telegram.state.lock:
        taken = sum(
            call.ok and call.method == "sendmessage" and call.at >= begun
            for call in telegram.state.calls
        )
    if states != Counter({"sent": taken}):
        raise Unexpected(f"of what was to be sent {dict(states)}, Telegram got {taken} messages")
    return taken
