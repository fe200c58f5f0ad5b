"""Whether the answer of a help article helped.

Revision: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "answer_feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_feedback")),
    )
    op.create_index(op.f("ix_answer_feedback_at"), "answer_feedback", ["at"], unique=False)
    op.create_index(op.f("ix_answer_feedback_slug"), "answer_feedback", ["slug"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_answer_feedback_slug"), table_name="answer_feedback")
    op.drop_index(op.f("ix_answer_feedback_at"), table_name="answer_feedback")
    op.drop_table("answer_feedback")
