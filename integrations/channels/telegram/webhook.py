"""Where Telegram calls us: registered there, and looked at from time to time."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from datetime import UTC, datetime

from integrations.channels.telegram.api import Api
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.convert import ALLOWED
from integrations.standing import CONNECTING, READY, Standing
from runtime.errors import AscoltoError

NAME = "webhook"
# What Telegram said about calling us counts for so long.
RECENT_S = 600.0
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Webhook:
    """The one address that a bot has."""

    def __init__(self, api: Api, config: TelegramConfig) -> None:
        self._api = api
        self._config = config
        self._registered = False

    async def register(self) -> None:
        """Tell Telegram where we are and what we want to hear. Raises Temporary, Permanent."""
        await self._api.ask(
            self._api.bot.set_webhook(
                self._config.webhook_url,
                secret_token=self._config.secret,
                allowed_updates=list(ALLOWED),
            ),
            NAME,
        )
        self._registered = True

    async def standing(self) -> Standing:
        """How we stand with Telegram, and whether it reaches us."""
        found = await self._api.contact.standing(NAME, self._look, insist=True)
        if found.state == READY and not self._registered:
            return replace(found, state=CONNECTING)
        return found

    async def _look(self) -> None:
        with contextlib.suppress(AscoltoError):
            found = await self._api.ask(self._api.bot.get_webhook_info())
            recent = (found.last_error_date or _LONG_AGO).timestamp() > time.time() - RECENT_S
            if not self._registered:
                # Why not is known already.
                return
            if found.url != self._config.webhook_url:
                self._api.contact.failed("another address is registered as the webhook", NAME)
            elif recent and found.pending_update_count:
                said = f"Telegram can't reach the webhook: {found.last_error_message}"
                self._api.contact.failed(said, NAME)
            else:
                self._api.contact.mended(NAME)
