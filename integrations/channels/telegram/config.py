"""What the channel is told by the operator."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from runtime.settings import Settings

NAME = "telegram"
CLOUD = "https://api.telegram.org"
_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{10,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True)
class TelegramConfig:
    """One bot. `secret` and `webhook_url` are empty when it polls."""

    token: str = field(repr=False)
    api_url: str = CLOUD
    secret: str = field(default="", repr=False)
    webhook_url: str = ""
    username: str = ""

    @property
    def account(self) -> str:
        """The bot's own id, which every token begins with."""
        return self.token.partition(":")[0]

    @property
    def base_url(self) -> str:
        """Where methods are called, without the token."""
        return f"{self.api_url}/bot"

    @property
    def base_file_url(self) -> str:
        """Where files are fetched, without the token."""
        return f"{self.api_url}/file/bot"


def from_settings(settings: Settings) -> TelegramConfig:
    """The bot of the settings. Raises ValueError that names the wrong setting, never its value."""
    token = settings.telegram_bot_token.get_secret_value().strip()
    if not _TOKEN.fullmatch(token):
        raise ValueError("TELEGRAM_BOT_TOKEN is not a token as BotFather gives them (123456:ABC…)")
    secret = settings.telegram_webhook_secret.get_secret_value().strip()
    if secret and not _SECRET.fullmatch(secret):
        raise ValueError("TELEGRAM_WEBHOOK_SECRET: 16 to 256 of the signs A-Z a-z 0-9 _ -")
    public_url = settings.public_url.rstrip("/")
    called = bool(secret and public_url)
    return TelegramConfig(
        token=token,
        api_url=settings.telegram_api_url.rstrip("/"),
        secret=secret if called else "",
        webhook_url=f"{public_url}/channels/{NAME}/webhook" if called else "",
        username=settings.telegram_bot_username.strip().removeprefix("@"),
    )
