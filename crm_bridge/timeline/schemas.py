"""Interactions as they arrive."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Data,
    Document,
    GivenMoment,
    LongText,
    Moment,
    Request,
    ShortText,
    Storable,
)

Probability = Annotated[float, Field(ge=0, le=1)]


class ToneIn(Request):
    """How a customer's message sounds; nothing of its words."""

    polarity: Literal["negative", "neutral", "positive"]
    score: Probability
    anger: Probability
    urgency: Probability
    angry: bool
    urgent: bool


class InteractionIn(Request):
    """One interaction; its key names the occurrence, so that sending it twice stores it once."""

    key: Annotated[str, Field(min_length=1, max_length=200), Storable]
    conversation: ConversationRef
    direction: Literal["in", "out"]
    role: Literal["customer", "bot", "agent", "system"]
    kind: Annotated[str, Field(pattern="^[a-z_]{1,32}$", examples=["message"])] = "message"
    text: LongText = ""
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None
    intent: Annotated[str, Field(max_length=64), Storable] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    tone: ToneIn | None = None
    public: bool = False
    sender_name: Annotated[str, Field(max_length=1000), Storable] | None = None
    sender_email: Annotated[str, Field(max_length=1000), Storable] | None = None
    at: GivenMoment
    data: Data = {}


class InteractionBatch(Request):
    """Interactions of any conversations, in any order."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "interactions": [
                        {
                            "key": "m01hxyz:in",
                            "conversation": CONVERSATION_EXAMPLE,
                            "direction": "in",
                            "role": "customer",
                            "kind": "message",
                            "text": "Ciao, dov'è il mio ordine?",
                            "language": "it",
                            "intent": "order_status",
                            "confidence": 0.97,
                            "public": False,
                            "at": "2026-11-21T10:00:00Z",
                        }
                    ]
                }
            ]
        },
    )

    interactions: Annotated[list[InteractionIn], Field(min_length=1, max_length=200)]


class Stored(Document):
    """How many interactions were new, and how many were known."""

    stored: int
    duplicates: int


class Merge(Request):
    """Two conversations that were one all along: what was said in `from` belongs to `into`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"from": "c01hxyz", "into": "c01hxyy"}]},
    )

    source: Annotated[ShortText, Field(alias="from")]
    into: ShortText


class Merged(Document):
    """How much of it there was."""

    interactions: int
    cases: int


class ToneOut(Document):
    """What an agent sees of a message's tone."""

    polarity: str
    angry: bool
    urgent: bool


class TimelineEntry(Document):
    """One line of the history on an agent's card."""

    at: Moment
    channel: str
    role: str
    kind: str
    text: str
    intent: str | None
    tone: ToneOut | None = None
