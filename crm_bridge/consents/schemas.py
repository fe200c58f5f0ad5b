"""Consents as they are told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Document,
    Moment,
    Request,
    Storable,
)

Purpose = Literal["newsletter", "profiling", "messages"]


class ConsentChange(Request):
    """What the customer wants from now on, with the words they said it in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": CONVERSATION_EXAMPLE,
                    "purpose": "newsletter",
                    "granted": False,
                    "words": "toglietemi dalla newsletter",
                }
            ]
        },
    )

    conversation: ConversationRef
    purpose: Purpose
    granted: bool
    words: Annotated[str, Field(min_length=1, max_length=1000), Storable]


class ConsentRecorded(Document):
    """What now stands; `has_email` tells whether a newsletter could reach this customer at all."""

    purpose: Purpose
    granted: bool
    at: Moment
    has_email: bool
