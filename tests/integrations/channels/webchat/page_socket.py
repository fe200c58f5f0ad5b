"""A page without a browser: the widget's side of the socket, in a test's words."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 60.0
_NUMBERS = itertools.count(1)


def new_id() -> str:
    """As pages make them."""
    return f"message-{next(_NUMBERS):08}"


def new_token(url: str, token: str | None = None) -> str:
    """A session's token, as pages ask for it."""
    answer = httpx2.post(
        f"{url}/chat/session", content=json.dumps({"token": token}), timeout=PATIENCE_S
    )
    answer.raise_for_status()
    return str(answer.json()["token"])


class Page:
    """One open socket; what came is kept in `frames`."""

    def __init__(self, url: str, token: str, *, after: int = 0, origin: str | None = None) -> None:
        self.address = f"{url.replace('http', 'ws')}/chat/ws"
        self.token = token
        self.after = after
        self.frames: list[dict[str, Any]] = []
        self._origin: Any = origin
        self._came = asyncio.Condition()

    async def __aenter__(self) -> Page:
        self.socket: ClientConnection = await connect(
            self.address, origin=self._origin, max_size=None
        )
        self._listening = asyncio.create_task(self._listen())
        if self.token:
            await self.send(type="hello", token=self.token, after=self.after)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.socket.close()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def say(self, text: str | None, *, name: str | None = None, **more: Any) -> str:
        """A message, not waiting for anything; its id."""
        name = name or new_id()
        given = {"text": text} if text is not None else {}
        await self.send(type="message", id=name, **given, **more)
        return name

    async def until(
        self, found: Callable[[dict[str, Any]], bool], *, count: int = 1
    ) -> dict[str, Any]:
        """The `count`-th frame that is looked for."""

        def there() -> bool:
            return sum(found(frame) for frame in self.frames) >= count

        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(there)
        return [frame for frame in self.frames if found(frame)][count - 1]

    async def ack(self, message_id: str, *, count: int = 1) -> dict[str, Any]:
        """The acknowledgement, or the refusal, of a message."""
        kinds = ("ack", "refused")
        return await self.until(lambda f: f["type"] in kinds and f["id"] == message_id, count=count)

    def entries(self) -> list[dict[str, Any]]:
        """Everything that came as new, in order."""
        told = [frame["entries"] for frame in self.frames if frame["type"] == "entries"]
        return [entry for entries in told for entry in entries]

    async def entry(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first new entry that is looked for."""
        await self.until(lambda f: f["type"] == "entries" and any(map(found, f["entries"])))
        return next(filter(found, self.entries()))

    async def told(self, text: str) -> dict[str, Any]:
        """Something that we said, by a part of it."""
        return await self.entry(lambda e: e["role"] != "customer" and text in str(e["text"]))

    @property
    def cursor(self) -> int:
        """Where the page would go on."""
        cursors = [frame["cursor"] for frame in self.frames if frame["type"] == "entries"]
        return max(cursors, default=self.after)

    async def closed(self) -> int:
        """The code with which the other side left."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_S)
        return int(self.socket.close_code or 0)

    async def _listen(self) -> None:
        with contextlib.suppress(Exception):
            async for text in self.socket:
                async with self._came:
                    self.frames.append(json.loads(text))
                    self._came.notify_all()
