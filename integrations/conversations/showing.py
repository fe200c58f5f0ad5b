"""Showing the customer that an answer is being written."""

from __future__ import annotations

import asyncio

from integrations.channels.contract import Types
from runtime.logging import get_logger

log = get_logger(__name__)

# Platforms show it for five seconds or more.
TYPING_EVERY_S = 4.0


async def keep_typing(channel: Types, account: str, address: str) -> None:
    """Until cancelled. No failure of it is of any importance, but it isn't tried again."""
    try:
        while True:
            await channel.typing(account, address)
            await asyncio.sleep(TYPING_EVERY_S)
    except Exception as error:  # noqa: BLE001 — an answer must not fail for want of a sign of it
        log.info("typing_not_shown", error=type(error).__name__)
