"""What stands in a running system's databases, read past the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, text

from ops.system import System


def rows(system: System, service: str, query: str, values: Mapping[str, Any] | None = None) -> Any:
    """All rows of a query on the gateway's or the bridge's database."""
    engine = _engine(system, service)
    try:
        with engine.connect() as connection:
            return connection.execute(text(query), dict(values or {})).all()
    finally:
        engine.dispose()


def write(
    system: System, service: str, statement: str, values: Mapping[str, Any] | None = None
) -> None:
    """Change a row past the services, where a test can't wait for time to do it."""
    engine = _engine(system, service)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), dict(values or {}))
    finally:
        engine.dispose()


def _engine(system: System, service: str) -> Engine:
    url = system.settings.get("ASCOLTO_DATABASE_URL")
    if not url:
        return create_engine(f"sqlite:///{system.home / f'{service}.sqlite3'}")
    driver_url = "postgresql+psycopg://" + url.split("://", 1)[1]
    return create_engine(driver_url, connect_args={"options": f"-csearch_path={service}"})


def conversation_id(system: System, address: str) -> str:
    """The gateway's own name for a conversation of the api channel."""
    query = "SELECT id FROM conversations WHERE address = :address"
    [row] = rows(system, "gateway", query, {"address": address})
    return str(row.id)


def bridge_queue(system: System) -> int:
    """How much the bridge has still to learn."""
    return int(rows(system, "gateway", "SELECT count(*) AS n FROM bridge_queue")[0].n)


def challenges(system: System, conversation: str) -> int:
    """How many codes were asked for in a conversation."""
    query = "SELECT count(*) AS n FROM challenges WHERE conversation = :conversation"
    return int(rows(system, "bridge", query, {"conversation": conversation})[0].n)


def timeline(system: System, conversation: str) -> list[str]:
    """The keys of a conversation's interactions in the bridge."""
    query = "SELECT key FROM interactions WHERE conversation = :conversation"
    return [row.key for row in rows(system, "bridge", query, {"conversation": conversation})]
