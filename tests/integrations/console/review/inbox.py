"""A gateway whose review inbox holds what a test puts there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from sqlalchemy import Connection, insert, select, update

from integrations.container import Container
from integrations.conversations.ids import new_id
from integrations.conversations.sql import insert_new
from integrations.review import reasons, showing, summaries
from integrations.review.tables import groups, messages, proposals, texts
from understanding.sameness import digest

from .. import factory
from .workbench import Workbench

T = TypeVar("T")
HOUR_S = 3600.0


@dataclass
class Inbox:
    """`workbench` answers what an example would change."""

    url: str
    container: Container
    workbench: Workbench
    password: str
    _ages: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def group(self, *given: str | dict[str, Any], **values: Any) -> str:
        """A group of these messages, the newest first; its id. `values` hold for each message.

        `dialogue`: what the bot said before and what after.
        """
        wanted = [{**values, **({"text": m} if isinstance(m, str) else m)} for m in given]

        def fill(conn: Connection) -> str:
            now = self.container.clock.now()
            group_id = new_id("g")
            name = wanted[0]["text"]
            conn.execute(insert(groups).values(**_group(group_id, name, now)))
            for message in wanted:
                _message(conn, group_id, at=now - HOUR_S * next(self._ages), **message)
            summaries.count(conn, [group_id], now=now)
            return group_id

        return self._write(fill)

    def joins(self, group: str, text: str, **values: Any) -> None:
        """One more message comes into a group."""

        def fill(conn: Connection) -> None:
            now = self.container.clock.now()
            _message(conn, group, at=now, text=text, **values)
            summaries.count(conn, [group], now=now)

        self._write(fill)

    def proposals(self) -> list[dict[str, Any]]:
        """What was proposed, oldest first."""
        query = select(proposals).order_by(proposals.c.created_at, proposals.c.text)
        return self._write(lambda conn: [showing.proposal(row) for row in conn.execute(query)])

    def published(self) -> None:
        """Somebody publishes a model that knows all that is queued."""
        now = self.container.clock.now()
        taken = update(proposals).values(state="published", published_at=now)
        self._write(lambda conn: conn.execute(taken))

    def states(self, group: str) -> dict[str, str]:
        """A group's messages by text."""
        query = select(messages.c.text, messages.c.state).where(messages.c.group_id == group)
        return self._write(lambda conn: {row.text: row.state for row in conn.execute(query)})

    def colleague_settles(self, group: str, text: str, *, intent: str, agent: str) -> None:
        """Somebody else accepts one message, in another browser."""
        with httpx2.Client(base_url=self.url, timeout=60) as http:
            body = {"password": self.password, "agent": agent, "language": "it"}
            csrf = http.post("/console/api/session", json=body).json()["csrf"]
            seen = http.get(f"/console/api/review/groups/{group}").json()
            [message] = [m["id"] for m in seen["messages"] if m["text"] == text]
            answer = http.post(
                "/console/api/review/proposals",
                headers={"X-CSRF-Token": csrf},
                json={
                    "group": group,
                    "version": seen["group"]["version"],
                    "kind": "intent",
                    "intent": intent,
                    "examples": [{"message": message, "text": text, "entities": []}],
                    "messages": [message],
                },
            )
            assert answer.status_code == 200, answer.text

    def _write(self, query: Callable[[Connection], T]) -> T:
        return asyncio.run(self.container.database.write(query))


def _group(group_id: str, title: str, now: float) -> dict[str, Any]:
    """Its figures are counted from its messages."""
    return {
        "id": group_id,
        "version": 1,
        "state": "open",
        "title": title,
        "title_digest": digest(title),
        "language": "it",
        "size": 0,
        "trend": 0,
        "first_at": now,
        "last_at": now,
        "summary": {},
        "counted_on": 0,
        "dirty": False,
    }


def _message(
    conn: Connection,
    group_id: str,
    *,
    text: str,
    at: float,
    reading: dict[str, Any],
    reason: Sequence[str] = ("rejected",),
    dialogue: Sequence[str] = (),
    **values: Any,
) -> None:
    before, after = dialogue[:1], dialogue[1:]
    conversation = factory.conversation(conn, at=at)
    for said in before:
        factory.told(conn, conversation, said, at=at)
    inbound = factory.said(conn, conversation, text, at=at)
    for said in after:
        factory.told(conn, conversation, said, at=at)
    same = digest(text)
    settled = {"group_id": group_id, "encoder": "tests"}
    insert_new(conn, texts, {"digest": same, "text": text, **settled})
    row = {
        "id": new_id("r"),
        "inbound_id": inbound,
        "conversation_id": conversation,
        "channel": "webchat",
        "language": "it",
        "at": at,
        "text": text,
        "spans": [],
        "entities": [],
        "digest": same,
        **reading,
        "model": "5f3c9a",
        "reasons": reasons.bits(reason),
        "next": "rephrased",
        "state": "open",
        "group_id": group_id,
        **values,
    }
    conn.execute(insert(messages).values(**row))
