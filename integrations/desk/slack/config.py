"""What the desk in Slack needs to know, from settings and policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.escalation.desk_settings import DeskSettings
from runtime.settings import Settings


@dataclass(frozen=True)
class SlackConfig:
    """`channel` is an id (C…); `names` maps a person's name or id in Slack to their public one."""

    bot_token: str
    app_token: str
    signing_secret: str
    api_url: str
    channel: str
    language: str
    names: Mapping[str, str]
    console_url: str

    @property
    def serves_http(self) -> bool:
        """Whether signed requests are taken. Without a secret anybody could sign."""
        return bool(self.signing_secret.strip())

    def console(self, conversation_id: str) -> str:
        """The conversation's page in the console."""
        return f"{self.console_url}/console/c/{conversation_id}"


def read(settings: Settings, desk: DeskSettings) -> SlackConfig | None:
    """None unless a bot token is set. Raises ValueError that says which setting is missing."""
    token = settings.slack_bot_token.get_secret_value().strip()
    if not token:
        return None
    app_token = settings.slack_app_token.get_secret_value().strip()
    secret = settings.slack_signing_secret.get_secret_value().strip()
    if not settings.slack_channel.strip():
        raise ValueError("SLACK_BOT_TOKEN is set: set ASCOLTO_SLACK_CHANNEL (C…) as well")
    if not app_token and not secret:
        raise ValueError(
            "SLACK_BOT_TOKEN is set: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET"
        )
    own = f"http://{settings.gateway_host}:{settings.gateway_port}"
    return SlackConfig(
        bot_token=token,
        app_token=app_token,
        signing_secret=secret,
        api_url=settings.slack_api_url.rstrip("/") + "/",
        channel=settings.slack_channel.strip(),
        language=desk.language,
        names=desk.agent_names,
        console_url=(settings.public_url or own).rstrip("/"),
    )
