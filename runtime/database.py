"""One way to run queries on SQLite and on PostgreSQL.

Queries are written once, as plain functions of a connection. On SQLite one thread owns the only
writing connection and commits whatever waits as a group (SQLite's own busy handler sleeps, which
ruins the slowest requests); readers have connections of their own (WAL). On PostgreSQL the same
functions run on an asynchronous connection.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runtime.errors import Temporary

T = TypeVar("T")
Query = Callable[[Connection], T]

GROUP_COMMIT_MAX = 128
SQLITE_BUSY_MS = 5000
_CLOSE_S = 10.0
_RETRY_SQLSTATES = {"40001", "40P01"}
# A process that is stopped in the middle of a transaction must not hold its locks for good.
POSTGRESQL_IDLE_MS = 10_000


@dataclass
class _Job:
    query: Query[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Database:
    """Transactions as functions: `await database.write(fn)` runs `fn(connection)` in one.

    `fn` is synchronous, does nothing but SQL, and may be run again after a serialization failure,
    so it must not keep state outside the database. Raises Temporary when the database is away.
    """

    def __init__(self, url: str, schema: str, *, pool_size: int = 12) -> None:
        self.url = url
        self.schema = schema
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._sqlite: _SqliteDatabase | None = None
        self._engine: AsyncEngine | None = None
        self._reads: AsyncEngine | None = None
        self._running: set[asyncio.Task[Any]] = set()
        if self.is_sqlite:
            self._sqlite = _SqliteDatabase(url)
        else:
            self._engine = create_async_engine(
                url,
                pool_size=pool_size,
                max_overflow=4,
                pool_use_lifo=True,
                connect_args={
                    "options": f"-csearch_path={schema}"
                    f" -cidle_in_transaction_session_timeout={POSTGRESQL_IDLE_MS}",
                    "connect_timeout": 5,
                },
            )
            # PostgreSQL takes a snapshot for each statement in either case; a transaction around
            # reads would only cost two more messages to the server.
            self._reads = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, query: Query[T]) -> T:
        """Run `query` in one transaction and return what it returns."""
        if self._sqlite is not None:
            return await self._sqlite.write(query)
        return await self._to_its_end(query, self._engine)

    async def read(self, query: Query[T]) -> T:
        """Run `query`, which must not change anything; on SQLite it sees one snapshot."""
        if self._sqlite is not None:
            return await self._sqlite.read(query)
        return await self._to_its_end(query, self._reads)

    async def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        if self._sqlite is not None:
            await asyncio.to_thread(self._sqlite.close)
        if self._running:
            await asyncio.wait(self._running, timeout=_CLOSE_S)
        if self._engine is not None:
            await self._engine.dispose()

    async def _to_its_end(self, query: Query[T], engine: AsyncEngine | None) -> T:
        """As on SQLite, who is cancelled while waiting cancels nothing: a connection that is
        left in the middle would be lost to the pool."""
        running = asyncio.get_running_loop().create_task(self._postgres(query, engine))
        self._running.add(running)
        running.add_done_callback(self._ended)
        return await asyncio.shield(running)

    def _ended(self, running: asyncio.Task[Any]) -> None:
        self._running.discard(running)
        if not running.cancelled():
            # Nobody may be left to hear of it.
            running.exception()

    async def _postgres(self, query: Query[T], engine: AsyncEngine | None) -> T:
        assert engine is not None
        for attempt in range(5):
            committing = False
            try:
                async with engine.connect() as connection:
                    async with connection.begin():
                        result = await connection.run_sync(query)
                        committing = True
                    return result
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                lost = error.connection_invalidated or isinstance(
                    error, (OperationalError, InterfaceError)
                )
                # A commit whose answer was lost may have happened: the caller's idempotency
                # decides, not a blind repeat.
                repeat = state in _RETRY_SQLSTATES or (
                    error.connection_invalidated and not committing
                )
                if repeat and attempt < 4:
                    await asyncio.sleep(0.01 * 2**attempt)
                    continue
                if lost or repeat:
                    raise Temporary("the database is not available") from error
                raise
        raise AssertionError("unreachable")


class _SqliteDatabase:
    def __init__(self, url: str) -> None:
        path = make_url(url).database
        assert path, "an in-memory database can't be shared between threads"
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._writer = sqlite_engine(url, immediate=True)
        self._reader = sqlite_engine(url, immediate=False)
        self._readers = ThreadPoolExecutor(max_workers=3, thread_name_prefix="sqlite-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sqlite-write", daemon=True)
        self._thread.start()

    async def write(self, query: Query[T]) -> T:
        loop = asyncio.get_running_loop()
        job = _Job(query, loop, loop.create_future())
        # Nothing may stand in the queue behind the end: nobody would ever answer it.
        with self._gate:
            if self._closed:
                raise Temporary("the database is closed")
            self._jobs.put(job)
        # Shielded: a cancelled request doesn't undo a transaction that others share.
        result: T = await asyncio.shield(job.future)
        return result

    async def read(self, query: Query[T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, query)

    def _read(self, query: Query[T]) -> T:
        try:
            with self._reader.connect() as connection, connection.begin():
                return query(connection)
        except OperationalError as error:
            raise Temporary("the database is not available") from error

    def close(self) -> None:
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join(timeout=10)
        self._readers.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()

    def _run(self) -> None:
        while True:
            first = self._jobs.get()
            if first is None:
                return
            group, last = [first], False
            while len(group) < GROUP_COMMIT_MAX:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    last = True
                    break
                group.append(job)
            self._commit_group(group)
            self._settle(group)
            if last:
                return

    def _commit_group(self, group: list[_Job]) -> None:
        try:
            with self._writer.connect() as connection, connection.begin():
                for job in group:
                    self._run_job(connection, job, alone=len(group) == 1)
        except (OperationalError, sqlite3.OperationalError) as error:
            for job in group:
                if job.error is None:
                    job.error = Temporary("the database is locked or not available")
                    job.error.__cause__ = error
        except BaseException as error:  # noqa: BLE001 — it belongs to those who wait, not here
            for job in group:
                job.error = job.error or error

    @staticmethod
    def _run_job(connection: Connection, job: _Job, *, alone: bool) -> None:
        if alone:
            try:
                job.result = job.query(connection)
            except BaseException as error:
                job.error = error
                raise
            return
        # Savepoints straight at the driver: SQLAlchemy's cost as much as a job's statements.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SAVEPOINT job")
        try:
            job.result = job.query(connection)
        except BaseException as error:  # noqa: BLE001 — one job's failure is that job's alone
            job.error = error
            driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")

    @staticmethod
    def _settle(group: list[_Job]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in group:
            by_loop.setdefault(job.loop, []).append(job)
        for loop, jobs in by_loop.items():

            def settle_all(jobs: list[_Job] = jobs) -> None:
                for job in jobs:
                    job.settle()

            # The loop may be gone when a process is stopping; its waiters are gone too.
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle_all)


def sqlite_engine(url: str, *, immediate: bool) -> Engine:
    """An engine whose transactions begin when we say so, durable at each commit."""
    engine = create_engine(
        url,
        connect_args={
            "check_same_thread": False,
            "isolation_level": None,
            "timeout": SQLITE_BUSY_MS / 1000,
        },
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-8000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        try:
            driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN", None, error) from error

    return engine
