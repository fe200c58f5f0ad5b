"""What Slack tells the app, by signed requests or sockets, repeated until acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2 as httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.simulators.slack.faults import Faults
from tests.simulators.slack.workspace import APP, BOT_USER, TEAM, Workspace

ACK_S = 3.0


@dataclass
class Outgoing:
    """One thing to tell; `answered` is set when the app acknowledged it or Slack gave up."""

    kind: str  # events_api or interactive
    payload: dict[str, Any]
    attempts: int = 0
    acknowledged: bool = False
    status: int | None = None
    response: Any = None
    waited_s: float = 0.0
    answered: threading.Event = field(default_factory=threading.Event)
    then: Callable[[Outgoing], None] | None = None

    async def done(self, timeout_s: float = 60.0) -> Outgoing:
        """Wait until it is answered, without holding up the test's loop."""
        async with asyncio.timeout(timeout_s):
            while not self.answered.is_set():  # noqa: ASYNC110 — it is set by another thread
                await asyncio.sleep(0.005)
        return self


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The headers that prove a request to be Slack's."""
    at = str(int(time.time()) if timestamp is None else timestamp)
    base = b"v0:" + at.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


class Outbox:
    """Lives in the server's loop. Events go one after another, as far as the app keeps up."""

    def __init__(self, space: Workspace, faults: Faults, secret: str) -> None:
        self.space = space
        self.faults = faults
        self.secret = secret
        self.events_url: str | None = None
        self.interactions_url: str | None = None
        self.retry_pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
        self.ack_s = ACK_S
        self.sent: list[Outgoing] = []
        self.held: list[Outgoing] = []
        self.connections = 0
        self._sockets: list[WebSocket] = []
        self._waiting: dict[str, tuple[Outgoing, asyncio.Event]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From here on deliveries run in this loop."""
        self._loop = loop
        self._client = httpx.AsyncClient(timeout=10.0, trust_env=False)

    async def close(self) -> None:
        """Stop delivering."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    # -- from any thread -------------------------------------------------------------------------

    def event(self, event: dict[str, Any]) -> Outgoing:
        """Tell the app of an event."""
        body = {
            "token": "verification",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {"event_ts": event.get("ts", ""), **event},
            "type": "event_callback",
            "event_id": self.space.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        return self.send(Outgoing("events_api", body))

    def interaction(self, payload: dict[str, Any]) -> Outgoing:
        """Tell the app what somebody did with a button, a shortcut or a modal."""
        return self.send(Outgoing("interactive", payload))

    def send(self, outgoing: Outgoing) -> Outgoing:
        """Put something on its way, or keep it back while `faults.hold`."""
        with self.space.lock:
            self.sent.append(outgoing)
            if self.faults.hold:
                self.held.append(outgoing)
                return outgoing
            copies = 2 if self.faults.duplicate_next > 0 else 1
            self.faults.duplicate_next -= copies - 1
        for _ in range(copies):
            self._start(outgoing)
        return outgoing

    def release(self, *, reverse: bool = False) -> None:
        """Deliver what was kept back, late, and in the other order if asked."""
        with self.space.lock:
            held, self.held = self.held, []
            self.faults.hold = False
        for outgoing in held[::-1] if reverse else held:
            self._start(outgoing)

    def again(self, outgoing: Outgoing) -> Outgoing:
        """The same once more: a duplicate, or a replay."""
        copy = Outgoing(outgoing.kind, outgoing.payload)
        self._start(copy)
        return copy

    def drop_sockets(self) -> None:
        """The network cuts every Socket Mode connection."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._drop(), self._loop)

    def _start(self, outgoing: Outgoing) -> None:
        assert self._loop is not None, "the simulator isn't running"

        def begin() -> None:
            task = asyncio.ensure_future(self._deliver(outgoing))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._loop.call_soon_threadsafe(begin)

    # -- in the server's loop --------------------------------------------------------------------

    async def _drop(self) -> None:
        for socket in tuple(self._sockets):
            await socket.close(1001)

    async def _deliver(self, outgoing: Outgoing) -> None:
        tries = (0.0, *self.retry_pauses) if outgoing.kind == "events_api" else (0.0,)
        reason = ""
        for number, pause in enumerate(tries):
            await asyncio.sleep(pause)
            outgoing.attempts += 1
            begun = time.monotonic()
            if self._sockets or self.events_url is None:
                reason = await self._by_socket(outgoing, number, reason)
            else:
                reason = await self._by_http(outgoing, number, reason)
            outgoing.waited_s = time.monotonic() - begun
            if not reason:
                break
        self.space.record(
            "delivered" if not reason else "given_up",
            kind=outgoing.kind,
            attempts=outgoing.attempts,
        )
        if outgoing.then is not None:
            outgoing.then(outgoing)
        outgoing.answered.set()

    async def _by_http(self, outgoing: Outgoing, number: int, reason: str) -> str:
        events = outgoing.kind == "events_api"
        url = self.events_url if events else self.interactions_url
        if events:
            body = json.dumps(outgoing.payload).encode()
            headers = {"Content-Type": "application/json"}
        else:
            body = urlencode({"payload": json.dumps(outgoing.payload)}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= sign(self.secret, body)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        try:
            answer = await self._client.post(
                str(url), content=body, headers=headers, timeout=self.ack_s
            )
        except httpx.TimeoutException:
            return "http_timeout"
        except httpx.HTTPError:
            return "connection_failed"
        outgoing.status = answer.status_code
        if answer.status_code != 200:
            return "http_error"
        outgoing.acknowledged = True
        outgoing.response = _json(answer.content)
        return ""

    async def _by_socket(self, outgoing: Outgoing, number: int, reason: str) -> str:
        deadline = time.monotonic() + self.ack_s
        while not self._sockets and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if not self._sockets:
            return "connection_failed"
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": outgoing.kind,
            "accepts_response_payload": outgoing.kind == "interactive",
            "payload": outgoing.payload,
        }
        if outgoing.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        event = asyncio.Event()
        self._waiting[envelope_id] = (outgoing, event)
        try:
            await self._sockets[-1].send_json(envelope)
            async with asyncio.timeout(self.ack_s):
                await event.wait()
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return "timeout"
        finally:
            self._waiting.pop(envelope_id, None)
        outgoing.acknowledged = True
        return ""

    async def socket(self, socket: WebSocket) -> None:
        """One Socket Mode connection, until it ends."""
        await socket.accept()
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets) + 1,
                "connection_info": {"app_id": APP},
                "debug_info": {"host": "simulator", "approximate_connection_time": 18060},
            }
        )
        self._sockets.append(socket)
        self.connections += 1
        try:
            while True:
                message = await socket.receive_text()
                try:
                    answer = json.loads(message)
                except ValueError:
                    continue
                waiting = self._waiting.get(str(answer.get("envelope_id")))
                if waiting is not None:
                    waiting[0].response = answer.get("payload")
                    waiting[1].set()
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self._sockets.remove(socket)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
