"""Taking in what customers wrote: the request that comes in crowds."""

from __future__ import annotations

import json

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.channels.api.adapter import ApiChannel
from integrations.channels.api.schemas import Accepted, MessageIn
from integrations.channels.contract import IncomingRequest
from integrations.container import Container
from integrations.metrics import refusals, refused
from runtime.errors import Invalid, TooMany, Unauthenticated
from runtime.web import invalid

PATH = "/channels/api/messages"
WINDOW_S = 10


def verified(parts: Container, request: Request) -> str:
    """The account of the caller's key. Raises Unauthenticated."""
    try:
        return parts.channels["api"].verify(IncomingRequest(headers=request.headers, body=b""))
    except Unauthenticated:
        refused("api", "wrong_key" if "authorization" in request.headers else "unsigned")
        raise


async def take(parts: Container, account: str, message: MessageIn) -> Accepted:
    """Store one message; when this returns it may be acknowledged. Raises TooMany, Temporary."""
    channel = parts.channels["api"]
    assert isinstance(channel, ApiChannel)
    with refusals("api"):
        envelope = channel.envelope(message, account=account, now=parts.clock.now())
        if not await parts.rates.allows(
            f"api:{message.conversation}", parts.settings.api_rate_per_conversation, WINDOW_S
        ) or not await parts.rates.allows("api", parts.settings.api_rate_overall, WINDOW_S):
            raise TooMany("too many messages at once", retry_after=WINDOW_S)
    stored = await parts.worker.accept(envelope)
    return Accepted(accepted=True, duplicate=stored.duplicate)


async def answer(parts: Container, request: Request) -> Response:
    """The lane's side of the route of the same path: verified, stored, and then acknowledged."""
    account = verified(parts, request)
    try:
        content = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Invalid("body: this is not JSON", field="body") from error
    try:
        message = MessageIn.model_validate(content)
    except ValidationError as error:
        raise invalid(error.errors()) from None
    accepted = await take(parts, account, message)
    return JSONResponse({"accepted": True, "duplicate": accepted.duplicate}, 202)
