"""How what happens in a conversation is told to the bridge."""

from __future__ import annotations

from typing import Any

from integrations.conversations.outbox import Draft
from runtime.clock import iso

INTERACTIONS = "/v1/interactions"
CASES = "/v1/cases"
MERGES = "/v1/interactions/merges"
# Platforms deliver late, some by days; clocks run ahead by minutes.
OLDEST_S = 30 * 86_400.0
AHEAD_S = 300.0


def reference(conversation: Any) -> dict[str, str]:
    """The bridge's ConversationRef of a conversation's row."""
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "account": conversation.account,
        "handle": conversation.handle,
    }


def customer_said(
    conversation: Any, message: Any, *, language: str | None, reading: dict[str, Any] | None
) -> dict[str, Any]:
    """The queue row for one inbound message, with how it was understood."""
    interaction = {
        "key": message.id,
        "conversation": reference(conversation),
        "direction": "in",
        "role": "customer",
        "kind": message.kind,
        "text": message.text or "",
        "language": language,
        "public": bool(message.public),
        "sender_name": message.sender_name,
        "sender_email": message.sender_email,
        "at": iso(_believable(message.sent_at, message.received_at)),
        "data": {"external_id": message.external_id},
    }
    if reading:
        interaction["intent"] = reading.get("intent")
        interaction["confidence"] = reading.get("confidence")
        interaction["tone"] = reading.get("tone")
    return _row(message.id, interaction)


def merged(from_id: str, into_id: str) -> dict[str, Any]:
    """The queue row that says that two conversations were one."""
    return {"key": f"merge:{from_id}", "path": MERGES, "body": {"from": from_id, "into": into_id}}


def _believable(sent_at: float | None, received_at: float) -> float:
    """When it was written, unless the sender's clock says something impossible."""
    if sent_at is None or not received_at - OLDEST_S <= sent_at <= received_at + AHEAD_S:
        return received_at
    return float(sent_at)


def we_said(
    conversation: Any, message_id: str, draft: Draft, *, language: str | None, at: float
) -> dict[str, Any]:
    """The queue row for one message to the customer."""
    return _row(
        message_id,
        {
            "key": message_id,
            "conversation": reference(conversation),
            "direction": "out",
            "role": draft.role,
            "kind": "edit" if draft.corrects else "message",
            "text": draft.text,
            "language": language,
            "public": False,
            "at": iso(at),
            "data": {
                name: value
                for name, value in (("author", draft.author), ("corrects", draft.corrects))
                if value
            },
        },
    )


def _row(key: str, interaction: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "path": INTERACTIONS,
        "body": {
            "interactions": [{k: v for k, v in interaction.items() if v is not None}],
        },
    }
