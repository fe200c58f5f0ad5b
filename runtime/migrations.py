"""Bring a service's database to its newest schema: `python -m runtime.migrations gateway`."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

from runtime import settings as settings_module
from runtime.database import sqlite_engine

SCRIPTS = {"gateway": "integrations/migrations", "bridge": "crm_bridge/migrations"}
_ROOT = Path(__file__).resolve().parent.parent
_LOCK = 0x4153_434F  # any number of our own: two processes must not migrate at once


def upgrade(url: str, schema: str, script_location: str | Path, *, to: str = "head") -> None:
    """Run every missing migration in one transaction; safe to call from several processes."""
    config = _config(script_location)
    engine = _engine(url, schema)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()


def is_current(connection: Connection, script_location: str | Path) -> bool:
    """Whether the database behind `connection` stands at the newest migration."""
    head = ScriptDirectory.from_config(_config(script_location)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _config(script_location: str | Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / script_location))
    return config


def _engine(url: str, schema: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return sqlite_engine(url, immediate=True)
    return create_engine(
        url, connect_args={"options": f"-csearch_path={schema}", "connect_timeout": 5}
    )


def main(arguments: list[str]) -> int:
    """Command line: the names of the services to migrate."""
    settings = settings_module.load()
    urls = {"gateway": settings.gateway_database_url(), "bridge": settings.bridge_database_url()}
    unknown = [name for name in arguments if name not in urls]
    if unknown or not arguments:
        print(f"say which: {', '.join(urls)}", file=sys.stderr)
        return 2
    for name in arguments:
        upgrade(urls[name], name, SCRIPTS[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
