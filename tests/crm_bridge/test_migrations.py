"""Migrations make exactly the tables that the code uses, and can be run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from crm_bridge.schema import METADATA
from runtime.database import Database
from runtime.migrations import SCRIPTS, is_current, upgrade
from tests.backends import BACKENDS, fresh


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


_BEFORE_LETTERS = """
INSERT INTO people (id, kind, created_at) VALUES ('p1', 'customer', 1);
INSERT INTO identities (id, channel, account, handle, person_id, first_seen_at, last_seen_at)
    VALUES ('i1', 'api', 'default', 'h', 'p1', 1, 1);
INSERT INTO orders
    (number, person_id, placed_at, status, currency, shipping_cents, total_cents)
    VALUES ('LA-1', 'p1', 1, 'cancelled', 'EUR', 0, 100);
INSERT INTO order_changes (order_number, at, by, status_before, status)
    VALUES ('LA-1', 2, 'actions', 'paid', 'cancelled');
INSERT INTO challenges
    (id, conversation, identity_id, purpose, order_key, language, state, wrong, created_at,
     expires_at)
    VALUES ('v1', 'c', 'i1', 'person', 'k', 'it', 'open', 0, 1, 2);
INSERT INTO mails (id, challenge_id, state, attempts, next_at, created_at)
    VALUES ('e1', 'v1', 'sent', 1, 1, 1)
"""
_SAME_CHALLENGE = """
INSERT INTO mails (id, challenge_id, state, attempts, next_at, created_at)
    VALUES ('e2', 'v1', 'pending', 0, 1, 1)
"""


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_database_from_before_returns_keeps_what_it_holds(
    backend: str, tmp_path: Path
) -> None:
    with fresh(backend, tmp_path) as address:
        upgrade(*address, SCRIPTS["bridge"], to="0002")
        database = Database(*address)
        try:
            await database.write(
                lambda c: [c.execute(text(one)) for one in _BEFORE_LETTERS.split(";\n")]
            )
            upgrade(*address, SCRIPTS["bridge"])
            assert await database.read(differences) == []

            def rows(connection: Connection) -> list[tuple[object, ...]]:
                mail = "SELECT challenge_id, state, person_id FROM mails"
                change = "SELECT status, address_before FROM order_changes"
                return [tuple(connection.execute(text(query)).one()) for query in (mail, change)]

            assert await database.read(rows) == [("v1", "sent", None), ("cancelled", None)]
            with pytest.raises(IntegrityError):
                await database.write(lambda c: c.execute(text(_SAME_CHALLENGE)))
        finally:
            await database.close()
