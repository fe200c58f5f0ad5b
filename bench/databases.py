"""A PostgreSQL database for one measurement."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from bench.wire import Unexpected

_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """The address of an empty database at ASCOLTO_TEST_DATABASE_URL, or at the local server.

    Raises Unexpected when no server answers.
    """
    url = os.environ.get("ASCOLTO_TEST_DATABASE_URL") or _LOCAL
    name = f"ascolto_bench_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(url, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unexpected("no PostgreSQL at ASCOLTO_TEST_DATABASE_URL") from error
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{url.rsplit('/', 1)[0]}/{name}"
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            server.execute(drop)
