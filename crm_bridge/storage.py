"""How the bridge's queries meet `runtime.database`: one session inside each transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T")

# SQLite numbers rows by itself only in a column of exactly this type.
RowId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every table; times are epoch seconds (UTC), money is in cents."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), float: Double(), int: BigInteger()}


def short(length: int) -> String:
    """The type of a column that holds a name or a key of at most `length` characters."""
    return String(length)


def new_id(prefix: str) -> str:
    """An identifier that can't be guessed, such as `p_…`."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"


def in_session(work: Callable[[Session], T]) -> Callable[[Connection], T]:
    """Make a function of a session into one that `Database.write` and `Database.read` can run.

    The session joins the transaction that is already open and never ends it; what it still holds
    is flushed before the function returns.
    """

    def run(connection: Connection) -> T:
        with Session(
            bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False
        ) as session:
            result = work(session)
            session.flush()
            return result

    return run


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that need no objects."""
    return cast(Table, model.__table__)


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows that break no uniqueness and return how many that were.

    Concurrent inserts of the same key wait for each other, so that exactly one counts it.
    """
    if not rows:
        return 0
    # Values are given as parameters: a statement that holds them is compiled anew each time.
    result = session.execute(
        _insert_new(table_of(table), session.get_bind().dialect.name),
        rows[0] if len(rows) == 1 else list(rows),
    )
    assert isinstance(result, CursorResult)
    assert result.rowcount >= 0, "the driver must count what it inserted"
    return result.rowcount


def change(session: Session, table: type[Base], *where: ColumnElement[bool], **values: Any) -> int:
    """Give all rows that match these values and return how many they were.

    Objects that the session has read already stay as they were.
    """
    statement = update(table).where(*where).values(**values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount


@cache
def _insert_new(into: Table, dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(into).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
