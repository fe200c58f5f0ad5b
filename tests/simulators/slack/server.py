"""The simulator's HTTP server: Web API, sockets, files, response addresses, the control API."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from tests.simulators.slack.limits import Refused

if TYPE_CHECKING:
    from tests.simulators.slack.simulator import SlackSimulator

_JSON_ARGUMENTS = ("blocks", "metadata", "view", "attachments")
# Of these the limit is per channel.
_POSTS = frozenset({"chat.postMessage"})


def application(sim: SlackSimulator) -> Starlette:
    """The routes."""

    async def api(request: Request) -> Response:
        return await _api(sim, request)

    async def upload(request: Request) -> Response:
        file = sim.space.files.get(request.path_params["file"])
        if file is None:
            return Response(status_code=404)
        file.content = await request.body()
        return Response(f"OK - {len(file.content)}")

    async def download(request: Request) -> Response:
        if not _allowed(request, sim.bot_token):
            # Slack shows its log-in page to whoever has no token.
            return Response("<!DOCTYPE html><title>Log in</title>", media_type="text/html")
        file = sim.space.files.get(request.path_params["file"].rpartition("-")[2])
        if file is None:
            return Response(status_code=404)
        return Response(file.content, media_type=file.mime)

    async def respond(request: Request) -> Response:
        return sim.respond(request.path_params["key"], json.loads(await request.body()))

    async def control(request: Request) -> Response:
        body = json.loads(await request.body() or b"{}")
        try:
            return JSONResponse(sim.control(request.path_params["verb"], body))
        except (KeyError, TypeError, ValueError, LookupError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    async def state(_request: Request) -> Response:
        return JSONResponse(sim.state())

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sim.outbox.attach(asyncio.get_running_loop())
        yield
        await sim.outbox.close()

    return Starlette(
        routes=[
            Route("/api/{method}", api, methods=["GET", "POST"]),
            Route("/upload/{file}", upload, methods=["POST"]),
            Route("/files-pri/{file}/{name:path}", download),
            Route("/respond/{key}", respond, methods=["POST"]),
            Route("/sim/state", state),
            Route("/sim/{verb}", control, methods=["POST"]),
            WebSocketRoute("/link", sim.outbox.socket),
        ],
        lifespan=lifespan,
    )


async def _api(sim: SlackSimulator, request: Request) -> Response:
    method = request.path_params["method"]
    arguments = await _arguments(request)
    call: dict[str, Any] = {"method": method, "arguments": arguments}
    sim.space.calls.append(call)
    fault = sim.faults.take(method)
    if fault is not None:
        if fault.what == "rate_limited":
            return _limited(fault.seconds)
        if fault.what == "error":
            return Response("upstream error", status_code=500)
        if fault.what == "code":
            return JSONResponse({"ok": False, "error": fault.code})
        if fault.what == "lost_before":
            return await _lost(fault.seconds)
        if fault.what == "slow":
            await asyncio.sleep(fault.seconds)
    answer = _answer(sim, request, method, arguments)
    call["answered_at"] = time.time()
    if fault is not None and fault.what == "lost_after":
        return await _lost(fault.seconds)
    return answer


def _answer(
    sim: SlackSimulator, request: Request, method: str, arguments: dict[str, Any]
) -> Response:
    token = sim.app_token if method == "apps.connections.open" else sim.bot_token
    if "authorization" not in request.headers and "token" not in arguments:
        return JSONResponse({"ok": False, "error": "not_authed"})
    if not _allowed(request, token) and arguments.get("token") != token:
        return JSONResponse({"ok": False, "error": "invalid_auth"})
    if method == "apps.connections.open":
        return JSONResponse({"ok": True, "url": sim.base.replace("http", "ws", 1) + "/link"})
    if method in _POSTS:
        wait = sim.faults.over_the_rate(str(arguments.get("channel")))
        if wait is not None:
            return _limited(wait)
    try:
        return JSONResponse(sim.api.call(method, arguments))
    except Refused as refused:
        body: dict[str, Any] = {"ok": False, "error": refused.error}
        if refused.messages:
            body |= {"errors": refused.messages}
            body |= {"response_metadata": {"messages": refused.messages}}
        sim.space.record("refused", method=method, error=refused.error, why=refused.messages)
        return JSONResponse(body)


async def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        given = json.loads(body or b"{}")
        arguments |= given if isinstance(given, dict) else {}
    else:
        arguments |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    for name in _JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str):
            with contextlib.suppress(ValueError):
                arguments[name] = json.loads(arguments[name])
    return arguments


def _allowed(request: Request, token: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), token.encode())


def _limited(seconds: float) -> Response:
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)


async def _lost(seconds: float) -> Response:
    # Longer than anybody waits; then an answer that is no answer.
    await asyncio.sleep(seconds)
    return Response(status_code=502)


class Running:
    """The server in a thread of its own, so that tests of any kind can talk to it."""

    def __init__(self, sim: SlackSimulator, host: str, port: int) -> None:
        config = uvicorn.Config(
            application(sim),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="slack", daemon=True)

    def start(self) -> int:
        """The port it listens on, once it does."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            if not self._thread.is_alive():
                raise RuntimeError("the Slack simulator could not start")
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join(10)
