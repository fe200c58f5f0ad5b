"""What the bot asked at each turn, what agents say a customer wanted, and the days counted up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "turns_conversation": ("turns", ["conversation_id", "created_at"]),
    "turns_created": ("turns", ["created_at"]),
    "handoffs_requested": ("handoffs", ["requested_at"]),
    "handoffs_closed": ("handoffs", ["closed_at"]),
    "inbound_received": ("inbound", ["received_at"]),
}


def upgrade() -> None:
    op.add_column("turns", sa.Column("form", sa.String(length=80), nullable=True))
    op.add_column("turns", sa.Column("asked", sa.String(length=60), nullable=True))
    op.add_column("handoffs", sa.Column("wanted", sa.String(length=80), nullable=True))
    op.add_column("handoffs", sa.Column("wanted_words", sa.Text(), nullable=True))
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)
    op.create_table(
        "insight_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.Float(), nullable=False),
        sa.Column("ends_at", sa.Float(), nullable=False),
        sa.Column("definitions", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.Float(), nullable=False),
        sa.Column("touched_at", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_index("insight_days_ends", "insight_days", ["ends_at"])
    op.create_table(
        "insight_counts",
        sa.Column("n", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        *_what(),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("insight_counts_day", "insight_counts", ["day", "measure"])
    op.create_table(
        "insight_cases",
        sa.Column("n", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=True),
        *_what(),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("insight_cases_what", "insight_cases", ["measure", "name", "at"])
    op.create_index("insight_cases_day", "insight_cases", ["day"])
    op.create_index("insight_cases_conversation", "insight_cases", ["conversation_id"])


def _what() -> list[sa.Column[str]]:
    return [
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
    ]


def downgrade() -> None:
    for table in ("insight_cases", "insight_counts", "insight_days"):
        op.drop_table(table)
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
    for table, column in (
        ("handoffs", "wanted_words"),
        ("handoffs", "wanted"),
        ("turns", "asked"),
        ("turns", "form"),
    ):
        op.drop_column(table, column)
