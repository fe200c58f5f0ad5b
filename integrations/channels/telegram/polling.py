"""Polling: the next batch, with albums as whole as waiting a moment can make them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from integrations.channels.contract import Envelope
from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.telegram.batches import album_of, convert_batch
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.convert import ALLOWED
from integrations.standing import Standing
from runtime.errors import AscoltoError

POLL_S = 20
BATCH = 100
# An album's parts reach Telegram one after the other, as fast as the customer's line allows.
ALBUM_PAUSE_S = 0.5
ALBUM_PAUSES = 10
# Who needed longer than that was stopped meanwhile: another process may be the poller now.
ALBUM_S = 8.0


class PollingTelegramChannel(TelegramChannel):
    """One bot that asks for its updates. Telegram allows one poller: the core holds a lease."""

    def __init__(
        self,
        config: TelegramConfig,
        *,
        poll_s: int = POLL_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config)
        self._poll_s = poll_s
        self._sleep = sleep
        self._monotonic = monotonic
        self._offset: int | None = None
        self._webhook_gone = False

    async def poll(self) -> list[Envelope]:
        """The next batch; asking again confirms it. Waits up to `poll_s` seconds.

        A batch that ends in an album is asked for again until the album stops growing. What comes
        later still is a message of its own. Raises Temporary.
        """
        await self._learn_name()
        if not self._webhook_gone:
            # Telegram refuses to be polled while a webhook is set.
            await self._api.ask(self._bot.delete_webhook(drop_pending_updates=False), "polling")
            self._webhook_gone = True
        updates = await self._whole_albums(await self._updates(self._poll_s))
        ids = [u["update_id"] for u in updates if isinstance(u.get("update_id"), int)]
        heard = self._heard(convert_batch(updates, self._place(self._config.account, time.time())))
        if ids:
            self._offset = max(ids) + 1
        return heard

    def start_over(self) -> None:
        """Forget how far we were: Telegram knows what was confirmed."""
        self._offset = None

    async def _updates(self, timeout_s: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._api.ask(
            self._bot.updates(
                offset=self._offset, timeout_s=timeout_s, allowed=ALLOWED, limit=BATCH
            ),
            "polling",
        )
        return found

    async def _whole_albums(self, updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        begun = self._monotonic()
        for _ in range(ALBUM_PAUSES):
            tail = _album_at_end(updates)
            if not tail:
                return updates
            if len(updates) >= BATCH > tail:
                # No more fits into a batch: the album opens the next one.
                return updates[:-tail]
            await self._sleep(ALBUM_PAUSE_S)
            if self._monotonic() - begun > ALBUM_S:
                break
            again = await self._updates(0)
            if len(again) <= len(updates):
                break
            updates = again
        return updates

    async def standing(self) -> Standing:
        """How we stand with Telegram, which another gateway may be polling."""
        return await self._api.contact.standing("polling", self._greet)

    async def _greet(self) -> None:
        with contextlib.suppress(AscoltoError):
            await self._api.ask(self._bot.get_me())

    async def _register(self) -> None:
        """Nothing to do: whoever polls has removed the webhook."""


def _album_at_end(updates: list[dict[str, Any]]) -> int:
    """How many of the last updates are parts of one album."""
    album = album_of(updates[-1]) if updates else None
    if album is None:
        return 0
    count = 0
    for update in reversed(updates):
        if album_of(update) != album:
            break
        count += 1
    return count
