"""What decides how conversations go: the operator's policy and words, and the present moment."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.conversations.buttons import Buttons
from integrations.conversations.texts import Texts
from integrations.escalation.desk_settings import DeskSettings
from integrations.escalation.policy import Policy


@dataclass(frozen=True)
class Moment:
    """What is true outside the conversation while it is being answered."""

    now: float
    language: str
    agent_present: bool = False
    people_waiting: int = 0


@dataclass(frozen=True)
class Rules:
    """Loaded once from `policy/`, and the key that signs buttons."""

    policy: Policy
    desk: DeskSettings
    texts: Texts
    buttons: Buttons
    company: str
    privacy_url: str
