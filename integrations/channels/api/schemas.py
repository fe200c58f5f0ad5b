"""What the api channel takes and gives, as documented in its OpenAPI."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ID_CHARS = 200


def _identifier(value: str) -> str:
    if value != value.strip() or any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise ValueError("no control characters and no spaces around")
    return value


Identifier = Annotated[str, Field(min_length=1, max_length=ID_CHARS), AfterValidator(_identifier)]


class SenderIn(BaseModel):
    """Who writes, as the calling system says; never proof of identity."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=320, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")


class AttachmentIn(BaseModel):
    """A file by address."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["image", "audio", "video", "file", "location"] = "file"
    url: str = Field(max_length=2000, pattern=r"^https?://[^\s\x00]+$")
    name: str | None = Field(default=None, max_length=200)
    mime: str | None = Field(default=None, max_length=100)
    size: int | None = Field(default=None, ge=0)


class MessageIn(BaseModel):
    """One thing that a customer did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation": "giulia",
                    "message_id": "1",
                    "text": "Ciao, dov'è il mio ordine LA-20398?",
                    "sender": {"name": "Giulia"},
                },
                {
                    "conversation": "giulia",
                    "message_id": "1",
                    "kind": "edit",
                    "text": "Ciao, dov'è il mio ordine LA-20397?",
                },
            ]
        },
    )

    conversation: Identifier = Field(description="Your name for the conversation, stable for ever.")
    message_id: Identifier = Field(description="Unique in the conversation; edits repeat it.")
    kind: Literal["message", "edit", "delete", "reaction"] = "message"
    text: str | None = None
    payload: str | None = Field(
        default=None, max_length=4000, description="The payload of a tapped button, unchanged."
    )
    attachments: list[AttachmentIn] = Field(default_factory=list, max_length=10)
    sender: SenderIn | None = None
    sent_at: datetime | None = None


class Accepted(BaseModel):
    """It is stored; nothing can lose it any more."""

    accepted: bool = True
    duplicate: bool = Field(description="True when this very message was stored before.")


class ButtonOut(BaseModel):
    """Send `payload` back unchanged when the customer taps it."""

    title: str
    payload: str


class MessageOut(BaseModel):
    """One entry of the conversation as its customer sees it."""

    model_config = ConfigDict(extra="allow")

    id: str
    seq: int = Field(description="Position; grows, never changes.")
    role: Literal["customer", "bot", "agent", "system"]
    kind: str | None = None
    message_id: str | None = Field(default=None, description="The customer's own id of it.")
    text: str | None
    buttons: list[ButtonOut] | None = None
    attachments: list[dict[str, Any]] | None = None
    in_reply_to: list[str] | None = Field(default=None, description="message_ids this answers.")
    disposition: Literal["answered", "relayed", "superseded", "ignored"] | None = None
    reason: str | None = None
    at: str
    state: str
    explain: dict[str, Any] | None = None


class MessagesOut(BaseModel):
    """Messages after a cursor, oldest first."""

    messages: list[MessageOut]
    cursor: int = Field(description="Pass it as `after` next time.")


class HandoffOut(BaseModel):
    """The hand-over a conversation stands in."""

    state: str
    priority: str
    requested_at: str
    first_answer_due_at: str | None = None
    claimed: bool
    reasons: list[dict[str, str]] = Field(default_factory=list)


class ConversationOut(BaseModel):
    """Who answers now."""

    conversation: str
    owner: Literal["bot", "queued", "agent", "wrap_up", "closed"]
    version: int
    language: str | None
    handoff: HandoffOut | None
