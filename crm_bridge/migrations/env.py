"""Alembic's entry: the connection comes from `runtime.migrations`, with its transaction open."""

from __future__ import annotations

from alembic import context

from crm_bridge.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
