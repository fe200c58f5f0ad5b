"""Statements that are built once and run often.

Building an expression costs several times what running it does, so the statements of a message's
way are made once for each set of columns and get their values as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert unless a unique key is taken already; says whether it did."""
    statement = _insert_new(table, conn.dialect.name, tuple(values))
    # A row comes back only if it was written; row counts of inserts are not reliable everywhere.
    return conn.execute(statement, _named("v_", values)).first() is not None


def insert_all_new(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, leaving out those whose unique key is taken already."""
    if rows:
        statement = _insert_all_new(table, conn.dialect.name)
        conn.execute(statement, [dict(row) for row in rows])


def update_where(
    conn: Connection,
    table: Table,
    where: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    plus: Mapping[str, int] | None = None,
    returning: tuple[str, ...] = (),
) -> CursorResult[Any]:
    """Set `values`, and add `plus` to columns, in the rows whose columns equal `where`."""
    plus = plus or {}
    statement = _update(table, tuple(where), tuple(values), tuple(plus), returning)
    parameters = {**_named("w_", where), **_named("v_", values), **_named("p_", plus)}
    result: CursorResult[Any] = conn.execute(statement, parameters)
    return result


def select_where(
    conn: Connection,
    table: Table,
    where: Mapping[str, Any],
    *,
    columns: tuple[str, ...] = (),
    nulls: tuple[str, ...] = (),
    order: str | None = None,
    limit: int | None = None,
) -> CursorResult[Any]:
    """Rows whose columns equal `where` and whose `nulls` are NULL; `columns` of them, or all."""
    statement = _select(table, tuple(where), columns, nulls, order, limit)
    result: CursorResult[Any] = conn.execute(statement, _named("w_", where))
    return result


def _named(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {prefix + name: value for name, value in values.items()}


@lru_cache(maxsize=256)
def _insert_new(table: Table, dialect: str, columns: tuple[str, ...]) -> Any:
    # The one statement that the two databases spell through different constructs.
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    values = {name: bindparam("v_" + name, type_=table.c[name].type) for name in columns}
    key = next(iter(table.primary_key))
    return insert(table).values(values).on_conflict_do_nothing().returning(key)


@lru_cache(maxsize=64)
def _insert_all_new(table: Table, dialect: str) -> Any:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


@lru_cache(maxsize=512)
def _update(
    table: Table,
    where: tuple[str, ...],
    values: tuple[str, ...],
    plus: tuple[str, ...],
    returning: tuple[str, ...],
) -> Any:
    columns = table.c
    new: dict[str, Any] = {n: bindparam("v_" + n, type_=columns[n].type) for n in values}
    new |= {n: columns[n] + bindparam("p_" + n, type_=columns[n].type) for n in plus}
    statement: Any = (
        update(table)
        .where(*(columns[n] == bindparam("w_" + n, type_=columns[n].type) for n in where))
        .values(new)
    )
    return statement.returning(*(columns[n] for n in returning)) if returning else statement


@lru_cache(maxsize=256)
def _select(
    table: Table,
    where: tuple[str, ...],
    columns: tuple[str, ...],
    nulls: tuple[str, ...],
    order: str | None,
    limit: int | None,
) -> Any:
    c = table.c
    wanted: list[Any] = [c[name] for name in columns] or [table]
    statement: Any = select(*wanted).where(
        *(c[name] == bindparam("w_" + name, type_=c[name].type) for name in where),
        *(c[name].is_(None) for name in nulls),
    )
    if order is not None:
        statement = statement.order_by(c[order])
    return statement.limit(limit) if limit is not None else statement
