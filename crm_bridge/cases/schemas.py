"""Cases as they are opened, changed and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Document,
    Language,
    Moment,
    Request,
    Storable,
)

Topic = Literal[
    "delivery_problem",
    "order_change",
    "return_refund",
    "payment",
    "account",
    "newsletter",
    "privacy",
    "idea",
    "business",
    "complaint",
    "other",
]
Status = Literal["open", "waiting", "resolved"]
_Words = Annotated[str, Field(min_length=1, max_length=4000), Storable]


class CaseOpening(Request):
    """A case to open; nothing is read from the order it names."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": CONVERSATION_EXAMPLE,
                    "topic": "delivery_problem",
                    "summary": "Il pacco risulta consegnato ma non è arrivato.",
                    "order_number": "LA-20398",
                    "language": "it",
                }
            ]
        },
    )

    conversation: ConversationRef
    topic: Topic
    summary: _Words
    order_number: Annotated[str, Field(max_length=40), Storable] | None = None
    language: Language = "it"


class CasePatch(Request):
    """What changed; at least one of the three. A promise is added to those made before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"promise": "Le scriviamo entro domani alle 12."}]},
    )

    status: Status | None = None
    outcome: _Words | None = None
    promise: _Words | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> CasePatch:
        if self.status is None and self.outcome is None and self.promise is None:
            raise ValueError("say at least one of status, outcome and promise")
        return self


class CaseView(Document):
    """One case; `promise` is the newest one made."""

    reference: str = Field(examples=["C-7K2MP"])
    status: Status
    topic: Topic
    summary: str
    order_number: str | None
    language: str
    conversation: str
    channel: str
    promise: str | None
    outcome: str | None
    opened_at: Moment
    updated_at: Moment
    closed_at: Moment | None


class CaseList(Document):
    """Cases, newest first."""

    cases: list[CaseView]


class CaseSummary(Document):
    """A case in one line, for a brief."""

    reference: str
    topic: Topic
    status: Status
    opened_at: Moment
    order_number: str | None
    promise: str | None
