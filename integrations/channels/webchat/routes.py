"""The web chat's HTTP: the page, sessions, the socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from integrations.channels.webchat import assets, config, files
from integrations.channels.webchat.access import check_origin, within
from integrations.channels.webchat.adapter import WebChatChannel
from integrations.channels.webchat.config import CHANNEL
from integrations.channels.webchat.headers import ChatHeaders, page_policy
from integrations.channels.webchat.sessions import Sessions
from integrations.channels.webchat.socket import Socket
from integrations.container import Container
from integrations.metrics import refusals
from runtime.errors import Forbidden, Invalid, TooMany, Unauthenticated
from runtime.web import network_of

router = APIRouter(prefix="/chat", include_in_schema=False)

LANGUAGES = ("it", "en")
_TITLES = {"it": "Scrivici", "en": "Chat with us"}
_NO_SCRIPT = {
    "it": "Per la chat serve JavaScript: attivalo e ricarica la pagina.",
    "en": "The chat needs JavaScript: turn it on and reload the page.",
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
)


def mount(app: FastAPI) -> None:
    """Add page, widget and socket if the channel is on; `app.state.container` must be there."""
    parts: Container = app.state.container
    channel = parts.channels.get(CHANNEL)
    if not isinstance(channel, WebChatChannel):
        return
    app.state.webchat = channel
    app.state.webchat_sessions = Sessions(parts.settings, parts.clock)

    def tell_typing(address: str, role: str) -> None:
        parts.bus.publish("typing", address=address, role=role)

    channel.tell_typing = tell_typing
    app.add_middleware(ChatHeaders, config=channel.config)
    for each in (assets.router, files.router, router):
        app.include_router(each)


@router.get("")
async def page(request: Request, language: str = "") -> Response:
    """The chat on a page of its own."""
    known = request.app.state.webchat.config
    chosen = language if language in LANGUAGES else _preferred(request, known.language)
    html = _PAGES.get_template("chat.html").render(
        language=chosen,
        given=language if language in LANGUAGES else "",
        title=_TITLES[chosen],
        no_script=_NO_SCRIPT[chosen],
        company=known.company,
        asset=assets.address,
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": page_policy(known)})


@router.post("/session")
async def session(request: Request) -> dict[str, Any]:
    """A token: the given one if it is still good, else of a new conversation.

    Takes `{"token"}` as text, which other sites' pages may send without asking first.
    """
    with refusals(CHANNEL):
        check_origin(request)
    sessions: Sessions = request.app.state.webchat_sessions
    body = await request.body()
    try:
        given = json.loads(body or b"{}").get("token")
    except (ValueError, AttributeError, RecursionError) as error:
        raise Invalid("send a JSON object", field="body") from error
    try:
        found = sessions.read(given)
    except Unauthenticated:
        with refusals(CHANNEL):
            await within(request, "s", config.SESSIONS_PER_NETWORK)
        return {"token": sessions.seal(sessions.start()), "resumed": False}
    return {"token": sessions.seal(sessions.renewed(found) or found), "resumed": True}


@router.websocket("/ws")
async def socket(websocket: WebSocket) -> None:
    """The conversation, live. docs/channels/webchat.md describes the frames."""
    state = websocket.app.state
    parts: Container = state.container
    try:
        with refusals(CHANNEL):
            check_origin(websocket)
            await within(websocket, "w", config.SOCKETS_PER_NETWORK)
    except (Forbidden, TooMany):
        await websocket.close()
        return
    network = network_of(websocket)
    await Socket(websocket, parts, state.webchat, state.webchat_sessions, network).run()


def _preferred(request: Request, default: str) -> str:
    for wish in request.headers.get("accept-language", "").split(","):
        language = wish.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return default
