"""Challenges and their answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from crm_bridge.fields import (
    CONVERSATION_EXAMPLE,
    ConversationRef,
    Document,
    Language,
    Request,
    Storable,
)
from crm_bridge.people.schemas import Level


class ChallengeRequest(Request):
    """Send a code to the address on file for an order."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"conversation": CONVERSATION_EXAMPLE, "order_number": "LA-20398", "language": "it"}
            ]
        },
    )

    conversation: ConversationRef
    order_number: Annotated[str, Field(min_length=1, max_length=40), Storable]
    language: Language


class ChallengeMade(Document):
    """Always the same, whether there is such an order and whether anything is sent."""

    challenge_id: str
    expires_in_s: int = Field(examples=[600])


class AnswerRequest(Request):
    """The code a customer wrote."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": CONVERSATION_EXAMPLE,
                    "challenge_id": "v_0Vb2o6pCwE1hRk3sYzQ4xA",
                    "code": "482 913",
                }
            ]
        },
    )

    conversation: ConversationRef
    challenge_id: Annotated[str, Field(min_length=1, max_length=40), Storable]
    code: Annotated[str, Field(min_length=1, max_length=40), Storable]


class AnswerResult(Document):
    """Whether the code was right, and how many more may be tried."""

    verified: bool
    attempts_left: int
    level: Level
