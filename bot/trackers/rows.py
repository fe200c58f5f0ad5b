"""The tables behind the tracker store: one row a turn, only ever appended or taken back.

`turns` has the primary key (conversation, turn), which fences rival writers, and is unique on
(conversation, turn_id), which makes a repeated request visible. A turn that was voided before it
was ever seen is a row with a negative number: it is in nobody's history, but its id is taken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

SCHEMA_VERSION = 1


class Tables:
    """Table definitions, in the schema `bot` on PostgreSQL and in none on SQLite."""

    def __init__(self, schema: str | None) -> None:
        self.metadata = sa.MetaData(schema=schema)
        self.version = sa.Table("version", self.metadata, sa.Column("version", sa.Integer))
        self.turns = sa.Table(
            "turns",
            self.metadata,
            sa.Column("conversation", sa.Text, primary_key=True),
            sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("turn_id", sa.Text, nullable=False),
            sa.Column("at", sa.Float(53), nullable=False),
            sa.Column("voided", sa.Boolean, nullable=False),
            sa.Column("events", sa.Text, nullable=False),
            sa.Column("state_after", sa.Text, nullable=False),
            sa.Column("answer", sa.Text),
            sa.UniqueConstraint("conversation", "turn_id", name="turns_once"),
        )
        self.synced = sa.Table(
            "synced_events",
            self.metadata,
            sa.Column("conversation", sa.Text, primary_key=True),
            sa.Column("event_id", sa.Text, primary_key=True),
        )
        # The statements of every turn; building one costs more than SQLite takes to run it.
        turns, conversation = self.turns, sa.bindparam("conversation")
        of_it = turns.c.conversation == conversation
        self.newest = (
            sa.select(turns)
            .where(of_it, turns.c.turn > 0)
            .order_by(turns.c.turn.desc())
            .limit(sa.bindparam("count"))
        )
        self.by_id = sa.select(turns).where(of_it, turns.c.turn_id == sa.bindparam("turn_id"))
        self.append = turns.insert()


@dataclass(frozen=True)
class Turn:
    """A row to write: `events` and `state_after` are JSON values, `answer` what was answered."""

    number: int
    turn_id: str
    at: float
    voided: bool
    events: list[dict[str, Any]]
    state_after: dict[str, Any]
    answer: dict[str, Any] | None


class StoredTurn:
    """One row as it was read. JSON is read when it is asked for: a tracker needs the events of
    most rows, the state of one and no answers."""

    def __init__(self, row: Any) -> None:
        self._row = row
        self.number: int = row.turn
        self.turn_id: str = row.turn_id
        self.at: float = row.at
        self.voided: bool = row.voided

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened, as Rasa's events."""
        events: list[dict[str, Any]] = json.loads(self._row.events)
        return events

    @property
    def state_after(self) -> dict[str, Any]:
        """See `bot.trackers.states`."""
        state: dict[str, Any] = json.loads(self._row.state_after)
        return state

    @property
    def answer(self) -> dict[str, Any] | None:
        """What the channel answered."""
        return None if self._row.answer is None else json.loads(self._row.answer)


def create(connection: Connection, tables: Tables) -> None:
    """Create what is missing; raises RuntimeError on tables of a newer program."""
    if tables.metadata.schema:
        # Two processes may start at once, and CREATE SCHEMA IF NOT EXISTS may then fail.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(18275005)"))
        connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {tables.metadata.schema}"))
    tables.metadata.create_all(connection)
    version = connection.execute(sa.select(tables.version.c.version)).scalar()
    if version is None:
        connection.execute(tables.version.insert().values(version=SCHEMA_VERSION))
    elif version != SCHEMA_VERSION:
        raise RuntimeError(
            f"the bot's database has version {version}, this program knows {SCHEMA_VERSION}"
        )


def newest(
    connection: Connection, tables: Tables, conversation: str, count: int
) -> list[StoredTurn]:
    """The newest turns, oldest first."""
    values = {"conversation": conversation, "count": count}
    return [StoredTurn(row) for row in reversed(connection.execute(tables.newest, values).all())]


def since(
    connection: Connection, tables: Tables, conversation: str, number: int
) -> list[StoredTurn]:
    """Turn `number`, the one before it, and all after it, oldest first."""
    turns = tables.turns
    query = (
        sa.select(turns)
        .where(turns.c.conversation == conversation, turns.c.turn >= max(1, number - 1))
        .order_by(turns.c.turn)
    )
    return [StoredTurn(row) for row in connection.execute(query).all()]


def by_id(
    connection: Connection, tables: Tables, conversation: str, turn_id: str
) -> StoredTurn | None:
    """The turn with this id, voided ones included."""
    values = {"conversation": conversation, "turn_id": turn_id}
    row = connection.execute(tables.by_id, values).first()
    return None if row is None else StoredTurn(row)


def append(connection: Connection, tables: Tables, conversation: str, turn: Turn) -> None:
    """Insert a turn; IntegrityError when its number or its id is taken."""
    values = {
        "conversation": conversation,
        "turn": turn.number,
        "turn_id": turn.turn_id,
        "at": turn.at,
        "voided": turn.voided,
        "events": _packed(turn.events),
        "state_after": _packed(turn.state_after),
        "answer": None if turn.answer is None else _packed(turn.answer),
    }
    connection.execute(tables.append, values)


def replace(connection: Connection, tables: Tables, conversation: str, turn: Turn) -> None:
    """Rewrite a turn that was voided, or the state after one that followed it."""
    connection.execute(
        tables.turns.update()
        .where(tables.turns.c.conversation == conversation, tables.turns.c.turn == turn.number)
        .values(
            voided=turn.voided,
            events=_packed(turn.events),
            state_after=_packed(turn.state_after),
            answer=None if turn.answer is None else _packed(turn.answer),
        )
    )


def lowest(connection: Connection, tables: Tables, conversation: str) -> int:
    """The lowest turn number in use, at most 0."""
    turns = tables.turns
    query = sa.select(sa.func.min(turns.c.turn)).where(turns.c.conversation == conversation)
    return min(0, connection.execute(query).scalar() or 0)


def unknown_events(
    connection: Connection, tables: Tables, conversation: str, event_ids: Sequence[str]
) -> set[str]:
    """Those of the ids that were not applied yet."""
    synced = tables.synced
    query = sa.select(synced.c.event_id).where(
        synced.c.conversation == conversation, synced.c.event_id.in_(list(event_ids))
    )
    return set(event_ids) - {row.event_id for row in connection.execute(query)}


def remember_events(
    connection: Connection, tables: Tables, conversation: str, event_ids: Sequence[str]
) -> None:
    """Note that these events were applied; IntegrityError when one of them was already."""
    if event_ids:
        rows = [{"conversation": conversation, "event_id": one} for one in event_ids]
        connection.execute(tables.synced.insert(), rows)


def erase(connection: Connection, tables: Tables, conversation: str) -> int:
    """Delete everything about a conversation; returns the number of rows deleted."""
    return sum(
        connection.execute(table.delete().where(table.c.conversation == conversation)).rowcount
        for table in (tables.turns, tables.synced)
    )


def _packed(value: Any) -> str:
    # ASCII on purpose: PostgreSQL refuses null characters and lone surrogates in text.
    return json.dumps(value, separators=(",", ":"))
