"""Which proposals of the review a model learnt: published as soon as it serves everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("models", sa.Column("proposals", _JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("models", "proposals")
