"""How routes run: reads in a read transaction, changes in one transaction with their key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from crm_bridge.idempotency import service as idempotency
from crm_bridge.idempotency.service import Answer
from crm_bridge.storage import in_session
from crm_bridge.wiring import Bridge
from runtime.errors import Invalid

T = TypeVar("T")

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


# Dependencies are asynchronous though they wait for nothing: FastAPI sends others to a thread.


async def current_bridge(request: Request) -> Bridge:
    """The service's parts, made once by `create_app`."""
    bridge: Bridge = request.app.state.bridge
    return bridge


BridgeDep = Annotated[Bridge, Depends(current_bridge)]


async def read(bridge: Bridge, query: Callable[[Session], T]) -> T:
    """Run a query that changes nothing."""
    return await bridge.database.read(in_session(query))


class ChangingCall:
    """One changing request: who sends it, and the key that makes repeating it harmless."""

    def __init__(self, bridge: Bridge, caller: str, route: str, key: str | None) -> None:
        self.bridge = bridge
        self._caller = caller
        self._route = route
        self._key = key
        self.now = bridge.clock.now()

    async def perform(
        self,
        body: BaseModel | None,
        effect: Callable[[Session], BaseModel],
        status: int = 200,
    ) -> Response:
        """Run `effect` in one transaction, together with its idempotency key when there is one."""
        sent = body.model_dump_json() if body is not None else ""
        hashed = idempotency.request_hash(self.bridge.secret, self._route, sent)

        def work(session: Session) -> Answer:
            def run() -> Answer:
                return Answer(status, effect(session).model_dump_json())

            if self._key is None:
                return run()
            return idempotency.once(session, self._caller, self._key, hashed, self.now, run)

        answer = await self.bridge.database.write(in_session(work))
        headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
        return Response(answer.body, answer.status, headers, "application/json")


def _call(request: Request, bridge: Bridge, key: str | None) -> ChangingCall:
    if key is not None and not _KEY.fullmatch(key):
        raise Invalid("1 to 200 printable ASCII characters", field="Idempotency-Key")
    route = f"{request.method} {request.url.path}"
    return ChangingCall(bridge, request.state.caller.name, route, key)


_KeyHeader = Header(
    alias="Idempotency-Key",
    description="The same key with the same body gives the same answer, and changes nothing twice.",
    examples=["t01hxyz:send_code:1"],
)


async def _keyed(
    request: Request, bridge: BridgeDep, key: Annotated[str | None, _KeyHeader] = None
) -> ChangingCall:
    if key is None:
        raise Invalid("this call needs an Idempotency-Key header", field="Idempotency-Key")
    return _call(request, bridge, key)


async def _unkeyed(
    request: Request, bridge: BridgeDep, key: Annotated[str | None, _KeyHeader] = None
) -> ChangingCall:
    return _call(request, bridge, key)


KeyedCall = Annotated[ChangingCall, Depends(_keyed)]
OptionallyKeyedCall = Annotated[ChangingCall, Depends(_unkeyed)]
