"""The HTTP side: `/bot<token>/<method>`, `/file/bot<token>/<path>`, and `/sim/` for scripts."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.telegram import webhooks
from tests.simulators.telegram.control import Control
from tests.simulators.telegram.errors import ApiError, too_many, unauthorized
from tests.simulators.telegram.faults import Fault
from tests.simulators.telegram.media import Upload
from tests.simulators.telegram.methods import Methods
from tests.simulators.telegram.polls import Poll
from tests.simulators.telegram.state import Call, Json, State

LONGEST_POLL_S = 50
BATCH = 100
HANG_S = 60.0


class BotApi:
    """One bot's API over HTTP."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.methods = Methods(state)
        self.control = Control(state)
        self.news = asyncio.Condition()
        self.stopping = asyncio.Event()

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Deliver to the webhook while the server runs."""
        task = asyncio.create_task(webhooks.deliver(self.state, self.news))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self.method, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self.file),
                *self.control.routes(),
            ],
            lifespan=self.lifespan,
        )

    async def tell(self) -> None:
        """Wake whoever waits for updates."""
        async with self.news:
            self.news.notify_all()

    # -- methods -----------------------------------------------------------------------------------

    async def method(self, request: Request) -> Response:
        name = request.path_params["method"].lower()
        if request.path_params["token"] != self.state.token:
            return _refusal(unauthorized())
        parameters, uploads = await _read(request)
        fault = self.state.faults.take(name, _chat_id(parameters))
        if fault is not None and fault.kind.endswith("before"):
            return await self._fail(request, fault)
        try:
            result = await self._answer(request, name, parameters, uploads, fault)
        except ApiError as error:
            self._log(name, parameters, error)
            return _refusal(error)
        self._log(name, parameters)
        if fault is not None and fault.kind != "slow":
            return await self._fail(request, fault)
        return JSONResponse({"ok": True, "result": result})

    async def _answer(
        self,
        request: Request,
        name: str,
        parameters: Json,
        uploads: dict[str, Upload],
        fault: Fault | None,
    ) -> Any:
        if fault is not None and fault.kind == "429":
            raise too_many(fault.seconds)
        if fault is not None and fault.kind == "500":
            raise ApiError(500, "Internal Server Error")
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if name == "getupdates":
            return await self._get_updates(request, parameters)
        if self.methods.knows(name):
            return self.methods.call(name, parameters, uploads)
        raise ApiError(404, "Not Found: method not found")

    def _log(self, name: str, parameters: Json, error: ApiError | None = None) -> None:
        # Long polls that bring nothing would bury the rest.
        if name == "getupdates" and error is None:
            return
        call = Call(name, parameters, error is None, error.description if error else None)
        with self.state.lock:
            self.state.calls.append(call)

    async def _get_updates(self, request: Request, p: Json) -> list[Json]:
        mine = self.state.polls.begin(request.client)
        self.state.polled.set()
        await self.tell()
        gone = asyncio.create_task(self._gone(request))
        try:
            return await self._long_poll(mine, gone, p)
        finally:
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
            self.state.polls.end(mine)

    async def _long_poll(self, mine: Poll, gone: asyncio.Task[None], p: Json) -> list[Json]:
        self._poll_allowed()
        if p.get("allowed_updates"):
            names = json.loads(p["allowed_updates"])
            self.state.updates.allowed = frozenset(names) or None
        offset, limit = int(p.get("offset") or 0), int(p.get("limit") or BATCH)
        deadline = asyncio.get_running_loop().time() + min(
            int(float(p.get("timeout") or 0)), LONGEST_POLL_S
        )
        while True:
            found = self.state.updates.fetch(offset, min(limit, BATCH))
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0 or gone.done() or self.stopping.is_set():
                return found
            async with self.news:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), left)
            if mine.ended_by_other:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one "
                    "bot instance is running",
                )
            self._poll_allowed()

    async def _gone(self, request: Request) -> None:
        """Return when the caller hung up: who was killed polls no more."""
        while (await request.receive())["type"] != "http.disconnect":
            pass
        await self.tell()

    def _poll_allowed(self) -> None:
        if self.state.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use "
                "deleteWebhook to delete the webhook first",
            )

    async def _fail(self, request: Request, fault: Fault) -> Response:
        if fault.kind == "502":
            return Response("<html>502 Bad Gateway</html>", 502, media_type="text/html")
        if fault.kind.startswith("timeout"):
            await self._hang(request)
        # The server's own object behind `receive` holds the connection; ASGI has no word for this.
        request.scope["ascolto.transport"]().abort()
        await request.receive()
        return Response(status_code=500)

    async def _hang(self, request: Request) -> None:
        gone = asyncio.create_task(request.receive())
        stop = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({gone, stop}, timeout=HANG_S, return_when=asyncio.FIRST_COMPLETED)
        for task in (gone, stop):
            task.cancel()
        await asyncio.gather(gone, stop, return_exceptions=True)

    async def file(self, request: Request) -> Response:
        if request.path_params["token"] != self.state.token:
            return _refusal(unauthorized())
        fault = self.state.faults.take("file", None)
        if fault is not None and fault.kind == "500":
            return _refusal(ApiError(500, "Internal Server Error"))
        if fault is not None:
            return await self._fail(request, fault)
        for stored in list(self.state.files.values()):
            if stored.path == request.path_params["path"]:
                return Response(stored.content, media_type=stored.mime)
        return _refusal(ApiError(404, "Not Found"))


def _refusal(error: ApiError) -> JSONResponse:
    return JSONResponse(error.body(), error.code)


def _chat_id(parameters: Json) -> int | None:
    try:
        return int(parameters["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


async def _read(request: Request) -> tuple[Json, dict[str, Upload]]:
    parameters: Json = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "application/json":
        parameters |= await request.json()
    elif request.method == "POST":
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            for key, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[key] = Upload(
                        value.filename or "file",
                        value.content_type or "application/octet-stream",
                        await value.read(),
                    )
                else:
                    parameters[key] = value
    return parameters, uploads


class WithTransport:
    """Passes on a way to the connection itself, for answers that never come."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["ascolto.transport"] = lambda: receive.__self__.transport
        await self._app(scope, receive, send)
