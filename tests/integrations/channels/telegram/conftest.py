"""The channel, talking to a simulated Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.channels.contract import OutboundMessage
from integrations.channels.telegram.adapter import TelegramChannel
from integrations.channels.telegram.config import TelegramConfig
from integrations.channels.telegram.polling import PollingTelegramChannel
from tests.simulators.telegram import TOKEN, TelegramSimulator

from .gateways import Gateway

SECRET = "a-secret-for-the-webhook"


@pytest.fixture
def telegram() -> Iterator[TelegramSimulator]:
    with TelegramSimulator() as simulator:
        yield simulator


@pytest.fixture
async def channel(telegram: TelegramSimulator) -> AsyncIterator[PollingTelegramChannel]:
    """A channel that polls without waiting."""
    made = PollingTelegramChannel(TelegramConfig(TOKEN, telegram.url), poll_s=0)
    async with made.running():
        yield made


@pytest.fixture
async def called(telegram: TelegramSimulator) -> AsyncIterator[TelegramChannel]:
    """A channel that is called at a webhook."""
    config = TelegramConfig(
        TOKEN, telegram.url, SECRET, "https://care.example/channels/telegram/webhook"
    )
    made = TelegramChannel(config)
    async with made.running():
        yield made


def to(chat_id: int | str, text: str = "Ciao", **more: Any) -> OutboundMessage:
    """A message for a chat."""
    return OutboundMessage("o1", TOKEN.split(":")[0], str(chat_id), text, **more)


@pytest.fixture
async def gateway(tmp_path: Path, telegram: TelegramSimulator) -> AsyncIterator[Gateway]:
    """The whole gateway, asking for updates."""
    async with Gateway(tmp_path, telegram).running() as running:
        yield running
