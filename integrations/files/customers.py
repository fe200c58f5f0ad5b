"""Customers' files: fetched from their platform when somebody wants to see one, and then kept."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection, select

from integrations.channels.contract import Attachment, Channel, FetchesMedia
from integrations.conversations.tables import inbound
from integrations.files.store import MAX_BYTES, Files
from runtime.clock import Clock
from runtime.database import Database
from runtime.errors import NotFound, Temporary, TooLarge

FETCH_TIMEOUT_S = 60.0


class CustomerFiles:
    """One per gateway process; a file that two agents open at once is fetched once."""

    def __init__(self, database: Database, clock: Clock, channels: dict[str, Channel]) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._fetching: dict[tuple[str, int], asyncio.Task[str]] = {}

    async def get(self, conversation_id: str, inbound_id: str, place: int) -> Any:
        """The row of `files` for an inbound message's attachment (counted from 0).

        Raises NotFound (also for what the customer has deleted), Temporary and Permanent as the
        platform does, TooLarge, and Invalid for a type that is not passed on.
        """

        def known(conn: Connection) -> tuple[Any, Any | None]:
            message = _message(conn, conversation_id, inbound_id, place)
            return message, _kept(conn, self._channels, message, place)

        message, kept = await self._database.read(known)
        if kept is not None:
            return kept
        task = self._fetching.get((inbound_id, place))
        if task is None:
            task = asyncio.create_task(self._fetch(message, place))
            self._fetching[inbound_id, place] = task
            task.add_done_callback(lambda _: self._fetching.pop((inbound_id, place), None))
        # Shielded: who goes away doesn't take the file from the other who waits for it.
        file_id = await asyncio.shield(task)
        return await self._database.read(lambda conn: Files.get(conn, file_id))

    async def _fetch(self, message: Any, place: int) -> str:
        channel: object = self._channels.get(message.channel)
        if not isinstance(channel, FetchesMedia):
            raise NotFound("this channel keeps its files elsewhere")
        attachment = Attachment(**message.attachments[place])
        if (attachment.size or 0) > MAX_BYTES:
            raise TooLarge("the file is too large to be passed on", field="file")
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                fetched = await channel.fetch(message.account, attachment)
        except TimeoutError as error:
            raise Temporary("the platform doesn't hand the file over") from error

        def keep(conn: Connection) -> str:
            # They may have deleted it while it was on its way.
            _message(conn, message.conversation_id, message.id, place)
            return Files.add(
                conn,
                fetched.name or attachment.name or "",
                fetched.mime or attachment.mime or "",
                fetched.content,
                now=self._clock.now(),
                of=(message.id, place),
            )

        return await self._database.write(keep)


def _message(conn: Connection, conversation_id: str, inbound_id: str, place: int) -> Any:
    row = conn.execute(
        select(inbound).where(
            inbound.c.id == inbound_id, inbound.c.conversation_id == conversation_id
        )
    ).first()
    if row is None or row.deleted_at is not None or not 0 <= place < len(row.attachments or ()):
        raise NotFound("there is no such file")
    return row


def _kept(conn: Connection, channels: dict[str, Channel], message: Any, place: int) -> Any | None:
    kept = Files.of_customer(conn, message.id, place)
    if kept is not None:
        return kept
    channel, file_id = channels.get(message.channel), message.attachments[place].get("file_id")
    if channel is not None and channel.capabilities.pulls and file_id:
        # A channel of our own: it has put its customers' files here itself.
        return Files.get(conn, file_id)
    return None
