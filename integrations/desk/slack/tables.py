"""What the desk in Slack remembers. Times are epoch seconds; a `ts` is Slack's name of a message.

Nothing a customer wrote is copied here: the queue refers to the transcript by id. What an agent
wrote stands in `slack_events` until it is worked off, a moment later, and is then removed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from integrations.conversations.tables import FOLLOWS, index_of, metadata

_Serial = BigInteger().with_variant(Integer, "sqlite")
_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _name(name: str, **more: Any) -> Column[str]:
    """An id of ours or of Slack's; `nullable=False` where there is always one."""
    return Column(name, String(40), **more)


def _moment(name: str) -> Column[float]:
    return Column(name, Float, nullable=False)


def _waiting(name: str, column: str) -> Index:
    """What isn't done, however much is."""
    return index_of("done_at IS NULL", name, column)


slack_threads = Table(
    "slack_threads",
    metadata,
    _name("handoff_id", primary_key=True),
    _name("conversation_id", nullable=False),
    _name("channel", nullable=False),
    # The card's message, once it is posted.
    _name("ts"),
    # What stands in the transcript message, and up to where the conversation is in the thread.
    Column("transcript_seq", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    # What the card was last made from, as a digest.
    Column("shown", String(80)),
    _moment("created_at"),
    Index("slack_threads_place", "channel", "ts"),
    Index("slack_threads_conversation", "conversation_id"),
    info={FOLLOWS: ("transcript_seq", "seq")},
)

# What has to be shown in Slack, in order, once.
slack_queue = Table(
    "slack_queue",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    _name("handoff_id", nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", _Json, nullable=False),
    Column("state", String(12), nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Float, nullable=False, server_default="0"),
    Column("sending_until", Float),
    _name("ts"),
    Column("error", String(200)),
    Column("expires_at", Float),
    _moment("created_at"),
    Column("done_at", Float),
    _waiting("slack_queue_waiting", "n"),
    Index("slack_queue_handoff", "handoff_id", "n"),
)

# Messages in a thread that stand for something of ours: a note, or words to the customer.
slack_messages = Table(
    "slack_messages",
    metadata,
    _name("channel", primary_key=True),
    _name("ts", primary_key=True),
    _name("handoff_id", nullable=False),
    _name("note_id"),
    _name("outbound_id"),
    # The state of delivery that its reaction shows.
    Column("mark", String(12)),
    _moment("created_at"),
    Index("slack_messages_outbound", "outbound_id"),
    Index("slack_messages_note", "note_id"),
)

# Everything Slack told us, stored before it is acknowledged. The body goes when it is worked off.
slack_events = Table(
    "slack_events",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("body", _Json),
    _moment("received_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_until", Float, nullable=False, server_default="0"),
    Column("done_at", Float),
    Column("outcome", String(120)),
    _waiting("slack_events_waiting", "received_at"),
    Index("slack_events_done", "done_at"),
)

# Who somebody in Slack is at the desk; two people never share a name.
slack_agents = Table(
    "slack_agents",
    metadata,
    _name("user_id", primary_key=True),
    Column("name", String(120), nullable=False),
    # From another company's workspace, or no person: may read along, may not act.
    Column("outsider", Boolean, nullable=False),
    _moment("checked_at"),
    UniqueConstraint("name"),
)
