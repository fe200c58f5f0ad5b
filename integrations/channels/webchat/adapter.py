"""The web chat as a channel. Customers fetch what we say to them, over a socket they hold open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from integrations.channels.contract import (
    Capabilities,
    Envelope,
    IncomingRequest,
    OutboundMessage,
    Sent,
)
from integrations.channels.webchat.config import CHANNEL, MAX_FILE_BYTES, WebChatConfig
from integrations.channels.webchat.convert import to_envelope
from integrations.channels.webchat.frames import Message
from integrations.channels.webchat.sessions import Receipt
from runtime.errors import Invalid, Unauthenticated
from runtime.settings import Settings


class WebChatChannel:
    """One account. `tell_typing` is set by who holds the sockets: (address, role)."""

    name = CHANNEL

    def __init__(self, settings: Settings) -> None:
        self.config = WebChatConfig.of(settings)
        self.tell_typing: Callable[[str, str], None] | None = None
        self.capabilities = Capabilities(
            max_text=settings.max_text_chars,
            attachments=frozenset({"image", "file"}),
            max_attachment_bytes=MAX_FILE_BYTES,
            pulls=True,
            edits=True,
        )

    def verify(self, request: IncomingRequest) -> str:
        """Nobody calls this channel: pages speak over their own socket."""
        raise Unauthenticated("the web chat takes no webhooks", code="no_webhooks")

    def parse(self, payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
        """`{"address", "message"}` as one envelope. Raises Invalid with the field."""
        try:
            message = Message.model_validate(payload.get("message"))
        except ValidationError as error:
            field = ".".join(str(part) for part in error.errors()[0]["loc"]) or "message"
            raise Invalid(f"{field}: not valid", field=field) from None
        return [self.envelope(message, address=str(payload.get("address")), receipts=(), now=now)]

    def envelope(
        self, message: Message, *, address: str, receipts: Sequence[Receipt], now: float
    ) -> Envelope:
        """A page's message as an envelope; the core opens its button, if any."""
        return to_envelope(message, address=address, receipts=receipts, now=now)

    async def send(self, message: OutboundMessage) -> Sent:
        """Nothing to do: open pages are told at once, others when they come back."""
        return Sent(hashlib.sha256(message.id.encode()).hexdigest()[:16])

    async def typing(self, account: str, address: str) -> None:
        """Show the dots on this conversation's pages for a few seconds."""
        if self.tell_typing is not None:
            self.tell_typing(address, "bot")
