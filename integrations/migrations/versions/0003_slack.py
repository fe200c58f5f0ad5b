"""The desk in Slack: threads, what is to be shown there, what came from there, who is who."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_WAITING = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "slack_threads",
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40)),
        sa.Column("transcript_seq", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(length=80)),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("handoff_id"),
    )
    op.create_index("slack_threads_place", "slack_threads", ["channel", "ts"])
    op.create_index("slack_threads_conversation", "slack_threads", ["conversation_id"])
    op.create_table(
        "slack_queue",
        sa.Column("n", _Serial, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", _Json, nullable=False),
        sa.Column("state", sa.String(length=12), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.Float(), server_default="0", nullable=False),
        sa.Column("sending_until", sa.Float()),
        sa.Column("ts", sa.String(length=40)),
        sa.Column("error", sa.String(length=200)),
        sa.Column("expires_at", sa.Float()),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("done_at", sa.Float()),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "slack_queue_waiting",
        "slack_queue",
        ["n"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("slack_queue_handoff", "slack_queue", ["handoff_id", "n"])
    op.create_table(
        "slack_messages",
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=False),
        sa.Column("note_id", sa.String(length=40)),
        sa.Column("outbound_id", sa.String(length=40)),
        sa.Column("mark", sa.String(length=12)),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts"),
    )
    op.create_index("slack_messages_outbound", "slack_messages", ["outbound_id"])
    op.create_index("slack_messages_note", "slack_messages", ["note_id"])
    op.create_table(
        "slack_events",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("body", _Json),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.Float(), server_default="0", nullable=False),
        sa.Column("done_at", sa.Float()),
        sa.Column("outcome", sa.String(length=120)),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        "slack_events_waiting",
        "slack_events",
        ["received_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("slack_events_done", "slack_events", ["done_at"])
    op.create_table(
        "slack_agents",
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("outsider", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sa.UniqueConstraint("name"),
    )


def downgrade() -> None:
    for table in (
        "slack_agents",
        "slack_events",
        "slack_messages",
        "slack_queue",
        "slack_threads",
    ):
        op.drop_table(table)
