"""Redis for what may be forgotten: wake-ups and rate limits. Never for what must be kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.logging import get_logger

log = get_logger(__name__)

_CHANNEL = "ascolto:events"
_TIMEOUT_S = 1.0
_HELLO = "hello"
_MOST_WAITING = 10_000
# What one turn announces comes within so long; other processes' wake-ups can wait for it.
_GATHER_S = 0.004
# How often a process that was alone looks whether it still is.
_ASK_AGAIN_S = 1.0


class EventBus:
    """Publishes small events to every process, this one included, and counts against limits.

    Without Redis, or while it is away, events reach this process only (a slow poll of the database
    covers the rest) and limits are not enforced across processes. What is published closely
    together travels as one message, and while nobody else listens hardly anything travels at all:
    telling Redis is a sixth of what a turn costs in a gateway that is alone.
    """

    def __init__(self, url: str) -> None:
        self._instance = uuid.uuid4().hex
        self._redis: Redis | None = (
            Redis.from_url(url, socket_timeout=None, socket_connect_timeout=_TIMEOUT_S)
            if url
            else None
        )
        self._listeners: set[Callable[[str, dict[str, Any]], None]] = set()
        self._outgoing: list[tuple[str, dict[str, Any]]] = []
        self._waiting = asyncio.Event()
        self._listening = False
        self._alone = False
        self._ask_again_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[EventBus]:
        """Keep publishing and listening while inside."""
        if self._redis is not None:
            self._tasks = [
                asyncio.create_task(self._publish_loop()),
                asyncio.create_task(self._listen_loop()),
            ]
        try:
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._redis is not None:
                await self._redis.aclose()

    @property
    def shared(self) -> bool:
        """Whether other processes hear what is published here (while Redis answers)."""
        return self._redis is not None

    def subscribe(self, listener: Callable[[str, dict[str, Any]], None]) -> Callable[[], None]:
        """Call `listener(event, data)` for each event; returns how to stop."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def publish(self, event: str, **data: Any) -> None:
        """Tell this process at once and the others soon. Never blocks, never raises."""
        self._deliver(event, data)
        # A full list means Redis is away or slow: pollers cover what is not announced.
        if self._redis is not None and len(self._outgoing) < _MOST_WAITING:
            self._outgoing.append((event, data))
            self._waiting.set()

    async def count(self, key: str, window_s: int) -> int:
        """How often `key` was counted in the current window, this time included; 0 if unknown."""
        if self._redis is None:
            return 0
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                pipeline = self._redis.pipeline(transaction=False)
                pipeline.incr(key)
                pipeline.expire(key, window_s)
                return cast(int, (await pipeline.execute())[0])
        except (RedisError, TimeoutError, OSError):
            return 0

    async def evaluate(
        self, script: str, keys: Sequence[str], arguments: Sequence[str | float]
    ) -> Any | None:
        """What a Lua script answers, run as one step on the server; None if there is none."""
        if self._redis is None:
            return None
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await cast(Any, self._redis.eval(script, len(keys), *keys, *arguments))
        except (RedisError, TimeoutError, OSError) as error:
            log.warning("redis_away", error=type(error).__name__)
            return None

    async def alive(self) -> bool:
        """Whether Redis answers (True when none is configured)."""
        if self._redis is None:
            return True
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return bool(await cast(Any, self._redis.ping()))
        except (RedisError, TimeoutError, OSError):
            return False

    def _deliver(self, event: str, data: dict[str, Any]) -> None:
        for listener in tuple(self._listeners):
            listener(event, data)

    async def _publish_loop(self) -> None:
        while True:
            await self._waiting.wait()
            await asyncio.sleep(_GATHER_S)
            self._waiting.clear()
            events, self._outgoing = self._outgoing, []
            now = asyncio.get_running_loop().time()
            if self._alone and now < self._ask_again_at:
                continue
            self._ask_again_at = now + _ASK_AGAIN_S
            if not await self._tell_others(events):
                await asyncio.sleep(0.1)

    async def _tell_others(self, events: list[tuple[str, dict[str, Any]]]) -> bool:
        assert self._redis is not None
        message = self._instance + json.dumps(events, separators=(",", ":"))
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                listeners = await self._redis.publish(_CHANNEL, message)
        except (RedisError, TimeoutError, OSError):
            self._alone = False
            return False
        self._alone = listeners <= self._listening
        return True

    async def _listen_loop(self) -> None:
        assert self._redis is not None
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(_CHANNEL)
                    self._listening = True
                    # Whatever was said while nobody listened is caught up by a sweep; others
                    # that thought they were alone learn that they aren't.
                    self._deliver("resync", {})
                    await self._tell_others([(_HELLO, {})])
                    async for message in pubsub.listen():
                        self._receive(message["data"])
            except (RedisError, OSError) as error:
                log.warning("redis_away", error=type(error).__name__)
                await asyncio.sleep(0.5)
            finally:
                self._listening = self._alone = False

    def _receive(self, raw: bytes) -> None:
        if raw.startswith(self._instance.encode()):
            return
        self._alone = False
        try:
            for event, data in json.loads(raw[len(self._instance) :]):
                if event == _HELLO:
                    # They may have missed what was kept back just now.
                    self._outgoing.append(("resync", {}))
                    self._waiting.set()
                else:
                    self._deliver(str(event), dict(data))
        except (ValueError, TypeError):
            log.warning("unreadable_event")
