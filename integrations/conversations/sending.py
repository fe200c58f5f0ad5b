"""One message to its platform, and what its outcome means: sent, again, never, or unknown."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection, select, update

from integrations.channels.contract import (
    Attachment,
    Button,
    Channel,
    Edits,
    OutboundFile,
    OutboundMessage,
    Sent,
)
from integrations.conversations import corrections, moving, outbox, taps
from integrations.conversations.inbox import BLOCKED
from integrations.conversations.numbered import as_buttons
from integrations.conversations.pace import Pace
from integrations.conversations.tables import conversations
from integrations.files.store import Files, kind_of
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import Moved, NotFound, Permanent, Temporary, TooMany, UnknownOutcome
from runtime.logging import get_logger

log = get_logger(__name__)

SENDING_S = 60.0
SEND_TIMEOUT_S = 30.0
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0
MAX_ATTEMPTS = 12

# A message on its way, its conversation, and its buttons as the platform carries them.
Started = tuple[Any, Any, tuple[Button, ...]]


class Sending:
    """Each method is about one message that no other process has in hand."""

    def __init__(
        self, database: Database, clock: Clock, channels: dict[str, Channel], pace: Pace
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._pace = pace

    def start(self, conn: Connection, conversation_id: str, now: float) -> Started | None:
        """Take a conversation's next message in hand: from here on it is irrevocable."""
        started = outbox.start_next(conn, conversation_id, now=now, sending_s=SENDING_S)
        if started is None:
            return None
        message, conversation = started
        can = self._channels[conversation.channel].capabilities
        if not as_buttons(can, message.buttons or ()):
            # They stand in the text, numbered.
            return message, conversation, ()
        longest = can.max_payload_bytes
        buttons = taps.carried(conn, message, conversation, max_bytes=longest, now=now)
        return message, conversation, buttons

    async def send(self, started: Started) -> float | None:
        """Send it once and write down what came of it; when to try again, in seconds, if so."""
        message, conversation, _ = started
        channel = self._channels[conversation.channel]
        try:
            if message.corrects is not None:
                result = await self._correct(channel, message, conversation)
            else:
                outgoing = await self._outgoing(started)
                patience = SEND_TIMEOUT_S + outbox.uploading_s(message.attachments)
                async with asyncio.timeout(patience):
                    result = await channel.send(outgoing)
        except TooMany as error:
            # Said of the pace, not of this message, which it doesn't count against.
            wait = error.retry_after or FIRST_RETRY_S
            await self._pace.refused(
                conversation.channel, conversation.account, conversation.address, wait
            )
            return await self._retry(message, wait, error.message, first_s=0.0, limited=False)
        except Temporary as error:
            return await self._retry(message, error.retry_after, error.message)
        except Moved as error:
            return await self._moved(message, conversation, error.address)
        except Permanent as error:
            await self._failed(message, error)
        except (UnknownOutcome, TimeoutError) as error:
            await self._lost(message, str(error) or "no answer in time")
        except Exception as error:
            # A fault of ours after the request may have left: the honest word is unknown.
            log.error("send_failed", channel=conversation.channel, exc_info=error)
            await self._lost(message, type(error).__name__)
        else:
            await self._sent(message, result)
        return None

    async def _sent(self, message: Any, result: Sent) -> None:
        def mark(conn: Connection) -> None:
            now = self._clock.now()
            outbox.sent(conn, message.id, external_id=result.external_id, now=now)
            if message.corrects is not None:
                corrections.show(conn, message, now=now)

        await self._database.write(mark)

    async def _correct(self, channel: object, message: Any, conversation: Any) -> Sent:
        first = await self._database.read(lambda conn: corrections.original(conn, message.corrects))
        if not isinstance(channel, Edits) or first is None or not first.external_id:
            raise Permanent("this channel can't change what was sent")
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await channel.edit(
                    conversation.account, conversation.address, first.external_id, message.text
                )
        except (UnknownOutcome, TimeoutError) as error:
            # Done twice it is the same, other than a message.
            raise Temporary(str(error) or "no answer in time") from None
        return Sent(first.external_id)

    async def _outgoing(self, started: Started) -> OutboundMessage:
        message, conversation, buttons = started
        attachments = message.attachments or ()
        kept = [a["file_id"] for a in attachments if a.get("file_id")]
        return OutboundMessage(
            id=message.id,
            account=conversation.account,
            address=conversation.address,
            text=message.text,
            buttons=buttons,
            attachments=tuple(Attachment(**a) for a in attachments if not a.get("file_id")),
            files=await self._files(kept) if kept else (),
        )

    async def _files(self, ids: list[str]) -> tuple[OutboundFile, ...]:
        def query(conn: Connection) -> tuple[OutboundFile, ...]:
            rows = [Files.get(conn, name) for name in ids]
            return tuple(
                OutboundFile(row.name, row.mime, row.content, kind_of(row.mime)) for row in rows
            )

        try:
            return await self._database.read(query)
        except NotFound as error:
            raise Permanent("the file is not there any more") from error

    async def _failed(self, message: Any, error: Permanent) -> None:
        def mark(conn: Connection) -> None:
            failed = outbox.failed(conn, message.id, error=error.message, now=self._clock.now())
            if failed and error.code == BLOCKED:
                here = conversations.c.id == message.conversation_id
                conn.execute(update(conversations).where(here).values(unreachable=BLOCKED))

        await self._database.write(mark)

    async def _lost(self, message: Any, error: str) -> None:
        def mark(conn: Connection) -> None:
            if outbox.unknown(conn, message.id, error=error, now=self._clock.now()):
                remember_unknown(conn, message.conversation_id, [message])

        await self._database.write(mark)

    async def _moved(self, message: Any, conversation: Any, address: str) -> float | None:
        def move(conn: Connection) -> None:
            moving.move(
                conn,
                channel=conversation.channel,
                account=conversation.account,
                old=conversation.address,
                new=address,
                now=self._clock.now(),
            )

        if not address or address == conversation.address:
            await self._failed(message, Permanent("the customer moved, and not said where"))
            return None
        await self._database.write(move)
        return await self._retry(message, None, "moved", first_s=0.0)

    async def _retry(
        self,
        message: Any,
        retry_after: float | None,
        error: str,
        *,
        first_s: float = FIRST_RETRY_S,
        limited: bool = True,
    ) -> float | None:
        if limited and message.attempts >= MAX_ATTEMPTS:
            await self._failed(message, Permanent(error))
            return None
        now = self._clock.now()
        backoff = min(first_s * 2 ** min(message.attempts - 1, 20), LONGEST_RETRY_S)
        wait: float = max(backoff, retry_after or 0.0)
        await self._database.write(
            lambda conn: outbox.retry_at(conn, message.id, at=now + wait, error=error, now=now)
        )
        return wait


def remember_unknown(conn: Connection, conversation_id: str, messages: list[Any]) -> None:
    """Note the bot's lost answer, so that the next exchange asks whether it arrived."""
    lost = [m for m in messages if m.role == "bot"]
    if not lost:
        return
    place = conversations.c.id == conversation_id
    state = conn.execute(select(conversations.c.state).where(place)).scalar_one()
    newest = lost[-1]
    kept = {"id": newest.id, "text": newest.text, "buttons": newest.buttons or []}
    changed = {**state, "unknown": kept}
    conn.execute(update(conversations).where(place).values(state=changed))
