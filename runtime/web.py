"""What every HTTP service of ours does the same way: errors, sizes, bearer tokens."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from secrets import token_hex
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.errors import AscoltoError, Invalid, Temporary, TooLarge, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

# When a caller should try again if nothing more precise is known.
RETRY_AFTER_S = 2.0


def problem(error: AscoltoError) -> JSONResponse:
    """The one shape in which errors leave a service."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.field:
        body["field"] = error.field
    headers = {}
    retry_after = error.retry_after
    if retry_after is None and isinstance(error, Temporary):
        retry_after = RETRY_AFTER_S
    if retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": body}, error.status, headers)


def invalid(errors: Sequence[Any]) -> Invalid:
    """Pydantic's errors as ours: the first of them, and where it is."""
    first = errors[0] if errors else {}
    place = [str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path")]
    field = ".".join(place) or "body"
    # Pydantic's messages quote no input; its `input` and `ctx` do, so they stay here.
    return Invalid(f"{field}: {first.get('msg', 'not valid')}", code="invalid", field=field)


def install_errors(app: FastAPI) -> None:
    """Map our errors, validation errors and surprises to that shape."""

    @app.exception_handler(AscoltoError)
    async def _ours(_request: Request, error: AscoltoError) -> JSONResponse:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def _validation(_request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(invalid(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, AscoltoError):
            # FastAPI turns whatever stops the reading of a body into a 400 of its own.
            return problem(error.__cause__)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "error")
        return JSONResponse(
            {"error": {"code": code, "message": str(error.detail)}},
            error.status_code,
            dict(error.headers or {}),
        )

    @app.exception_handler(Exception)
    async def _surprise(request: Request, error: Exception) -> JSONResponse:
        route = request.scope.get("route")
        log.error("unexpected_error", route=getattr(route, "path", "?"), exc_info=error)
        return JSONResponse(
            {"error": {"code": "internal", "message": "something went wrong on our side"}}, 500
        )


def bearer(request: Request) -> str:
    """The bearer token of a request. Raises Unauthenticated without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("send 'Authorization: Bearer <key>'")
    return token.strip()


def network_of(connection: HTTPConnection) -> str:
    """The caller's address; of IPv6 the network that one customer of a provider gets."""
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return host


class RequestLimits:
    """Refuses bodies over `max_bytes` while they arrive, and gives each request an id.

    `larger`: exact paths on which more may arrive, with their own limits. `on_refused` is told the
    path of what was refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        larger: Mapping[str, int] | None = None,
        on_refused: Callable[[str], None] | None = None,
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.larger = dict(larger or {})
        self.on_refused = on_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.max_bytes)
        structlog.contextvars.bind_contextvars(request=token_hex(4))
        headers: MutableMapping[bytes, bytes] = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            self._note(scope)
            await self._refuse(limit, scope, receive, send)
            return
        received = 0
        started = refused = False

        async def limited() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                if not refused:
                    refused = True
                    self._note(scope)
                raise _too_large(limit)
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, limited, watched)
        except TooLarge:
            if started:
                raise
            await self._refuse(limit, scope, receive, send)

    def _note(self, scope: Scope) -> None:
        if self.on_refused is not None:
            self.on_refused(scope["path"])

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(_too_large(limit))
        await answer(scope, receive, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the request is larger than {limit} bytes")
