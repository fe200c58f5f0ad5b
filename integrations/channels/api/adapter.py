"""The api channel as a channel: JSON to envelopes. Customers fetch what we say to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from integrations.channels.api.convert import to_envelope
from integrations.channels.api.schemas import MessageIn
from integrations.channels.contract import (
    Capabilities,
    Envelope,
    IncomingRequest,
    OutboundMessage,
    Sent,
)
from integrations.conversations.buttons import Buttons
from runtime.errors import Unauthenticated
from runtime.security import same
from runtime.settings import Settings

ACCOUNT = "default"


class ApiChannel:
    """One account, one key."""

    name = "api"

    def __init__(self, settings: Settings) -> None:
        self._key = settings.api_channel_key.get_secret_value()
        self._buttons = Buttons(settings.signing_key.get_secret_value())
        self._max_text = settings.max_text_chars
        self.capabilities = Capabilities(
            max_text=settings.max_text_chars,
            attachments=frozenset({"image", "audio", "video", "file", "location"}),
            pulls=True,
        )

    def verify(self, request: IncomingRequest) -> str:
        """The account of a correct bearer key. Raises Unauthenticated."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not same(token.strip(), self._key):
            raise Unauthenticated("send 'Authorization: Bearer <ASCOLTO_API_CHANNEL_KEY>'")
        return ACCOUNT

    def parse(self, payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
        """One envelope. Raises Invalid with the field that is wrong."""
        message = MessageIn.model_validate(payload)
        return [self.envelope(message, account=account, now=now)]

    def envelope(self, message: MessageIn, *, account: str, now: float) -> Envelope:
        """A validated message as an envelope; its button, if any, is opened here."""
        opened = None
        if message.payload is not None:
            opened = self._buttons.open(message.conversation, message.payload)
        return to_envelope(
            message, payload=opened, account=account, now=now, max_text=self._max_text
        )

    async def send(self, message: OutboundMessage) -> Sent:
        """Nothing to do: customers fetch their messages, so being stored is being sent."""
        return Sent(hashlib.sha256(message.id.encode()).hexdigest()[:16])
