"""Invoices as they are asked for and answered."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from crm_bridge.fields import CONVERSATION_EXAMPLE, ConversationRef, Document, Language, Request


class InvoiceRequest(Request):
    """Who wants a copy, and in which language; it goes to the address on file alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"conversation": CONVERSATION_EXAMPLE, "language": "it"}]},
    )

    conversation: ConversationRef
    language: Language = "it"


class InvoiceSent(Document):
    """The invoice's number, and the address its copy goes to, masked."""

    number: str = Field(examples=["2026/000123"])
    sent_to: str = Field(examples=["g•••s@example.com"])
