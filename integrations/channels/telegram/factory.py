"""Telegram's place in the registry."""

from __future__ import annotations

from integrations.channels.contract import Channel
from runtime.settings import Settings


def telegram_channels(settings: Settings) -> dict[str, Channel]:
    """The channel of the settings' bot, by name; none without a token. Raises ValueError."""
    if not settings.telegram_bot_token.get_secret_value():
        return {}
    # Only who has a bot waits for its library.
    from integrations.channels.telegram.adapter import TelegramChannel
    from integrations.channels.telegram.config import NAME, from_settings
    from integrations.channels.telegram.polling import PollingTelegramChannel

    config = from_settings(settings)
    return {NAME: TelegramChannel(config) if config.secret else PollingTelegramChannel(config)}
