"""The signals that the escalation policy may speak of, with what each carries.

A signal is a fact noticed by the bot, by an action or by the gateway while a turn was handled.
The policy decides what it means. `docs/escalation.md` has the same table for operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FieldType = Literal["number", "text", "boolean", "group"]
"""`group` is a nested object: it can be carried, but neither tested nor shown in a reason."""


@dataclass(frozen=True)
class Signal:
    """Something noticed in a turn. `data` comes over HTTP and may hold anything."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


SIGNALS: Mapping[str, Mapping[str, FieldType]] = {
    "handoff_requested": {"reason": "text", "collected": "group"},
    "rejected": {"streak": "number"},
    "complaint": {},
    "threat_to_leave": {},
    "angry": {"level": "number"},
    "urgent": {"level": "number"},
    "legal_safety": {},
    "verification_failed": {"count": "number"},
    "question_repeated": {"intent": "text", "count": "number"},
    "problem": {"topic": "text"},
    "action_failed": {"name": "text"},
    "no_reply": {},
    "engine_failed": {"minutes": "number"},
    "returned": {"agent_present": "boolean"},
}
