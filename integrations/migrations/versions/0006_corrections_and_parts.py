"""What an agent corrected after it was sent, and which messages are parts of one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IN_PARTS = sa.text("part_of IS NOT NULL")


def upgrade() -> None:
    op.add_column("outbound", sa.Column("corrects", sa.String(length=40), nullable=True))
    op.add_column("outbound", sa.Column("corrected_text", sa.Text(), nullable=True))
    op.add_column("outbound", sa.Column("corrected_at", sa.Float(), nullable=True))
    op.add_column("outbound", sa.Column("part_of", sa.String(length=40), nullable=True))
    op.create_index(
        "outbound_parts",
        "outbound",
        ["part_of"],
        sqlite_where=_IN_PARTS,
        postgresql_where=_IN_PARTS,
    )


def downgrade() -> None:
    op.drop_index("outbound_parts", table_name="outbound")
    for column in ("part_of", "corrected_at", "corrected_text", "corrects"):
        op.drop_column("outbound", column)
