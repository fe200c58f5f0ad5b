"""Turns as two models left them in the gateway's database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from integrations.conversations.ids import new_id
from integrations.conversations.tables import handoffs, turns
from tests.integrations.console import factory


def talk(
    conn: Connection,
    model: str,
    *,
    at: float,
    rejected: bool = False,
    escalated: bool = False,
    rating: int | None = None,
    turns_each: int = 2,
) -> str:
    """A conversation with so many turns of a model; the first may be rejected."""
    conversation = factory.conversation(conn, at=at)
    for number in range(turns_each):
        turn_id = new_id("t")
        reading = {"intent": "thank", "rejected": rejected and number == 0}
        said = factory.said(
            conn, conversation, "ciao", at=at + number, turn_id=turn_id, reading=reading
        )
        row: dict[str, Any] = {
            "id": turn_id,
            "conversation_id": conversation,
            "version": 1,
            "status": "done",
            "inbound_ids": [said],
            "model_sha": model,
            "created_at": at + number,
            "finished_at": at + number,
        }
        conn.execute(insert(turns).values(row))
    if escalated or rating is not None:
        conn.execute(insert(handoffs).values(_handoff(conversation, at + 5, rating)))
    return conversation


def _handoff(conversation: str, at: float, rating: int | None) -> dict[str, Any]:
    return {
        "id": new_id("h"),
        "conversation_id": conversation,
        "state": "resolved",
        "priority": "normal",
        "rules": [],
        "reasons": [],
        "signals": [],
        "collected": {},
        "effects": [],
        "requested_at": at,
        "rating": rating,
    }
