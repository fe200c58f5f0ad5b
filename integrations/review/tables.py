"""The review inbox's tables. Texts in them are redacted; times are epoch seconds.

Everything of a conversation follows it when another takes it in (`FOLLOWS`).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from integrations.conversations.sql import insert_new
from integrations.conversations.tables import FOLLOWS, index_of, metadata

_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# What became of a message.
OPEN, PROPOSED, DISMISSED = "open", "proposed", "dismissed"

# A message that is worth a designer's look.
messages = Table(
    "review_messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("inbound_id", String(40), nullable=False, unique=True),
    Column("conversation_id", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("language", String(8), nullable=False),
    Column("at", Float, nullable=False),
    # With stand-ins for personal data, and where these stand: [{start, end, kind}].
    Column("text", Text, nullable=False),
    Column("spans", _Json, nullable=False),
    Column("entities", _Json, nullable=False),
    # Which text it is, however it is written: the key of `review_texts`.
    Column("digest", String(64), nullable=False),
    Column("intent", String(80), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("ranking", _Json, nullable=False),
    Column("model", String(80)),
    # Bits of `reasons.REASONS`, in its order.
    Column("reasons", Integer, nullable=False),
    # What an agent says that the customer wanted, and the agent's own words for it.
    Column("label", String(80)),
    Column("label_words", Text),
    # What happened next, which may still change.
    Column("next", String(16), nullable=False),
    Column("state", String(12), nullable=False),
    Column("proposal_id", String(40)),
    Column("group_id", String(40)),
    Index("review_messages_group", "group_id", "at", "id"),
    Index("review_messages_conversation", "conversation_id"),
    Index("review_messages_digest", "digest"),
    Index("review_messages_at", "at"),
    Index("review_messages_intent", "intent", "at"),
    index_of("label IS NOT NULL", "review_messages_label", "label", "at"),
    index_of("proposal_id IS NOT NULL", "review_messages_proposal", "proposal_id"),
    info={FOLLOWS: ()},
)

# Each text once, however many customers wrote it: it is encoded once, and its group is known.
texts = Table(
    "review_texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("group_id", String(40)),
    # Whose vectors place it; NULL: it waits for the workbench.
    Column("encoder", String(200)),
    # What designers decided about it: further messages of the same text need no second decision.
    Column("settled", String(12)),
    Index("review_texts_group", "group_id"),
    index_of("encoder IS NULL", "review_texts_behind", "group_id", "digest"),
)

# Beside the texts, not in them, so that looking for words reads words alone.
vectors = Table(
    "review_vectors",
    metadata,
    Column("digest", String(64), primary_key=True),
    # Float16, unit length.
    Column("vector", LargeBinary, nullable=False),
)

groups = Table(
    "review_groups",
    metadata,
    Column("id", String(40), primary_key=True),
    # One more with each decision of a designer: who looked at an older one is told so.
    Column("version", Integer, nullable=False),
    Column("changed_by", String(120)),
    Column("changed_at", Float),
    Column("state", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("title_digest", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    # Open messages while there are any, else all: what the figures below count.
    Column("size", Integer, nullable=False),
    Column("trend", Integer, nullable=False),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("summary", _Json, nullable=False),
    # The day (since the epoch) on which the trend was counted: it moves though nobody writes.
    Column("counted_on", Integer, nullable=False),
    # Something of it changed since its figures were counted.
    Column("dirty", Boolean, nullable=False),
    Index("review_groups_by_size", "state", "size", "id"),
    Index("review_groups_by_last", "state", "last_at", "id"),
    Index("review_groups_by_trend", "state", "trend", "id"),
    Index("review_groups_counted", "counted_on"),
    index_of("dirty", "review_groups_dirty", "id"),
)

# Where a group lies among the others. Read by who places new texts, never by the page.
centroids = Table(
    "review_centroids",
    metadata,
    Column("group_id", String(40), primary_key=True),
    Column("encoder", String(200), nullable=False),
    # Float32: the sum of the vectors of its texts, and float16: the vector of its title.
    Column("total", LargeBinary, nullable=False),
    Column("title", LargeBinary, nullable=False),
    # Changes by somebody other than who places texts: a split, an erasure.
    Column("moved_at", Float, nullable=False),
    Index("review_centroids_moved", "moved_at"),
)

# What a group can be found by: reason, language, channel, intent.
facets = Table(
    "review_facets",
    metadata,
    Column("kind", String(12), primary_key=True),
    Column("value", String(80), primary_key=True),
    Column("group_id", String(40), primary_key=True),
    Index("review_facets_group", "group_id"),
)

proposals = Table(
    "review_proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("intent", String(80)),
    Column("article", String(200)),
    Column("text", Text, nullable=False),
    Column("entities", _Json, nullable=False),
    Column("language", String(8), nullable=False),
    Column("author", String(120), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("state", String(12), nullable=False),
    Column("pulled_at", Float),
    Column("published_at", Float),
    # The file that it was written into, and the model that first knew it.
    Column("file", String(300)),
    Column("model", String(80)),
    Column("group_id", String(40)),
    # It stands in the working tree because it was proposed: not if the team had it there already.
    Column("written", Boolean, nullable=False, server_default=false()),
    # Whose words it is made of; both go when the transcript does.
    Column("message_id", String(40)),
    Column("conversation_id", String(40)),
    Index("review_proposals_state", "state", "created_at", "id"),
    Index("review_proposals_created", "created_at", "id"),
    index_of("conversation_id IS NOT NULL", "review_proposals_conversation", "conversation_id"),
    info={FOLLOWS: ()},
)

# Examples that were withdrawn or whose writer was erased, and which working trees must lose.
# No text: its digest.
withdrawn = Table(
    "review_withdrawn",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("intent", String(80), primary_key=True),
    Column("at", Float, nullable=False),
    # When a working tree was first without it: others may hold it still.
    Column("removed_at", Float),
)


def _stay_erased(conn: Connection, older: str, newer: str, place: Callable[[int], int]) -> None:
    """What was erased in the newer conversation isn't read from the older one either."""
    w = watched.c
    erased = conn.execute(select(w.erased_seq).where(w.conversation_id == newer)).scalar()
    if not erased:
        return
    values = {"settled_seq": 0, "erased_seq": place(erased), "due_at": None}
    if not insert_new(conn, watched, {"conversation_id": older, **values}):
        here = w.conversation_id == older
        conn.execute(update(watched).where(here).values(erased_seq=place(erased)))


# How far each conversation was read, and when to look again though nobody writes.
watched = Table(
    "review_watched",
    metadata,
    Column("conversation_id", String(40), primary_key=True),
    # Up to this place nothing can change any more.
    Column("settled_seq", Integer, nullable=False),
    # Nothing up to this place is ever taken in: its writer was erased.
    Column("erased_seq", Integer, nullable=False),
    Column("due_at", Float),
    index_of("due_at IS NOT NULL", "review_watched_due", "due_at"),
    info={FOLLOWS: _stay_erased},
)

# How far the conversations were followed: one row.
cursor = Table(
    "review_cursor",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("at", Float, nullable=False),
)
