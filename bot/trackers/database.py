"""The bot's own database: a SQLite file with one connection and one thread, or PostgreSQL.

Queries run outside Rasa's event loop, because one slow query there would silence every customer.
Time-outs are short for the same reason: the gateway asks again, and says so to the customer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.trackers import rows
from bot.trackers.rows import Tables

T = TypeVar("T")

BUSY_SECONDS = 0.4
POSTGRESQL_THREADS = 8
POSTGRESQL_SCHEMA = "bot"


class StoreUnavailable(Exception):
    """The database did not answer, or refused; nothing was changed. Asking again may help."""


class Taken(Exception):
    """Another writer was first: the turn's number or id exists already."""


class Database:
    """Runs functions of a connection, each in one transaction."""

    def __init__(self, url: str) -> None:
        """`url`: a SQLAlchemy address, sqlite:///… or postgresql://…"""
        self._sqlite = url.startswith("sqlite")
        self.tables = Tables(None if self._sqlite else POSTGRESQL_SCHEMA)
        self._engine = _sqlite(url) if self._sqlite else _postgresql(url)
        self._threads = ThreadPoolExecutor(
            1 if self._sqlite else POSTGRESQL_THREADS, thread_name_prefix="bot-database"
        )
        self._created = False
        self._creating = Lock()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of a thread.

        Raises Taken on a broken uniqueness, StoreUnavailable on any other error of the database.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _run(self, work: Callable[[Connection], T]) -> T:
        try:
            self._create()
            with self._engine.begin() as connection:
                return work(connection)
        except IntegrityError as error:
            raise Taken from error
        except SQLAlchemyError as error:
            # The message of SQLAlchemy's error would quote the statement's values.
            raise StoreUnavailable(type(error).__name__) from None

    def _create(self) -> None:
        with self._creating:
            if not self._created:
                with self._engine.begin() as connection:
                    rows.create(connection, self.tables)
                self._created = True


def _sqlite(url: str) -> Engine:
    path = sa.engine.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # One connection for ever: SQLAlchemy 1.4 would open the file anew for each transaction.
    engine = sa.create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        future=True,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, _: object) -> None:
        # SQLAlchemy says BEGIN itself, or the driver would start transactions when it likes.
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    _, address = url.split("://", 1)
    return sa.create_engine(
        f"postgresql+psycopg2://{address}",
        pool_size=POSTGRESQL_THREADS,
        max_overflow=0,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 3,
            "options": "-c statement_timeout=5000 -c lock_timeout=1000"
            " -c idle_in_transaction_session_timeout=10000",
            "application_name": "ascolto-bot",
        },
        future=True,
    )
