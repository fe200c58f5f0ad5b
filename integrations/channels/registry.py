"""Which channels there are. A new one is one line here."""

from __future__ import annotations

from integrations.channels.api.adapter import ApiChannel
from integrations.channels.contract import Channel
from integrations.channels.telegram.factory import telegram_channels
from integrations.channels.webchat.adapter import WebChatChannel
from runtime.settings import Settings


def channels(settings: Settings) -> dict[str, Channel]:
    """Every channel that is configured, by name."""
    return {
        "api": ApiChannel(settings),
        **telegram_channels(settings),
        **({"webchat": WebChatChannel(settings)} if settings.webchat else {}),
    }
