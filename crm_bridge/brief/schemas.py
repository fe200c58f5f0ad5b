"""Briefs: allow-listed, so that a new column shows up nowhere by itself."""

from __future__ import annotations

from pydantic import ConfigDict

from crm_bridge.cases.schemas import CaseSummary, CaseView
from crm_bridge.fields import Document
from crm_bridge.orders.schemas import OrderSummary, OrderView
from crm_bridge.people.schemas import ConsentView, IdentityView, Level, PersonView
from crm_bridge.timeline.schemas import TimelineEntry


class BotBrief(Document):
    """What the bot may know. Unknown: the level alone. Recognised: who, and that something is open.

    Verified: also which cases are open, and the newest orders.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "level": "recognised",
                    "first_name": "Giulia",
                    "language": "it",
                    "open_case": False,
                    "tier": "gold",
                    "cases": [],
                    "orders": [],
                }
            ]
        },
    )

    level: Level
    first_name: str | None = None
    language: str | None = None
    open_case: bool = False
    tier: str | None = None
    cases: list[CaseSummary] = []
    orders: list[OrderSummary] = []


class AgentBrief(Document):
    """Who this is, for a person who is about to help them; lists are newest first."""

    person: PersonView | None = None
    level: Level = "unknown"
    identities: list[IdentityView] = []
    tier: str | None = None
    lifetime_value: float = 0.0
    orders: list[OrderView] = []
    cases: list[CaseView] = []
    timeline: list[TimelineEntry] = []
    consents: list[ConsentView] = []
    preferred_channel: str | None = None
    language: str | None = None
