"""What each kind of process is told beside addresses: its secrets, and the engine's settings."""

from __future__ import annotations

# Each process gets the secrets it needs and no others.
SECRETS: dict[str, frozenset[str]] = {
    "gateway": frozenset(
        {
            "API_CHANNEL_KEY",
            "OPERATOR_PASSWORD",
            "AGENT_PASSWORD",
            "DESIGNER_PASSWORD",
            "DESIGNER_TOKEN",
            "WORKBENCH_TOKEN",
            "CARE_TOKEN",
            "BRIDGE_TOKEN_GATEWAY",
            "SIGNING_KEY",
            "PSEUDONYM_KEY",
            "METRICS_TOKEN",
            "DATABASE_URL",
            "REDIS_URL",
        }
    ),
    "bridge": frozenset(
        {
            "BRIDGE_TOKEN_GATEWAY",
            "BRIDGE_TOKEN_ACTIONS",
            "SIGNING_KEY",
            "PSEUDONYM_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "SMTP_URL",
        }
    ),
    "rasa": frozenset({"CARE_TOKEN", "PSEUDONYM_KEY", "DATABASE_URL", "REDIS_URL"}),
    "actions": frozenset({"BRIDGE_TOKEN_ACTIONS", "PSEUDONYM_KEY"}),
    "workbench": frozenset({"WORKBENCH_TOKEN"}),
    "valkey": frozenset(),
}
ALL_SECRETS = frozenset[str]().union(*SECRETS.values())

BOT_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_HOST": "127.0.0.1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # One conversation's turn is small: more threads only fight over the cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
