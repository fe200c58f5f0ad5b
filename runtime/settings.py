"""All settings of the platform services, from the environment (prefix `ASCOLTO_`)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once at start-up; `.env.example` lists every name with its default."""

    model_config = SettingsConfigDict(
        env_prefix="ASCOLTO_", extra="ignore", frozen=False, populate_by_name=True
    )

    home: Path = Path("var")
    demo: bool = False
    company: str = "Lanificio Aurora"
    company_address: str = "via della Filatura 12, 13845 Valdora (BI), Italia"
    company_vat: str = "IT00000000000"
    privacy_url: str = "https://www.lanificioaurora.example/privacy"
    help_url: str = "https://www.lanificioaurora.example"
    public_url: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(default=8080, ge=1, le=65535)
    bridge_port: int = Field(default=8090, ge=1, le=65535)
    bridge_url: str = ""
    workbench_port: int = Field(default=5065, ge=1, le=65535)
    workbench_url: str = ""
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    rasa_processes: int = Field(default=1, ge=1, le=64)
    rasa_urls: str = ""
    rasa_spare_url: str = ""

    database_url: str = ""
    redis_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Lanificio Aurora <ciao@lanificioaurora.example>"
    policy_dir: Path = Path("policy")
    knowledge_dir: Path = Path("data/knowledge")
    meanings_file: Path = Path("data/meanings.yml")

    max_body_bytes: int = Field(default=256 * 1024, ge=1024)
    max_text_chars: int = Field(default=20000, ge=100)
    api_rate_per_conversation: int = Field(default=600, ge=1, description="messages a 10 s window")
    api_rate_overall: int = Field(default=5000, ge=1, description="messages a 10 s window")
    webchat: bool = True
    webchat_origins: str = ""
    turns_in_flight: int = Field(default=6, ge=1, description="a Rasa process")
    lease_seconds: float = Field(default=15.0, gt=0)
    unsent_files_days: float = Field(default=7.0, gt=0)
    button_payloads_days: float = Field(default=90.0, gt=0)
    default_language: Literal["it", "en"] = "it"
    voice: Literal["informal", "formal"] = "informal"

    slack_bot_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr = Field(SecretStr(""), validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr = Field(SecretStr(""), validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str = "https://slack.com/api/"
    slack_channel: str = ""

    api_channel_key: SecretStr = SecretStr("")
    operator_password: SecretStr = SecretStr("")
    agent_password: SecretStr = SecretStr("")
    designer_password: SecretStr = SecretStr("")
    designer_token: SecretStr = SecretStr("")
    workbench_token: SecretStr = SecretStr("")
    care_token: SecretStr = SecretStr("")
    bridge_token_gateway: SecretStr = SecretStr("")
    bridge_token_actions: SecretStr = SecretStr("")
    signing_key: SecretStr = SecretStr("")
    pseudonym_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")

    telegram_api_url: str = "https://api.telegram.org"
    telegram_bot_token: SecretStr = Field(
        default=SecretStr(""), validation_alias="TELEGRAM_BOT_TOKEN"
    )
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias="TELEGRAM_WEBHOOK_SECRET"
    )
    telegram_bot_username: str = Field(default="", validation_alias="TELEGRAM_BOT_USERNAME")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://", "sqlite")):
            raise ValueError("must start with postgresql:// (or be empty for SQLite files)")
        return value

    @cached_property
    def bridge_base_url(self) -> str:
        """Where the bridge answers, without a trailing slash."""
        return (self.bridge_url or f"http://127.0.0.1:{self.bridge_port}").rstrip("/")

    @cached_property
    def workbench_base_url(self) -> str:
        """Where the designers' workbench answers, without a trailing slash."""
        return (self.workbench_url or f"http://127.0.0.1:{self.workbench_port}").rstrip("/")

    @cached_property
    def rasa_base_urls(self) -> tuple[str, ...]:
        """One address for each Rasa process."""
        if self.rasa_urls:
            return tuple(u.strip().rstrip("/") for u in self.rasa_urls.split(",") if u.strip())
        ports = range(self.rasa_port, self.rasa_port + self.rasa_processes)
        return tuple(f"http://127.0.0.1:{port}" for port in ports)

    def gateway_database_url(self) -> str:
        """SQLAlchemy address of the gateway's database."""
        return self._database_url("gateway")

    def bridge_database_url(self) -> str:
        """SQLAlchemy address of the bridge's database."""
        return self._database_url("bridge")

    def _database_url(self, service: str) -> str:
        if not self.database_url or self.database_url.startswith("sqlite"):
            return f"sqlite:///{(self.home / f'{service}.sqlite3').absolute()}"
        _, rest = self.database_url.split("://", 1)
        return f"postgresql+psycopg://{rest}"


def load() -> Settings:
    """Read the environment; a mistake raises pydantic's ValidationError, which names it."""
    return Settings()
