"""Corrections: an agent changes what a customer has already got, where the channel can show that.

A correction is a message of the outbox like any other, so it goes in its order, is tried again and
has a fate that somebody can look up; it names the message that it corrects. That one stays as it
was sent, and carries beside it what the customer reads there now.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from integrations.channels.contract import Capabilities
from integrations.conversations.outbox import ARRIVED
from integrations.conversations.tables import outbound


def original(conn: Connection, message_id: str) -> Any | None:
    """The message that went first, given it or any correction of it."""
    row = conn.execute(select(outbound).where(outbound.c.id == message_id)).first()
    if row is None or row.corrects is None:
        return row
    return conn.execute(select(outbound).where(outbound.c.id == row.corrects)).first()


def obstacle(message: Any, capabilities: Capabilities) -> str | None:
    """Why a message can't be corrected, as a code; None if it can.

    `on_its_way`: not yet there; `never_arrived`; `no_edits`: the channel can't, or not this one.
    """
    if message.state in ("pending", "sending"):
        return "on_its_way"
    if message.state not in (*ARRIVED, "unknown"):
        return "never_arrived"
    # What was cut in parts, or has files, isn't one text on the platform.
    whole = message.attachments is None and message.part_of is None
    return None if capabilities.edits and whole and message.state in ARRIVED else "no_edits"


def show(conn: Connection, correction: Any, *, now: float) -> None:
    """The customer reads the correction from now on."""
    o = outbound.c
    conn.execute(
        update(outbound)
        .where(o.id == correction.corrects)
        .values(corrected_text=correction.text, corrected_at=now, updated_at=now)
    )
