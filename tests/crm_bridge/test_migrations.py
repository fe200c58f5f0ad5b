"""Migrations make exactly the tables that the code uses, and can be run again."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from crm_bridge.schema import METADATA
from runtime.database import Database
from runtime.migrations import SCRIPTS, is_current, upgrade


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = compare_metadata(context, METADATA)
    # What stands in other schemas of a shared test database is not ours.
    return [d for d in found if not (d[0] == "remove_table" and d[1].name == "alembic_version")]


async def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    assert await database.read(differences) == []


async def test_migrating_again_changes_nothing(
    database: Database, database_address: tuple[str, str]
) -> None:
    upgrade(*database_address, SCRIPTS["bridge"])
    assert await database.read(lambda c: is_current(c, SCRIPTS["bridge"]))
    assert (
        await database.read(lambda c: c.execute(text("select count(*) from people")).scalar()) == 0
    )
