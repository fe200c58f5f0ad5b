"""Alembic's entry: the connection comes from runtime.migrations."""

from __future__ import annotations

from alembic import context

from integrations.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=METADATA, transactional_ddl=True, render_as_batch=True
)
context.run_migrations()
