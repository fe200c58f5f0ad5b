"""One way in for every platform that calls us: verified, stored, and only then acknowledged."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from integrations.channels.contract import Channel, IncomingRequest
from integrations.container import Container
from integrations.metrics import refused
from runtime.errors import AscoltoError, Invalid, NotFound, Temporary, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

router = APIRouter(prefix="/channels", tags=["webhooks"])

# Platforms look at the status alone, and who guesses learns nothing from the words.
TAKEN = {"status": "ok"}
_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not signed by the platform."},
    404: {"description": "No such channel, or one that isn't called."},
    413: {"description": "The request is too large."},
    422: {"description": "Not JSON."},
    503: {"description": "It could not be stored; send it again."},
}


@router.post("/{name}/webhook", responses=_ERRORS)
async def receive(
    name: Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9_-]+$")], request: Request
) -> dict[str, str]:
    """What a platform reports. A 200 says that every event of it is stored."""
    await take(request.app.state.container, name, request)
    return TAKEN


def path(name: str) -> str:
    """Where the platform of a channel calls."""
    return f"/channels/{name}/webhook"


async def answer(parts: Container, name: str, request: Request) -> Response:
    """The lane's side of the route."""
    await take(parts, name, request)
    return JSONResponse(TAKEN)


async def take(parts: Container, name: str, request: Request) -> None:
    """Verify and store; when this returns it may be acknowledged.

    Raises NotFound, Unauthenticated, Invalid or Temporary.
    """
    channel = parts.channels.get(name)
    if channel is None or channel.capabilities.pulls:
        raise NotFound("no such channel")
    incoming = IncomingRequest(
        headers=request.headers, body=await request.body(), query=request.query_params
    )
    account = _verified(channel, incoming)
    payload = _document(channel, incoming.body)
    try:
        envelopes = channel.parse(payload, account=account, now=parts.clock.now())
    except AscoltoError as error:
        # Repeating it would change nothing, and platforms stop what isn't acknowledged.
        log.warning("webhook_unreadable", channel=name, error=error.code, field=error.field)
        return
    try:
        await parts.receiving.take(name, envelopes)
    except Temporary as error:
        log.warning("webhook_put_off", channel=name, error=error.message)
        raise Temporary("try again") from error


def _verified(channel: Channel, incoming: IncomingRequest) -> str:
    try:
        return channel.verify(incoming)
    except AscoltoError as error:
        refused(channel.name, error.code)
        raise Unauthenticated("not signed by the platform") from None


def _document(channel: Channel, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        refused(channel.name, "bad_json")
        raise Invalid("the body is not a JSON object", code="bad_json")
    return document
