"""The review inbox: messages worth a look, their groups, and what designers propose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "review_messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("inbound_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spans", _Json, nullable=False),
        sa.Column("entities", _Json, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("ranking", _Json, nullable=False),
        sa.Column("model", sa.String(length=80)),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80)),
        sa.Column("label_words", sa.Text()),
        sa.Column("next", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposal_id", sa.String(length=40)),
        sa.Column("group_id", sa.String(length=40)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("inbound_id"),
    )
    op.create_index("review_messages_at", "review_messages", ["at"])
    op.create_index("review_messages_conversation", "review_messages", ["conversation_id"])
    op.create_index("review_messages_digest", "review_messages", ["digest"])
    op.create_index("review_messages_group", "review_messages", ["group_id", "at", "id"])
    op.create_index("review_messages_intent", "review_messages", ["intent", "at"])
    _index_of("label IS NOT NULL", "review_messages_label", "review_messages", ["label", "at"])
    _index_of(
        "proposal_id IS NOT NULL", "review_messages_proposal", "review_messages", ["proposal_id"]
    )
    op.create_table(
        "review_texts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("group_id", sa.String(length=40)),
        sa.Column("encoder", sa.String(length=200)),
        sa.Column("settled", sa.String(length=12)),
        sa.PrimaryKeyConstraint("digest"),
    )
    _index_of("encoder IS NULL", "review_texts_behind", "review_texts", ["group_id", "digest"])
    op.create_index("review_texts_group", "review_texts", ["group_id"])
    op.create_table(
        "review_vectors",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "review_groups",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=120)),
        sa.Column("changed_at", sa.Float()),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("trend", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Float(), nullable=False),
        sa.Column("last_at", sa.Float(), nullable=False),
        sa.Column("summary", _Json, nullable=False),
        sa.Column("counted_on", sa.Integer(), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("review_groups_by_last", "review_groups", ["state", "last_at", "id"])
    op.create_index("review_groups_by_size", "review_groups", ["state", "size", "id"])
    op.create_index("review_groups_by_trend", "review_groups", ["state", "trend", "id"])
    op.create_index("review_groups_counted", "review_groups", ["counted_on"])
    _index_of("dirty", "review_groups_dirty", "review_groups", ["id"])
    op.create_table(
        "review_centroids",
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("total", sa.LargeBinary(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("moved_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("group_id"),
    )
    op.create_index("review_centroids_moved", "review_centroids", ["moved_at"])
    op.create_table(
        "review_facets",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("group_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "group_id"),
    )
    op.create_index("review_facets_group", "review_facets", ["group_id"])
    op.create_table(
        "review_proposals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("intent", sa.String(length=80)),
        sa.Column("article", sa.String(length=200)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entities", _Json, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pulled_at", sa.Float()),
        sa.Column("published_at", sa.Float()),
        sa.Column("file", sa.String(length=300)),
        sa.Column("model", sa.String(length=80)),
        sa.Column("group_id", sa.String(length=40)),
        sa.Column("message_id", sa.String(length=40)),
        sa.Column("conversation_id", sa.String(length=40)),
        sa.PrimaryKeyConstraint("id"),
    )
    _index_of(
        "conversation_id IS NOT NULL",
        "review_proposals_conversation",
        "review_proposals",
        ["conversation_id"],
    )
    op.create_index("review_proposals_created", "review_proposals", ["created_at", "id"])
    op.create_index("review_proposals_state", "review_proposals", ["state", "created_at", "id"])
    op.create_table(
        "review_withdrawn",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "language", "intent"),
    )
    op.create_table(
        "review_watched",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("settled_seq", sa.Integer(), nullable=False),
        sa.Column("erased_seq", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Float()),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    _index_of("due_at IS NOT NULL", "review_watched_due", "review_watched", ["due_at"])
    op.create_table(
        "review_cursor",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    for table in (
        "review_cursor",
        "review_watched",
        "review_withdrawn",
        "review_proposals",
        "review_facets",
        "review_centroids",
        "review_groups",
        "review_vectors",
        "review_texts",
        "review_messages",
    ):
        op.drop_table(table)


def _index_of(rows: str, name: str, table: str, columns: list[str]) -> None:
    where = sa.text(rows)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
