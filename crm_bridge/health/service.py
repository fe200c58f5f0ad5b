"""What keeps the service from doing its work, in words for the operator."""

from __future__ import annotations

from sqlalchemy import Connection

from crm_bridge.wiring import Bridge
from runtime.errors import Temporary
from runtime.migrations import SCRIPTS, is_current

_KEY_MIN = 16


async def problems(bridge: Bridge) -> list[str]:
    """Everything that is missing; empty when the service is ready."""
    found = list(bridge.access.problems())
    if len(bridge.settings.signing_key.get_secret_value()) < _KEY_MIN:
        found.append("ASCOLTO_SIGNING_KEY is not set or shorter than 16 letters")
    if bridge.mail_problem:
        found.append(bridge.mail_problem)
    found += bridge.library.problems()
    found += await _database_problems(bridge)
    return found


async def _database_problems(bridge: Bridge) -> list[str]:
    def current(connection: Connection) -> bool:
        return is_current(connection, SCRIPTS["bridge"])

    try:
        if not await bridge.database.read(current):
            return ["the database is not migrated: run python -m runtime.migrations bridge"]
    except Temporary:
        return ["the database is not reachable"]
    return []
