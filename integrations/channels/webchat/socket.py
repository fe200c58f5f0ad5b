"""One open page: its frames in, its conversation out."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from integrations.channels.webchat import config, frames
from integrations.channels.webchat.adapter import WebChatChannel
from integrations.channels.webchat.feed import Feed
from integrations.channels.webchat.sessions import Session, Sessions
from integrations.container import Container
from integrations.conversations import outbox
from integrations.metrics import refusals, refused
from runtime.errors import AscoltoError, Invalid, Temporary, TooMany, Unauthenticated
from runtime.logging import get_logger

log = get_logger(__name__)

HELLO_S = 10.0
# A page that hears nothing for twice as long takes the connection for dead.
BEAT_S = 20.0
# What this process isn't told of (without Redis: what others do) is looked for.
POLL_S = 5.0
POLL_WITH_REDIS_S = 20.0
TRY_AGAIN_S = 1.0
SESSION_OVER = 4401
NOT_UNDERSTOOD = 4400
TOO_FAST = 4429
TOO_LARGE = 1009
NOT_TEXT = 1003
RESTARTING = 1012
# Why a page is shown the door, for whoever counts.
_REFUSED = {
    SESSION_OVER: "session_over",
    NOT_UNDERSTOOD: "not_understood",
    TOO_FAST: "too_fast",
    TOO_LARGE: "too_large",
    NOT_TEXT: "not_text",
}


class _Close(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket:
    """`open_sockets` counts the pages of each session that this process serves."""

    open_sockets: Counter[str] = Counter()

    def __init__(
        self,
        websocket: WebSocket,
        parts: Container,
        channel: WebChatChannel,
        sessions: Sessions,
        network: str,
    ) -> None:
        self._websocket = websocket
        self._parts = parts
        self._channel = channel
        self._sessions = sessions
        self._network = network
        self._woken = asyncio.Event()
        self._to_tell: list[str] = []
        self._sending = asyncio.Lock()
        self._frames_seen = (0, 0)

    async def run(self) -> None:
        """Serve the page until either side leaves."""
        await self._websocket.accept()
        try:
            async with asyncio.timeout(HELLO_S):
                session, feed = await self._hello()
        except _Close as close:
            await self._close(close.code, close.reason)
            return
        except TimeoutError:
            await self._close(SESSION_OVER, "say hello first")
            return
        except WebSocketDisconnect:
            return
        unsubscribe = self._parts.bus.subscribe(lambda e, d: self._listen(feed, e, d))
        self.open_sockets[session.address] += 1
        try:
            await self._serve(session, feed)
        finally:
            unsubscribe()
            self.open_sockets[session.address] -= 1
            if self.open_sockets[session.address] <= 0:
                del self.open_sockets[session.address]

    async def _hello(self) -> tuple[Session, Feed]:
        try:
            hello = await self._receive()
            if not isinstance(hello, frames.Hello):
                raise _Close(NOT_UNDERSTOOD, "say hello first")
            session = self._sessions.read(hello.token)
        except Unauthenticated as error:
            raise _Close(SESSION_OVER, error.code) from error
        except Invalid as error:
            raise _Close(NOT_UNDERSTOOD, error.code) from error
        if self.open_sockets[session.address] >= config.SOCKETS_PER_SESSION:
            raise _Close(TOO_FAST, "too many pages of one session")
        renewed = self._sessions.renewed(session)
        token = {"token": self._sessions.seal(renewed)} if renewed else {}
        await self._send(frames.write("welcome", **token))
        feed = Feed(
            self._parts.database,
            self._parts.clock,
            session.address,
            hello.after,
            file_key=lambda file_id: self._sessions.file_key(session.address, file_id),
        )
        return session, feed

    async def _serve(self, session: Session, feed: Feed) -> None:
        telling = asyncio.create_task(self._tell(feed))
        listening = asyncio.create_task(self._hear(session, feed))
        try:
            await asyncio.wait({telling, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A message that is being stored is stored: only waiting is given up.
            for task in (telling, listening):
                task.cancel()
            ended = await asyncio.gather(telling, listening, return_exceptions=True)
        for error in ended:
            if isinstance(error, _Close):
                await self._close(error.code, error.reason)
            elif isinstance(error, Exception) and not isinstance(
                error, WebSocketDisconnect | RuntimeError
            ):
                log.error("webchat_socket_failed", exc_info=error)
                await self._close(1011, "something went wrong on our side")

    # -- to the page ---------------------------------------------------------------------------

    def _listen(self, feed: Feed, event: str, data: dict[str, Any]) -> None:
        if event == "resync":
            self._woken.set()
        elif event == "conversation":
            if data.get("id") == feed.conversation_id:
                self._woken.set()
        elif event == "webchat":
            if data.get("address") == feed.address:
                self._woken.set()
        elif event == "typing" and data.get("role") in ("bot", "agent"):
            here = data.get("id") == feed.conversation_id and feed.conversation_id is not None
            if here or data.get("address") == feed.address:
                self._to_tell.append(frames.write("typing", role=data["role"]))
                self._woken.set()

    async def _tell(self, feed: Feed) -> None:
        loop = asyncio.get_running_loop()
        wait_s = POLL_WITH_REDIS_S if self._parts.bus.shared else POLL_S
        spoken_at = loop.time()
        while not self._parts.stopping.is_set():
            self._woken.clear()
            told, self._to_tell = self._to_tell, []
            pause = wait_s
            try:
                # Whoever was typing is done with what is news here.
                told += await feed.news()
            except Temporary:
                pause = TRY_AGAIN_S
            if not told and loop.time() - spoken_at >= BEAT_S:
                told = [frames.write("beat")]
            for frame in told:
                await self._send(frame)
                spoken_at = loop.time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)
        raise _Close(RESTARTING, "back in a moment")

    # -- from the page -------------------------------------------------------------------------

    async def _hear(self, session: Session, feed: Feed) -> None:
        while True:
            try:
                frame = await self._receive()
                await self._do(session, feed, frame)
            except Invalid as error:
                # Our page sends no such thing, and sending it again wouldn't help.
                raise _Close(NOT_UNDERSTOOD, error.code) from error
            except Temporary:
                # Marks and earlier messages can be asked for again.
                continue

    async def _do(self, session: Session, feed: Feed, frame: Any) -> None:
        match frame:
            case frames.Message():
                await self._message(session, frame)
            case frames.Read():
                await self._read(feed, frame.seq)
            case frames.Earlier():
                await self._send(await feed.earlier(frame.before))
            case frames.Typing():
                if feed.conversation_id is not None:
                    self._parts.bus.publish("typing", id=feed.conversation_id, role="customer")
            case frames.Ping():
                await self._send(frames.write("pong"))
            case _:
                raise _Close(NOT_UNDERSTOOD, "one hello is enough")

    async def _message(self, session: Session, frame: frames.Message) -> None:
        """Acknowledge a message once nothing can lose it, or say why it isn't taken."""
        try:
            receipts = [self._sessions.read_receipt(session, each) for each in frame.attachments]
            envelope = self._channel.envelope(
                frame, address=session.address, receipts=receipts, now=self._parts.clock.now()
            )
            with refusals(config.CHANNEL):
                await self._slow_enough(session)
            stored = await asyncio.shield(self._parts.worker.accept(envelope))
        except AscoltoError as error:
            await self._send(frames.refused(frame.id, error))
            return
        self._parts.bus.publish("webchat", address=session.address)
        await self._send(frames.write("ack", id=frame.id, duplicate=stored.duplicate))

    async def _slow_enough(self, session: Session) -> None:
        for key, limit in (
            (f"webchat:m:{session.address}", config.MESSAGES_PER_SESSION),
            (f"webchat:mn:{self._network}", config.MESSAGES_PER_NETWORK),
        ):
            if not await self._parts.rates.allows(key, limit.uses, limit.window_s):
                wait = limit.window_s - self._parts.clock.now() % limit.window_s
                raise TooMany("too many messages at once", retry_after=wait)

    async def _read(self, feed: Feed, seq: int) -> None:
        conversation_id = feed.conversation_id
        if conversation_id is None:
            return
        now = self._parts.clock.now()
        if await self._parts.database.write(
            lambda conn: outbox.read_up_to(conn, conversation_id, seq, now=now)
        ):
            self._parts.bus.publish("conversation", id=conversation_id)

    # -- the wire ------------------------------------------------------------------------------

    async def _receive(self) -> Any:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code", 1006)
            if code == TOO_LARGE:
                # The server closed it by itself, before all of the frame was read.
                refused(config.CHANNEL, _REFUSED[TOO_LARGE])
            raise WebSocketDisconnect(code)
        text = message.get("text")
        if text is None:
            raise _Close(NOT_TEXT, "text only")
        if len(text) > config.MAX_FRAME_BYTES:
            raise _Close(TOO_LARGE, "too large")
        self._count()
        return frames.read(text)

    def _count(self) -> None:
        window = int(asyncio.get_running_loop().time() // config.FRAMES_PER_SOCKET.window_s)
        counted, seen = self._frames_seen
        self._frames_seen = (window, seen + 1 if counted == window else 1)
        if self._frames_seen[1] > config.FRAMES_PER_SOCKET.uses:
            raise _Close(TOO_FAST, "too fast")

    async def _send(self, frame: str) -> None:
        async with self._sending:
            await self._websocket.send_text(frame)

    async def _close(self, code: int, reason: str) -> None:
        if code in _REFUSED:
            refused(config.CHANNEL, _REFUSED[code])
        if self._websocket.client_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._websocket.close(code, reason)
