"""Transactions as functions, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select

from runtime.errors import Temporary
from tests.backends import BACKENDS, fresh, open_database

metadata = MetaData()
things = Table("things", metadata, Column("n", Integer, primary_key=True))


def count(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(things)).scalar_one())


def add(conn: Connection, number: int) -> None:
    conn.execute(insert(things).values(n=number))


@pytest.mark.parametrize("backend", BACKENDS)
async def test_what_fails_leaves_nothing_and_harms_no_neighbour(
    backend: str, tmp_path: Path
) -> None:
    with fresh(backend, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await database.write(metadata.create_all)

        def breaks(conn: Connection) -> None:
            add(conn, 1000)
            raise ValueError("on purpose")

        writes = [database.write(lambda conn, n=n: add(conn, n)) for n in range(40)]
        results = await asyncio.gather(
            *writes[:20], database.write(breaks), *writes[20:], return_exceptions=True
        )
        assert [r for r in results if r is not None and not isinstance(r, ValueError)] == []
        assert await database.read(count) == 40
        await database.close()


async def test_a_closed_database_says_so_instead_of_hanging(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as (url, schema):
        database = open_database(url, schema)
        await database.write(metadata.create_all)
        await database.close()
        with pytest.raises(Temporary):
            await asyncio.wait_for(database.write(count), 60)
