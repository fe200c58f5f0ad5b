"""What the bot and the bridge have still to learn, queued by the transactions that it follows from.

What a turn that was thrown away had done in the CRM comes back the same way, for the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from integrations.conversations.sql import insert_all_new
from integrations.conversations.tables import bot_sync, bridge_queue, handoffs, turns


def enqueue_sync(
    conn: Connection, conversation_id: str, events: Sequence[dict[str, Any]], now: float
) -> None:
    """Queue what the bot has to learn before its next turn."""
    if events:
        conn.execute(
            insert(bot_sync),
            [
                {"conversation_id": conversation_id, "event": event, "created_at": now}
                for event in events
            ],
        )


def enqueue_bridge(conn: Connection, rows: Sequence[dict[str, Any]], now: float) -> None:
    """Queue what the bridge has to learn: `{key, path, body}` each, once a key."""
    insert_all_new(conn, bridge_queue, [{**row, "created_at": now} for row in rows])


def synced(conn: Connection, conversation_id: str, up_to: int) -> None:
    """The bot has learnt everything up to row `up_to`."""
    conn.execute(
        delete(bot_sync).where(bot_sync.c.conversation_id == conversation_id, bot_sync.c.n <= up_to)
    )


def add_effects(conn: Connection, conversation_id: str, effects: Sequence[dict[str, Any]]) -> None:
    """Put on the newest handoff's card what a voided turn had already done."""
    if not effects:
        return
    row = conn.execute(
        select(handoffs.c.id, handoffs.c.effects)
        .where(handoffs.c.conversation_id == conversation_id)
        .order_by(handoffs.c.requested_at.desc())
        .limit(1)
    ).first()
    if row is not None:
        known = list(row.effects or [])
        added = [effect for effect in effects if effect not in known]
        conn.execute(update(handoffs).where(handoffs.c.id == row.id).values(effects=known + added))


def add_effects_of_voided(
    conn: Connection, conversation_id: str, turn_id: str, effects: Sequence[dict[str, Any]]
) -> None:
    """The same, if that turn was voided indeed (a turn that is merely tried again was not)."""
    status = conn.execute(select(turns.c.status).where(turns.c.id == turn_id)).scalar()
    if status == "voided":
        add_effects(conn, conversation_id, effects)
