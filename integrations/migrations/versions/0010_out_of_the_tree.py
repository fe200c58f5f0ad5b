"""Why a proposal stands in the working tree, and since when a withdrawn one doesn't."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "review_proposals",
        sa.Column("written", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    proposals = sa.table("review_proposals", sa.column("state"), sa.column("written"))
    accepted = proposals.c.state.in_(("pulled", "published"))
    op.execute(proposals.update().where(accepted).values(written=sa.true()))
    op.add_column("review_withdrawn", sa.Column("removed_at", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("review_withdrawn", "removed_at")
    op.drop_column("review_proposals", "written")
