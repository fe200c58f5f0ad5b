"""Proposals of the review that stand in the working tree, and which model first knew them."""

from __future__ import annotations

from sqlalchemy import insert, select

from integrations.review.tables import proposals
from runtime.database import Database


async def propose(database: Database, *ids: str) -> None:
    """Pulled proposals of these ids."""
    fixed = {
        "kind": "intent",
        "intent": "greet",
        "text": "ehilà",
        "entities": [],
        "language": "it",
        "author": "Nora",
        "created_at": 1.0,
        "state": "pulled",
    }
    rows = [{"id": name, **fixed} for name in ids]
    await database.write(lambda conn: conn.execute(insert(proposals), rows))


async def proposed(database: Database) -> dict[str, str | None]:
    """Proposal → the model that it was published with."""
    query = select(proposals.c.id, proposals.c.model)
    rows = await database.read(lambda conn: conn.execute(query).all())
    return {row.id: row.model for row in rows}
