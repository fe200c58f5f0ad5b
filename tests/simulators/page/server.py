"""The page's server: files, the state, and what one does. Loopback only."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.page.acting import Acting
from tests.simulators.page.pictures import picture_type
from tests.simulators.page.showing import slack_json, telegram_json
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram import TelegramSimulator
from tests.simulators.telegram.customers import Person

HOST = "127.0.0.1"
LONGEST_BODY = 64 * 1024
STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


class Page:
    """Shows two simulators and acts in them."""

    def __init__(
        self,
        telegram: TelegramSimulator,
        slack: SlackSimulator,
        customers: Mapping[str, Person],
        agents: Mapping[str, str],
    ) -> None:
        self._telegram = telegram
        self._slack = slack
        self._customers = customers
        self._agents = agents
        self._acting = Acting(telegram, slack, customers, agents)

    def application(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/api/state", self._state),
                Route("/api/{verb}", self._act, methods=["POST"]),
                Route("/files/{where}/{file}", self._file),
                Route("/{name:path}", self._static),
            ],
            # A name that somebody points at this machine isn't ours.
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        )

    @contextlib.contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """The address that answers inside."""
        server = uvicorn.Server(
            uvicorn.Config(
                self.application(),
                host=HOST,
                port=port,
                log_config=None,
                access_log=False,
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=server.run, name="simulators-page", daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
            if not thread.is_alive():
                raise RuntimeError(f"the page can't be served on port {port}")
        try:
            yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)

    async def _state(self, request: Request) -> Response:
        state = {
            "telegram": telegram_json(self._telegram, self._customers),
            "slack": slack_json(self._slack, self._agents),
        }
        body = json.dumps(state).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**HEADERS, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    async def _act(self, request: Request) -> Response:
        # Other sites can't send this type without asking first, and nobody answers them.
        if request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "JSON is expected"}, 415, HEADERS)
        body = await request.body()
        try:
            # One that is too long is cut and then no JSON any more.
            arguments = dict(json.loads(body[:LONGEST_BODY]))
            self._acting.do(request.path_params["verb"], arguments)
        except (KeyError, TypeError, ValueError, LookupError, AssertionError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422, HEADERS)
        return JSONResponse({}, headers=HEADERS)

    async def _file(self, request: Request) -> Response:
        where, name = request.path_params["where"], request.path_params["file"]
        places: Mapping[str, Mapping[str, Any]] = {
            "telegram": self._telegram.state.files,
            "slack": self._slack.space.files,
        }
        found = places.get(where, {}).get(name)
        if found is None:
            return Response(status_code=404, headers=HEADERS)
        # Whatever the sender called it, only pictures are shown; the rest is a download.
        if kind := picture_type(found.content):
            return Response(found.content, media_type=kind, headers=HEADERS)
        headers = {**HEADERS, "content-disposition": "attachment"}
        return Response(found.content, media_type="application/octet-stream", headers=headers)

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"] or "index.html"
        file = STATIC / name
        if file.parent != STATIC or file.suffix not in TYPES or not file.is_file():
            return Response("There is nothing here.", 404, headers=HEADERS)
        return Response(file.read_bytes(), media_type=TYPES[file.suffix], headers=HEADERS)
