"""Signed requests from Slack: `POST /slack/events` and `POST /slack/interactions`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response

from integrations.desk.slack.desk import SlackDesk
from integrations.metrics import refused
from runtime.errors import Invalid, Temporary, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

FORM = "application/x-www-form-urlencoded"
EVENT = "event_callback"


def router(desk: SlackDesk) -> APIRouter:
    """The routes of one desk; there must be a signing secret."""
    verifier = SignatureVerifier(desk.config.signing_secret)
    routes = APIRouter(prefix="/slack", include_in_schema=False)

    async def receive(request: Request) -> Response:
        body = await request.body()
        reason = refusal(verifier, request, body)
        if reason is not None:
            refused("slack", reason)
            raise Unauthenticated("this isn't signed by Slack", code="bad_signature")
        try:
            content = _readable(request, body)
        except Invalid:
            refused("slack", "bad_json")
            raise
        if desk.listening is None:
            raise Temporary("starting or stopping")
        try:
            if content.get("type") == EVENT:
                # Events come in crowds, and there is nothing to answer that bolt would have to do.
                await desk.listening.event(content)
                return Response()
            return await AsyncSlackRequestHandler(desk.listening.app).handle(request)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError) as error:
            # Signed, but nothing that the SDK can make sense of.
            log.warning("slack_request_unreadable", error=type(error).__name__)
            raise Invalid("this isn't a request of Slack's") from error

    for path in ("/events", "/interactions"):
        routes.add_api_route(path, receive, methods=["POST"])
    return routes


def refusal(verifier: SignatureVerifier, request: Request, body: bytes) -> str | None:
    """Why a request isn't Slack's, or None. Over five minutes old is replayed."""
    signature = request.headers.get("x-slack-signature", "")
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    if not verifier.signing_secret:
        return "no secret"
    if not signature or not timestamp:
        return "unsigned"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "no time"
    if abs(verifier.clock.now() - int(timestamp)) > 300:
        return "stale"
    try:
        good = signature.isascii() and verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return "not text"
    return None if good else "signature"


def _readable(request: Request, body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
        if request.headers.get("content-type", "").startswith(FORM):
            fields = parse_qs(text, keep_blank_values=True)
            # Slack checks certificates with a form that has no payload.
            content = json.loads(fields["payload"][0]) if "payload" in fields else {}
        else:
            content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("this isn't JSON") from error
    if not isinstance(content, dict):
        raise Invalid("this isn't a request of Slack's")
    return content
