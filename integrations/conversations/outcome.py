"""What is to be done in a claimed conversation, and everything that doing it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.conversations.outbox import Draft
from integrations.conversations.ownership import Change, Owner


@dataclass(frozen=True)
class Work:
    """A claimed conversation with what is to be done; rows are as they stood at the claim."""

    conversation: Any
    messages: Sequence[Any]
    turn: Any | None = None
    sync: Sequence[Any] = ()
    handoff: Any | None = None

    @property
    def owner(self) -> Owner:
        """Who answers."""
        return Owner(self.conversation.owner)


@dataclass(frozen=True)
class Handled:
    """What became of one inbound message."""

    inbound_id: str
    disposition: str
    reason: str | None = None
    reading: dict[str, Any] | None = None
    language: str | None = None


@dataclass
class Outcome:
    """Everything that handling some work changes; committed as one, or not at all."""

    handled: list[Handled] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    change: Change | None = None
    handoff: dict[str, Any] | None = None
    handoff_updates: dict[str, Any] = field(default_factory=dict)
    language: str | None = None
    state: dict[str, Any] | None = None
    turn_values: dict[str, Any] = field(default_factory=dict)
    sync: list[dict[str, Any]] = field(default_factory=list)
    bridge: list[dict[str, Any]] = field(default_factory=list)
