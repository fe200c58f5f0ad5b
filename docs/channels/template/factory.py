"""The channel's place in the registry."""

from __future__ import annotations

from integrations.channels.example.adapter import ExampleChannel
from integrations.channels.example.config import NAME, ExampleConfig

from integrations.channels.contract import Channel


def example_channels(account: str, api_url: str, token: str, secret: str) -> dict[str, Channel]:
    """The channel, by name; none without a token. Raises ValueError.

    Take a `Settings` instead, once `runtime/settings.py` has yours.
    """
    if not token:
        return {}
    return {NAME: ExampleChannel(ExampleConfig(account, api_url, token, secret))}
