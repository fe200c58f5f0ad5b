"""Days, counted up: what the page reads, however many messages there were. Times: epoch seconds.

Counts and cases are made anew from the messages whenever a day changes; neither holds a word that
anybody wrote.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table

from integrations.conversations.tables import FOLLOWS, metadata

_Serial = BigInteger().with_variant(Integer, "sqlite")


def _what() -> tuple[Column[str], ...]:
    """What was counted: `handoff`, `not-understood-twice`, ``, `resolved`; see `counting`."""
    return (
        Column("measure", String(16), nullable=False),
        Column("name", String(120), nullable=False),
        Column("detail", String(120), nullable=False),
        Column("fate", String(16), nullable=False),
    )


insight_days = Table(
    "insight_days",
    metadata,
    # YYYY-MM-DD in the desk's time zone, from its first moment to the next one's.
    Column("day", String(10), primary_key=True),
    Column("starts_at", Float, nullable=False),
    Column("ends_at", Float, nullable=False),
    # By which definitions, as things stood when.
    Column("definitions", Integer, nullable=False),
    Column("counted_at", Float, nullable=False),
    # Something of that day has changed since: a case was closed, rated, labelled.
    Column("touched_at", Float, nullable=False, server_default="0"),
    Index("insight_days_ends", "ends_at"),
)

insight_counts = Table(
    "insight_counts",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    Column("day", String(10), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("language", String(8), nullable=False),
    *_what(),
    Column("count", Integer, nullable=False),
    Index("insight_counts_day", "day", "measure"),
)

# Where to read more: the conversations behind what is worth a look.
insight_cases = Table(
    "insight_cases",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    Column("day", String(10), nullable=False),
    Column("at", Float, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("language", String(8), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    # The message that it is about.
    Column("message_id", String(40)),
    *_what(),
    Index("insight_cases_what", "measure", "name", "at"),
    Index("insight_cases_day", "day"),
    Index("insight_cases_conversation", "conversation_id"),
    info={FOLLOWS: ()},
)
