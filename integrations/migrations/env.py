"""Alembic's entry: the connection comes from runtime.migrations."""

from __future__ import annotations

from alembic import context

from integrations.conversations.tables import metadata
from integrations.desk.slack import tables as _slack  # noqa: F401 — adds its tables to the rest

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True
)
context.run_migrations()
