"""The requests that come in crowds, answered before FastAPI's routing (docs/decisions/008)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.errors import AscoltoError
from runtime.logging import get_logger
from runtime.web import problem

log = get_logger(__name__)

Answering = Callable[[Request], Awaitable[Response]]


class Lane:
    """POSTs to these exact paths go straight to their functions; everything else goes on.

    FastAPI's routing, dependencies and response models would cost more than everything else that
    taking in a message does. A route of the same path documents each and does the same.
    """

    def __init__(self, app: ASGIApp, answers: Mapping[str, Answering]) -> None:
        self.app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = None
        if scope["type"] == "http" and scope["method"] == "POST":
            answering = self._answers.get(scope["path"])
        if answering is None:
            await self.app(scope, receive, send)
            return
        try:
            answer = await answering(Request(scope, receive))
        except AscoltoError as error:
            answer = problem(error)
        except Exception as error:
            log.error("unexpected_error", route=scope["path"], exc_info=error)
            answer = problem(AscoltoError("something went wrong on our side"))
        await answer(scope, receive, send)
