"""The gateway's tables. Times are epoch seconds; every id is opaque text but the queues' own."""

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
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
# In a table's `info`: it follows conversations, and these columns of it are places in them; or what
# does it for a table with one row a conversation: (connection, older, newer, new place of a place).
FOLLOWS = "follows"

# SQLite numbers only an INTEGER primary key by itself.
_Serial = BigInteger().with_variant(Integer, "sqlite")
_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _id(name: str, **more: Any) -> Column[str]:
    """An id of ours; `nullable=False` where there is always one."""
    return Column(name, String(40), **more)


def _moment(name: str, **more: Any) -> Column[float]:
    return Column(name, Float, **more)


def index_of(rows: str, name: str, *columns: str) -> Index:
    """An index of some rows only (an SQL condition), however many the table has."""
    return Index(name, *columns, sqlite_where=text(rows), postgresql_where=text(rows))


conversations = Table(
    "conversations",
    metadata,
    _id("id", primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("account", String(200), nullable=False),
    Column("address", String(300), nullable=False),
    Column("handle", String(300), nullable=False),
    Column("sender_name", String(300)),
    Column("sender_email", String(320)),
    Column("language", String(8)),
    Column("owner", String(16), nullable=False, server_default="bot"),
    Column("version", Integer, nullable=False, server_default="1"),
    # Bot messages of an older version than this are refused: a person took over since.
    Column("fence", Integer, nullable=False, server_default="1"),
    _id("lease_token"),
    Column("lease_until", Float, nullable=False, server_default="0"),
    # When there is work: set by what arrives or is put off, cleared by who handled it.
    _moment("due_at"),
    Column("next_seq", Integer, nullable=False, server_default="1"),
    _id("handoff_id"),
    Column("state", _Json, nullable=False),
    _moment("wrap_up_until"),
    _moment("created_at", nullable=False),
    _moment("last_inbound_at"),
    _moment("last_activity_at", nullable=False),
    # Why nothing reaches the customer any more ("blocked"), until they write again.
    Column("unreachable", String(40)),
    UniqueConstraint("channel", "account", "address"),
    index_of("due_at IS NOT NULL", "conversations_due", "due_at"),
    Index("conversations_activity", "last_activity_at"),
    Index("conversations_owner", "owner", "last_activity_at"),
)

inbound = Table(
    "inbound",
    metadata,
    _id("id", primary_key=True),
    _id("conversation_id", nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("account", String(200), nullable=False),
    Column("dedup_key", String(700), nullable=False),
    Column("external_id", String(300), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text),
    Column("payload", _Json),
    Column("attachments", _Json),
    Column("reply_to", String(300)),
    Column("public", Boolean, nullable=False),
    Column("language", String(8)),
    Column("sender_name", String(300)),
    Column("sender_email", String(320)),
    Column("raw", _Json),
    # Small facts that the platform gave with it, for the desk.
    Column("context", _Json),
    _moment("sent_at"),
    _moment("received_at", nullable=False),
    _id("turn_id"),
    Column("disposition", String(16)),
    Column("reason", String(80)),
    _moment("handled_at"),
    _moment("deleted_at"),
    # What the bot understood, for the desk, `make chat` and the review inbox.
    Column("reading", _Json),
    UniqueConstraint("channel", "account", "dedup_key"),
    UniqueConstraint("conversation_id", "seq"),
    index_of("disposition IS NULL", "inbound_waiting", "conversation_id", "seq"),
    Index("inbound_external", "conversation_id", "external_id"),
    Index("inbound_received", "received_at"),
)

turns = Table(
    "turns",
    metadata,
    _id("id", primary_key=True),
    _id("conversation_id", nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("inbound_ids", _Json, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _moment("first_failed_at"),
    Column("model_sha", String(80)),
    Column("signals", _Json),
    Column("actions", _Json),
    Column("rules", _Json),
    # The form that is open after the turn, with its flow (`request_form/return_item`), and the
    # step that it asks.
    Column("form", String(80)),
    Column("asked", String(60)),
    _moment("created_at", nullable=False),
    _moment("finished_at"),
    index_of("status = 'frozen'", "turns_open", "conversation_id"),
    Index("turns_conversation", "conversation_id", "created_at"),
    Index("turns_created", "created_at"),
)

outbound = Table(
    "outbound",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    _id("conversation_id", nullable=False),
    Column("seq", Integer),
    Column("role", String(8), nullable=False),
    Column("author", String(120)),
    Column("text", Text, nullable=False),
    Column("buttons", _Json),
    Column("attachments", _Json),
    Column("in_reply_to", _Json),
    _id("turn_id"),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Float, nullable=False, server_default="0"),
    _moment("sending_until"),
    _moment("expires_at"),
    Column("error", String(200)),
    Column("external_id", String(300)),
    # What was said at once but had to go as several messages: the first one's id, on all of them.
    _id("part_of"),
    # A correction names the message that it corrects, which keeps what was sent and gets beside it
    # what the customer reads there since.
    _id("corrects"),
    Column("corrected_text", Text),
    _moment("corrected_at"),
    _moment("created_at", nullable=False),
    _moment("sent_at"),
    _moment("updated_at", nullable=False),
    Index("outbound_conversation", "conversation_id", "seq"),
    index_of("part_of IS NOT NULL", "outbound_parts", "part_of"),
    index_of("state IN ('pending', 'sending')", "outbound_waiting", "next_attempt_at"),
)

# Parts of messages that come one by one, until the message is whole; then only their names.
parts = Table(
    "parts",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("dedup_key", String(700), primary_key=True),
    Column("address", String(300), nullable=False),
    Column("whole", String(200), nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("addressed", Boolean, nullable=False),
    Column("envelope", _Json),
    _moment("arrived_at", nullable=False),
    _moment("joined_at"),
    index_of("joined_at IS NULL", "parts_apart", "channel", "account", "address", "whole"),
    Index("parts_joined", "joined_at"),
)

handoffs = Table(
    "handoffs",
    metadata,
    _id("id", primary_key=True),
    _id("conversation_id", nullable=False),
    Column("state", String(12), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("rules", _Json, nullable=False),
    Column("reasons", _Json, nullable=False),
    Column("signals", _Json, nullable=False),
    Column("collected", _Json, nullable=False),
    # What a turn that was thrown away had already done in the CRM.
    Column("effects", _Json, nullable=False),
    Column("brief", _Json),
    _moment("brief_at"),
    _moment("requested_at", nullable=False),
    _moment("first_answer_due_at"),
    Column("claimed_by", String(120)),
    _moment("claimed_at"),
    _moment("answered_at"),
    _moment("closed_at"),
    Column("closing_word", Text),
    Column("rating", Integer),
    Column("case_reference", String(20)),
    # What an agent says that the customer wanted: an intent's name, or words of their own.
    Column("wanted", String(80)),
    Column("wanted_words", Text),
    Index("handoffs_conversation", "conversation_id", "requested_at"),
    Index("handoffs_state", "state", "requested_at"),
    Index("handoffs_requested", "requested_at"),
    Index("handoffs_closed", "closed_at"),
)

# What agents tell each other. A table of its own: no query for a customer reads it.
notes = Table(
    "notes",
    metadata,
    _id("id", primary_key=True),
    _id("conversation_id", nullable=False),
    _id("handoff_id"),
    Column("seq", Integer, nullable=False),
    Column("author", String(120), nullable=False),
    Column("text", Text, nullable=False),
    _moment("created_at", nullable=False),
    Index("notes_conversation", "conversation_id", "seq"),
)

# What the bot's tracker has to learn before its next turn, in order.
bot_sync = Table(
    "bot_sync",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    _id("conversation_id", nullable=False),
    Column("event", _Json, nullable=False),
    _moment("created_at", nullable=False),
    Index("bot_sync_conversation", "conversation_id", "n"),
)

# What the bridge has to learn, however long it was down.
bridge_queue = Table(
    "bridge_queue",
    metadata,
    Column("n", _Serial, primary_key=True, autoincrement=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("path", String(80), nullable=False),
    Column("body", _Json, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String(200)),
    _moment("created_at", nullable=False),
)

job_leases = Table(
    "job_leases",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("token", String(40), nullable=False),
    Column("until", Float, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("name", String(120), primary_key=True),
    _moment("last_seen_at", nullable=False),
)

# Answers already given to a desk action that may be sent twice.
desk_actions = Table(
    "desk_actions",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("result", _Json, nullable=False),
    _moment("created_at", nullable=False),
)

# Buttons whose sealed payload is longer than their platform carries: it gets the token instead.
short_payloads = Table(
    "short_payloads",
    metadata,
    Column("token", String(40), primary_key=True),
    _id("conversation_id", nullable=False),
    # The address that the payload was sealed for; the conversation may have moved since.
    Column("address", String(300), nullable=False),
    Column("payload", Text, nullable=False),
    _moment("created_at", nullable=False),
    Index("short_payloads_created", "created_at"),
)

# Files that agents send, and those of customers' that somebody looked at.
files = Table(
    "files",
    metadata,
    _id("id", primary_key=True),
    Column("name", String(200), nullable=False),
    Column("mime", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    # A customer's file: the message it came with, and its place among that message's files.
    _id("inbound_id"),
    Column("place", Integer),
    _moment("created_at", nullable=False),
    # Since when a message names it; one that none does is removed after a while.
    _moment("attached_at"),
    UniqueConstraint("inbound_id", "place"),
    index_of("attached_at IS NULL AND inbound_id IS NULL", "files_unsent", "created_at"),
)
