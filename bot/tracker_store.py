"""A tracker store whose cost does not grow with the length of a conversation.

A read takes the newest turns, headed by the state before them; a turn is one INSERT that holds its
events, the state after it and the answer that was given. Turns are written whole: while one is
under way its tracker lives in memory, and nothing of it is stored before all of it is.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection

from bot import settings
from bot.trackers import rows
from bot.trackers.database import Database, Taken
from bot.trackers.rows import StoredTurn, Turn
from bot.trackers.states import rebuilt, state_events, state_of, without_the_bot

_current: ContextVar[OpenTurn | None] = ContextVar("current_turn", default=None)


class Voided(Exception):
    """The turn was voided: it must not be handled."""


class OpenTurn:
    """A turn under way: its tracker, and how much of it is stored already."""

    def __init__(
        self,
        turn_id: str,
        number: int,
        tracker: DialogueStateTracker,
        stored: int,
        answer: dict[str, Any] | None = None,
    ) -> None:
        self.turn_id = turn_id
        self.number = number
        self.tracker = tracker
        # The answer stored for it, when it was handled before.
        self.answer = answer
        self._stored = stored

    def new_events(self) -> list[Event]:
        """What happened since the turn began."""
        return list(self.tracker.events)[self._stored :]


class CareTrackerStore(TrackerStore):
    """Append-only, bounded, on SQLite or PostgreSQL.

    Every method raises StoreUnavailable when the database does not answer.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        window: int | None = None,
        **_: Any,
    ) -> None:
        """`host`: SQLAlchemy address (the `url` of endpoints.yml); `window`: turns read."""
        super().__init__(domain, event_broker)
        self._window = window or settings.WINDOW_TURNS
        self._database = Database(host or settings.database_url())

    # What Rasa's processor calls.

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the turn under way, or one rebuilt from the newest turns."""
        turn = _current.get()
        if turn is not None and turn.tracker.sender_id == sender_id:
            return turn.tracker
        newest = await self._newest(sender_id)
        return self._tracker(sender_id, newest) if newest else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Nothing while a turn is under way: it is committed whole. Otherwise one row."""
        turn = _current.get()
        if turn is not None and turn.tracker is tracker:
            return
        newest = await self._newest(tracker.sender_id)
        stored = len(self._tracker(tracker.sender_id, newest).events) if newest else 0
        number = newest[-1].number + 1 if newest else 1
        await self._commit(OpenTurn(f"save-{uuid.uuid4().hex}", number, tracker, stored), None)

    async def keys(self) -> Iterable[str]:
        """Not offered: nothing in the bot lists conversations."""
        return []

    # What the care channel calls.

    async def answer_to(self, conversation: str, turn_id: str) -> dict[str, Any] | None:
        """The answer stored for this turn, None when it was never handled; raises Voided."""
        turn = await self._database.run(
            lambda connection: rows.by_id(connection, self._database.tables, conversation, turn_id)
        )
        return _answer(turn)

    @asynccontextmanager
    async def turn(self, conversation: str, turn_id: str) -> AsyncIterator[OpenTurn]:
        """Open a turn; leaving without `commit` forgets it.

        One that was handled before has its `answer`; raises Voided for one that was voided.
        """
        tables, count = self._database.tables, self._window + 1

        def work(connection: Connection) -> tuple[StoredTurn | None, list[StoredTurn]]:
            earlier = rows.by_id(connection, tables, conversation, turn_id)
            return earlier, rows.newest(connection, tables, conversation, count)

        earlier, newest = await self._database.run(work)
        answer = _answer(earlier)
        tracker = self._tracker(conversation, newest)
        number = newest[-1].number + 1 if newest else 1
        turn = OpenTurn(turn_id, number, tracker, len(tracker.events), answer)
        token = _current.set(turn)
        try:
            yield turn
        finally:
            _current.reset(token)

    async def commit(self, turn: OpenTurn, answer: dict[str, Any]) -> dict[str, Any]:
        """Store the turn with its answer.

        Returns the answer that counts: an earlier one if the same turn was handled meanwhile.
        Raises Voided, or Taken when another turn of this conversation was first.
        """
        try:
            await self._commit(turn, answer)
        except Taken:
            stored = await self.answer_to(turn.tracker.sender_id, turn.turn_id)
            if stored is None:
                raise
            return stored
        return answer

    async def append_events(
        self, conversation: str, events: Sequence[tuple[str, Sequence[Event]]]
    ) -> int:
        """Append what happened elsewhere, each thing under its id; returns how many were new."""
        tables = self._database.tables

        def work(connection: Connection) -> int:
            unknown = rows.unknown_events(connection, tables, conversation, [i for i, _ in events])
            new = {name: happened for name, happened in events if name in unknown}
            if not new:
                return 0
            newest = rows.newest(connection, tables, conversation, self._window + 1)
            tracker = self._tracker(conversation, newest)
            stored = len(tracker.events)
            if not newest:
                # Without a session the bot would not be listening when its first message comes.
                for event in _beginning():
                    tracker.update(event, self.domain)
            for happened in new.values():
                for event in happened:
                    tracker.update(event, self.domain)
            number = newest[-1].number + 1 if newest else 1
            turn = OpenTurn(f"events-{uuid.uuid4().hex}", number, tracker, stored)
            rows.remember_events(connection, tables, conversation, list(new))
            rows.append(connection, tables, conversation, _row(turn, None))
            return len(new)

        return await self._database.run(work)

    async def void(self, conversation: str, turn_id: str) -> list[dict[str, Any]]:
        """Take a turn back, or make sure that it will never be handled.

        Returns the actions that had run in it: what they changed elsewhere stays changed.
        """
        tables = self._database.tables

        def work(connection: Connection) -> list[dict[str, Any]]:
            turn = rows.by_id(connection, tables, conversation, turn_id)
            if turn is None:
                number = rows.lowest(connection, tables, conversation) - 1
                gone = Turn(number, turn_id, time.time(), True, [], {}, None)
                rows.append(connection, tables, conversation, gone)
                return []
            if not turn.voided:
                self._take_back(connection, conversation, turn)
            return list((turn.answer or {}).get("actions") or [])

        return await self._database.run(work)

    async def erase(self, conversation: str) -> int:
        """Delete a conversation; returns the number of rows deleted."""
        return await self._database.run(
            lambda connection: rows.erase(connection, self._database.tables, conversation)
        )

    async def touch(self) -> None:
        """Read something, to know that the database answers."""
        await self._database.run(
            lambda connection: rows.newest(connection, self._database.tables, "", 1)
        )

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _take_back(self, connection: Connection, conversation: str, turn: Turn) -> None:
        """Rewrite the turn without the bot, and the states after it and after its successors."""
        tables = self._database.tables
        affected = rows.since(connection, tables, conversation, turn.number)
        before = [earlier for earlier in affected if earlier.number < turn.number]
        tracker = self._tracker(conversation, before, head=True)
        for each in affected[len(before) :]:
            events = deserialise_events(each.events)
            if each.number == turn.number:
                events = without_the_bot(events)
            for event in events:
                tracker.update(event, self.domain)
            voided = each.voided or each.number == turn.number
            rewritten = Turn(
                each.number,
                each.turn_id,
                each.at,
                voided,
                [event.as_dict() for event in events],
                state_of(tracker),
                _actions_of(each.answer) if voided else each.answer,
            )
            rows.replace(connection, tables, conversation, rewritten)

    async def _newest(self, conversation: str) -> list[StoredTurn]:
        return await self._database.run(
            lambda connection: rows.newest(
                connection, self._database.tables, conversation, self._window + 1
            )
        )

    async def _commit(self, turn: OpenTurn, answer: dict[str, Any] | None) -> None:
        row = _row(turn, answer)
        await self._database.run(
            lambda connection: rows.append(
                connection, self._database.tables, turn.tracker.sender_id, row
            )
        )

    def _tracker(
        self, conversation: str, newest: list[StoredTurn], *, head: bool = False
    ) -> DialogueStateTracker:
        """Rebuild from rows, oldest first; the first of a full window (or with `head`) is only
        the state that the others start from."""
        events: list[Event] = []
        if newest and (head or len(newest) > self._window):
            first, newest = newest[0], newest[1:]
            events = state_events(first.state_after, first.at, self.domain.slots)
        for turn in newest:
            events += deserialise_events(turn.events)
        return rebuilt(conversation, events, self.domain.slots)


def _beginning() -> list[Event]:
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


def _row(turn: OpenTurn, answer: dict[str, Any] | None) -> Turn:
    return Turn(
        number=turn.number,
        turn_id=turn.turn_id,
        at=time.time(),
        voided=False,
        events=[event.as_dict() for event in turn.new_events()],
        state_after=state_of(turn.tracker),
        answer=answer,
    )


def _actions_of(answer: dict[str, Any] | None) -> dict[str, Any] | None:
    """All that is kept of a voided turn's answer."""
    return {"actions": answer.get("actions") or []} if answer else None


def _answer(turn: StoredTurn | None) -> dict[str, Any] | None:
    if turn is None:
        return None
    if turn.voided:
        raise Voided
    return turn.answer
