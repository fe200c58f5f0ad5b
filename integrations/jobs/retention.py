"""What is kept for a while only: files that were never sent, payloads of old buttons.

A file's bytes are a column of its row, so the two go in one transaction, and a message names a file
in the transaction that marks the file as its own. Whatever stops halfway leaves nothing behind that
the next round wouldn't find.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from integrations.conversations import parts, taps
from integrations.conversations.tables import desk_actions, files

DAY_S = 86_400.0
DESK_ACTIONS_KEPT_S = 7 * DAY_S
# Files are large: a few at a time, so that nobody waits long for the database.
BATCH = 50


@dataclass(frozen=True)
class Retention:
    """For how long, in days."""

    unsent_files_days: float = 7.0
    button_payloads_days: float = 90.0


def forget(conn: Connection, retention: Retention, *, now: float) -> int:
    """Let go of what is too old; how many files that was."""
    taps.forget(conn, before=now - retention.button_payloads_days * DAY_S)
    parts.forget(conn, now=now)
    conn.execute(delete(desk_actions).where(desk_actions.c.created_at < now - DESK_ACTIONS_KEPT_S))
    f = files.c
    unsent = (
        f.attached_at.is_(None),
        f.inbound_id.is_(None),
        f.created_at < now - retention.unsent_files_days * DAY_S,
    )
    some = select(f.id).where(*unsent).limit(BATCH)
    # The conditions once more: a message may have taken the file since it was found.
    return conn.execute(delete(files).where(f.id.in_(some), *unsent)).rowcount
