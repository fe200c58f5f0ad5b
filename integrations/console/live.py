"""Telling open pages which conversations changed, as it happens, and that their agent is there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from integrations.console import access
from integrations.console.access import Agent, Parts
from integrations.console.sessions import Session
from integrations.container import Container
from runtime.errors import Temporary

router = APIRouter(prefix="/console/api", include_in_schema=False)

SEEN_EVERY_S = 30.0
KEEP_ALIVE_S = 15.0
# The first change is told at once, what follows closely together with the next; but a hand-over
# and its card at once in any case, because a person waits for them.
GATHER_S = 0.1
_URGENT = frozenset({"handoff", "brief"})
# Beyond so many a page had better look at everything again.
NAMED = 100
_WAIT_S = 2.0


@router.get("/events")
async def events(session: Agent, parts: Parts) -> StreamingResponse:
    """Server-sent events.

    `changed` `{"ids": [...], "all": bool}`: look again at these conversations, or at everything;
    the first comes at once. `over` {}: the session has ended. Nothing personal is in them.
    """
    return StreamingResponse(
        _stream(parts, session),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


class _Changes:
    """What changed since the page was last told."""

    def __init__(self) -> None:
        self.happened = asyncio.Event()
        self.urgent = asyncio.Event()
        self._ids: dict[str, None] = {}
        self._all = True

    def listen(self, event: str, data: dict[str, Any]) -> None:
        if event == "conversation":
            self._ids[str(data["id"])] = None
        elif event in _URGENT:
            self._ids[str(data["conversation"])] = None
            self.urgent.set()
        elif event == "resync":
            self._all = True
        else:
            return
        self.happened.set()

    def take(self) -> dict[str, Any] | None:
        ids, everything = list(self._ids), self._all or len(self._ids) > NAMED
        self._ids, self._all = {}, False
        self.happened.clear()
        self.urgent.clear()
        if not ids and not everything:
            return None
        return {"ids": [] if everything else ids, "all": everything}


async def _stream(parts: Container, session: Session) -> AsyncIterator[str]:
    changes = _Changes()
    unsubscribe = parts.bus.subscribe(changes.listen)
    loop = asyncio.get_running_loop()
    seen_at = spoken_at = float("-inf")
    try:
        while not parts.stopping.is_set():
            if loop.time() - seen_at >= SEEN_EVERY_S:
                seen_at = loop.time()
                if await _over(parts, session):
                    yield _event("over", {})
                    return
                with contextlib.suppress(Temporary):
                    await parts.desk.seen(session.agent)
            changed = changes.take()
            if changed is not None:
                yield _event("changed", changed)
                spoken_at = loop.time()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changes.urgent.wait(), GATHER_S)
            elif loop.time() - spoken_at >= KEEP_ALIVE_S:
                yield ": still here\n\n"
                spoken_at = loop.time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changes.happened.wait(), _WAIT_S)
    finally:
        unsubscribe()


async def _over(parts: Container, session: Session) -> bool:
    if parts.clock.now() >= session.expires_at:
        return True
    try:
        return await access.logged_out(parts, session)
    except Temporary:
        return False


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
