"""A migrated database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from crm_bridge.schema import METADATA
from runtime.database import Database
from runtime.migrations import SCRIPTS, upgrade
from tests.backends import BACKENDS, missing, postgresql_url
from tests.crm_bridge.smtp_server import Server, serving
from tests.crm_bridge.world import World

SCHEMA = "bridge"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating for every test would be most of the suite."""
    path = tmp_path_factory.mktemp("bridge") / "template.sqlite3"
    upgrade(f"sqlite:///{path}", SCHEMA, SCRIPTS["bridge"])
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_schema() -> Iterator[str]:
    """A migrated PostgreSQL schema of this test run's own; returns its name.

    Not a database of its own: dropping one waits for a checkpoint of the whole server.
    """
    name = f"test_bridge_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgresql_url(), connect_args={"connect_timeout": 5})
    try:
        upgrade(postgresql_url(), name, SCRIPTS["bridge"])
    except OperationalError:
        engine.dispose()
        missing("PostgreSQL")
    try:
        yield name
    finally:
        with engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
        engine.dispose()


@pytest.fixture(scope="session")
def cleaner(postgresql_schema: str) -> Iterator[Engine]:
    """An engine that empties the PostgreSQL tables without waiting for the disk."""
    options = f"-csearch_path={postgresql_schema} -csynchronous_commit=off"
    engine = create_engine(postgresql_url(), connect_args={"options": options})
    yield engine
    engine.dispose()


@pytest.fixture(params=BACKENDS)
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An empty, migrated database: (SQLAlchemy URL, schema)."""
    if request.param == "sqlite":
        path = tmp_path / "bridge.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}", SCHEMA
        return
    engine: Engine = request.getfixturevalue("cleaner")
    yield postgresql_url(), request.getfixturevalue("postgresql_schema")
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
async def database(database_address: tuple[str, str]) -> AsyncIterator[Database]:
    """The same, open."""
    database = Database(*database_address, pool_size=8)
    yield database
    await database.close()


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """The bridge on it."""
    async with World(database, tmp_path).talking() as world:
        yield world


@pytest.fixture
def smtp(unused_tcp_port_factory: Callable[[], int]) -> Iterator[Server]:
    """A real mail server on a port of its own."""
    with serving(unused_tcp_port_factory()) as server:
        yield server
