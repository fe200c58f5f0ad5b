"""The migrations build exactly the tables that the code works with."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from integrations.schema import METADATA
from runtime.migrations import SCRIPTS, is_current, upgrade
from tests.backends import BACKENDS, fresh, open_database


@pytest.mark.parametrize("backend", BACKENDS)
async def test_migrations_and_tables_agree(backend: str, tmp_path: Path) -> None:
    with fresh(backend, tmp_path) as (url, schema):
        upgrade(url, schema, SCRIPTS["gateway"])
        upgrade(url, schema, SCRIPTS["gateway"])
        database = open_database(url, schema)

        def differences(conn: Connection) -> list[object]:
            context = MigrationContext.configure(conn, opts={"compare_type": False})
            return list(compare_metadata(context, METADATA))

        assert await database.read(lambda conn: is_current(conn, SCRIPTS["gateway"]))
        found = await database.read(differences)
        await database.close()
        assert found == []
