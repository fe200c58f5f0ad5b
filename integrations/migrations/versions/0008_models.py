"""Models that were published, and how conversations are shared among them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("sha", sa.String(length=80), primary_key=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("inputs", sa.String(length=80), nullable=True),
        sa.Column("trained_at", sa.Float(), nullable=True),
        sa.Column("recorded_at", sa.Float(), nullable=False),
        sa.Column("published_at", sa.Float(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=True),
        sa.Column("revision", sa.String(length=80), nullable=True),
        sa.Column("report", _JSON, nullable=True),
        sa.Column("guard", _JSON, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
    )
    op.create_table(
        "routing",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live", sa.String(length=80), nullable=False),
        sa.Column("previous", sa.String(length=80), nullable=True),
        sa.Column("canary", sa.String(length=80), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("canary_since", sa.Float(), nullable=True),
        sa.Column("since", sa.Float(), nullable=False),
    )
    op.create_table(
        "model_changes",
        sa.Column(
            "n",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("instead_of", sa.String(length=80), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("why", _JSON, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
    )
    op.create_index("turns_model", "turns", ["model_sha", "created_at"])


def downgrade() -> None:
    op.drop_index("turns_model", table_name="turns")
    for table in ("model_changes", "routing", "models"):
        op.drop_table(table)
