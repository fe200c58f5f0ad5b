"""Databases for tests: SQLite files, and schemas of their own in one PostgreSQL database."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from runtime.database import Database

BACKENDS = ("sqlite", "postgresql")


def postgresql_url() -> str:
    """SQLAlchemy address of the PostgreSQL server that tests may use."""
    url = (
        os.environ.get("ASCOLTO_TEST_DATABASE_URL")
        or "postgresql://postgres@127.0.0.1:5432/postgres"
    )
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def redis_url() -> str:
    """Address of the Redis server that tests may use."""
    return os.environ.get("ASCOLTO_TEST_REDIS_URL") or "redis://127.0.0.1:6379/0"


def services_required() -> bool:
    """Whether a missing service fails the tests instead of skipping them."""
    return os.environ.get("ASCOLTO_TEST_REQUIRE_SERVICES") == "1"


def missing(what: str) -> None:
    """Skip, or fail where every service is required."""
    if services_required():
        pytest.fail(f"{what} is required (ASCOLTO_TEST_REQUIRE_SERVICES=1) and does not answer")
    pytest.skip(f"{what} does not answer")


@contextmanager
def fresh(backend: str, folder: Path) -> Iterator[tuple[str, str]]:
    """An empty database: (SQLAlchemy URL, schema)."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / f'{uuid.uuid4().hex}.sqlite3'}", "gateway"
        return
    schema = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgresql_url(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    except OperationalError:
        engine.dispose()
        missing("PostgreSQL")
    try:
        yield postgresql_url(), schema
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
        engine.dispose()


def open_database(url: str, schema: str) -> Database:
    """A Database on what `fresh` gave."""
    return Database(url, schema, pool_size=6)


@contextmanager
def own_database() -> Iterator[str]:
    """An empty PostgreSQL database, as operators name one in their settings; gone afterwards."""
    name = f"ascolto_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgresql_url(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        engine.dispose()
        missing("PostgreSQL")
    url = engine.url.set(database=name, drivername="postgresql")
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def shared_redis() -> str:
    """Address of the Redis server, which answers."""
    url = redis_url()
    try:
        with Redis.from_url(url, socket_connect_timeout=2) as server:
            server.ping()
    except RedisError:
        missing("Redis")
    return url
