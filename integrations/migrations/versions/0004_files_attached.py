"""Which files belong to a message: the others are removed after a while."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_UNSENT = sa.text("attached_at IS NULL AND inbound_id IS NULL")
_AT_ONCE = 200


def upgrade() -> None:
    op.add_column("files", sa.Column("attached_at", sa.Float(), nullable=True))
    files = sa.table("files", sa.column("id"), sa.column("created_at"), sa.column("attached_at"))
    named = sorted(set(_named()))
    for start in range(0, len(named), _AT_ONCE):
        of_a_message = files.c.id.in_(named[start : start + _AT_ONCE])
        op.execute(sa.update(files).where(of_a_message).values(attached_at=files.c.created_at))
    op.create_index(
        "files_unsent",
        "files",
        ["created_at"],
        unique=False,
        sqlite_where=_UNSENT,
        postgresql_where=_UNSENT,
    )


def _named() -> Iterator[str]:
    """The files that messages name."""
    for table in ("inbound", "outbound"):
        rows = sa.table(table, sa.column("attachments", _Json))
        found = op.get_bind().execute(
            sa.select(rows.c.attachments).where(rows.c.attachments.is_not(None))
        )
        for attachments in found.scalars():
            yield from (str(each["file_id"]) for each in attachments or () if each.get("file_id"))
