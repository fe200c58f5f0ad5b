"""The channel itself: signed requests in, calls of the platform out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from integrations.channels.example import convert
from integrations.channels.example.config import NAME, ExampleConfig

from integrations.channels.contract import (
    Capabilities,
    Envelope,
    IncomingRequest,
    OutboundMessage,
    Sent,
)
from runtime.errors import Permanent, Temporary, TooMany, Unauthenticated, UnknownOutcome
from runtime.security import same

CAPABILITIES = Capabilities(
    max_text=2000,
    max_buttons=3,
    max_button_title=20,
    max_payload_bytes=200,
    per_address_s=1.0,
    overall_per_s=20.0,
)
_PATIENCE = aiohttp.ClientTimeout(total=20.0, connect=5.0)


class ExampleChannel:
    """One account of the platform."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(self, config: ExampleConfig) -> None:
        self._config = config
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep one connection pool while the gateway runs."""
        async with aiohttp.ClientSession(timeout=_PATIENCE) as self._http:
            yield
        self._http = None

    def verify(self, request: IncomingRequest) -> str:
        """The account whose secret signed the raw body. Raises Unauthenticated."""
        signed = hmac.new(self._config.secret.encode(), request.body, hashlib.sha256).hexdigest()
        if not same(request.headers.get("x-example-signature", ""), signed):
            raise Unauthenticated("the signature is missing or wrong")
        return self._config.account

    def parse(self, payload: Mapping[str, Any], *, account: str, now: float) -> list[Envelope]:
        """Pure. Raises Invalid, and nothing else."""
        return convert.envelopes(payload, account=account, now=now)

    async def send(self, message: OutboundMessage) -> Sent:
        """Once. What is certain is told apart from what may have arrived."""
        if self._http is None:
            raise Temporary("the channel is starting or stopping")
        body = {
            "to": message.address,
            "text": message.text,
            "buttons": [{"title": b.title, "payload": b.payload} for b in message.buttons],
        }
        headers = {"Authorization": f"Bearer {self._config.token}"}
        url = f"{self._config.api_url}/messages"
        try:
            async with self._http.post(url, json=body, headers=headers) as answer:
                content = await answer.json(content_type=None)
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except aiohttp.ClientConnectorError as error:
            # The connection was never made: nothing can have arrived.
            raise Temporary("the platform can't be reached") from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnknownOutcome("no answer that can be read") from error
        return _outcome(status, content, wait)


def _outcome(status: int, content: Any, wait: str) -> Sent:
    """What the platform's answer means."""
    found = content if isinstance(content, dict) else {}
    if status == 200:
        name = found.get("id")
        return Sent(name if isinstance(name, str) else None)
    if status == 429:
        raise TooMany("too fast", retry_after=float(wait) if wait.isdigit() else 1.0)
    if status == 403 and found.get("error") == "blocked":
        raise Permanent("the customer blocked us", code="blocked")
    if status >= 500:
        # The platform may have failed after it had sent the message on.
        raise UnknownOutcome(f"the platform answered {status}")
    raise Permanent(f"the platform refused it with {status}", code="refused")
