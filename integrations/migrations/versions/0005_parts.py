"""Parts of messages that platforms hand over one by one, until the message is whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_APART = sa.text("joined_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("dedup_key", sa.String(length=700), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("whole", sa.String(length=200), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("addressed", sa.Boolean(), nullable=False),
        sa.Column("envelope", _Json, nullable=True),
        sa.Column("arrived_at", sa.Float(), nullable=False),
        sa.Column("joined_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "account", "dedup_key"),
    )
    op.create_index(
        "parts_apart",
        "parts",
        ["channel", "account", "address", "whole"],
        unique=False,
        sqlite_where=_APART,
        postgresql_where=_APART,
    )
    op.create_index("parts_joined", "parts", ["joined_at"], unique=False)
