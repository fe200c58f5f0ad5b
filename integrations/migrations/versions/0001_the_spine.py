"""The spine: conversations, what comes in, what goes out, hand-overs and queues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers only an INTEGER primary key by itself.
_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("last_seen_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "bot_sync",
        sa.Column("n", _Serial, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("event", _Json, nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("bot_sync_conversation", "bot_sync", ["conversation_id", "n"], unique=False)
    op.create_table(
        "bridge_queue",
        sa.Column("n", _Serial, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("body", _Json, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("handle", sa.String(length=300), nullable=False),
        sa.Column("sender_name", sa.String(length=300), nullable=True),
        sa.Column("sender_email", sa.String(length=320), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("owner", sa.String(length=16), server_default="bot", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="1", nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.Float(), server_default="0", nullable=False),
        sa.Column("due_at", sa.Float(), nullable=True),
        sa.Column("next_seq", sa.Integer(), server_default="1", nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=True),
        sa.Column("state", _Json, nullable=False),
        sa.Column("wrap_up_until", sa.Float(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("last_inbound_at", sa.Float(), nullable=True),
        sa.Column("last_activity_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "account", "address"),
    )
    op.create_index("conversations_activity", "conversations", ["last_activity_at"], unique=False)
    op.create_index(
        "conversations_due",
        "conversations",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "conversations_owner", "conversations", ["owner", "last_activity_at"], unique=False
    )
    op.create_table(
        "desk_actions",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("result", _Json, nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("rules", _Json, nullable=False),
        sa.Column("reasons", _Json, nullable=False),
        sa.Column("signals", _Json, nullable=False),
        sa.Column("collected", _Json, nullable=False),
        sa.Column("effects", _Json, nullable=False),
        sa.Column("brief", _Json, nullable=True),
        sa.Column("brief_at", sa.Float(), nullable=True),
        sa.Column("requested_at", sa.Float(), nullable=False),
        sa.Column("first_answer_due_at", sa.Float(), nullable=True),
        sa.Column("claimed_by", sa.String(length=120), nullable=True),
        sa.Column("claimed_at", sa.Float(), nullable=True),
        sa.Column("answered_at", sa.Float(), nullable=True),
        sa.Column("closed_at", sa.Float(), nullable=True),
        sa.Column("closing_word", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("case_reference", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "handoffs_conversation", "handoffs", ["conversation_id", "requested_at"], unique=False
    )
    op.create_index("handoffs_state", "handoffs", ["state", "requested_at"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("dedup_key", sa.String(length=700), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("payload", _Json, nullable=True),
        sa.Column("attachments", _Json, nullable=True),
        sa.Column("reply_to", sa.String(length=300), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("sender_name", sa.String(length=300), nullable=True),
        sa.Column("sender_email", sa.String(length=320), nullable=True),
        sa.Column("raw", _Json, nullable=True),
        sa.Column("sent_at", sa.Float(), nullable=True),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("turn_id", sa.String(length=40), nullable=True),
        sa.Column("disposition", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("handled_at", sa.Float(), nullable=True),
        sa.Column("deleted_at", sa.Float(), nullable=True),
        sa.Column("reading", _Json, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "account", "dedup_key"),
        sa.UniqueConstraint("conversation_id", "seq"),
    )
    op.create_index("inbound_external", "inbound", ["conversation_id", "external_id"], unique=False)
    op.create_index(
        "inbound_waiting",
        "inbound",
        ["conversation_id", "seq"],
        unique=False,
        sqlite_where=sa.text("disposition IS NULL"),
        postgresql_where=sa.text("disposition IS NULL"),
    )
    op.create_table(
        "job_leases",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("handoff_id", sa.String(length=40), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notes_conversation", "notes", ["conversation_id", "seq"], unique=False)
    op.create_table(
        "outbound",
        sa.Column("n", _Serial, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", _Json, nullable=True),
        sa.Column("attachments", _Json, nullable=True),
        sa.Column("in_reply_to", _Json, nullable=True),
        sa.Column("turn_id", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.Float(), server_default="0", nullable=False),
        sa.Column("sending_until", sa.Float(), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("external_id", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("sent_at", sa.Float(), nullable=True),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("outbound_conversation", "outbound", ["conversation_id", "seq"], unique=False)
    op.create_index(
        "outbound_waiting",
        "outbound",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("inbound_ids", _Json, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_failed_at", sa.Float(), nullable=True),
        sa.Column("model_sha", sa.String(length=80), nullable=True),
        sa.Column("signals", _Json, nullable=True),
        sa.Column("actions", _Json, nullable=True),
        sa.Column("rules", _Json, nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "turns_open",
        "turns",
        ["conversation_id"],
        unique=False,
        sqlite_where=sa.text("status = 'frozen'"),
        postgresql_where=sa.text("status = 'frozen'"),
    )
