"""What the bot reads from the environment; secrets must not be empty."""

from __future__ import annotations

import os
from pathlib import Path

# Turns that a tracker is rebuilt from. Policies must not look further back (config.yml).
WINDOW_TURNS = 8
# Customer messages looked back on for a question that is asked again.
REPEAT_MESSAGES = 6
REPEAT_SIMILARITY = 0.8
# Longest wait for an action, seconds. Actions have shorter time-outs of their own.
ACTION_SECONDS = 8.0
# Longest wait for the turn before, seconds.
LOCK_SECONDS = 20.0
# Slots of models (ASCOLTO_MODEL_SLOT) beside the live one.
CANARY, WORKING_TREE = "canary", "tree"
MAX_BODY_BYTES = 1024 * 1024
MAX_TEXT_CHARACTERS = 20_000
MAX_MESSAGES = 50

# Slots that leave the bot with an answer: nothing that a customer wrote, no codes.
PUBLIC_SLOTS = (
    "language",
    "customer_level",
    "open_case",
    "order_number",
    "topic",
    "trouble",
    "rejected_streak",
    "requested_slot",
    "last_case",
)
# Intents that ask for something; asking the same twice means that the answer did not help.
INFORMATIONAL_INTENTS = frozenset(
    {
        *("order_status", "order_problem", "parcel_late", "parcel_missing", "item_damaged"),
        *("wrong_item", "cancel_order", "change_order", "change_address"),
        *("return_item", "exchange_item", "refund_status"),
        *("payment_problem", "payment_methods", "invoice_request"),
        *("product_question", "availability", "garment_care", "size_question"),
        *("shipping_info", "store_info", "promo_code", "loyalty_points", "account_access"),
    }
)
# Intents that the escalation policy hears of under their own name, from this confidence on: a
# person is called too soon rather than too late where somebody may be hurt, not on a mere guess
# that somebody wants to leave.
SIGNAL_INTENTS = {"complaint": 0.0, "legal_safety": 0.0, "threat_to_leave": 0.5}


class Misconfigured(Exception):
    """A setting is missing or cannot be used; the message says which and what to do."""


def home() -> Path:
    """Where files are kept (ASCOLTO_HOME, default var)."""
    return Path(os.environ.get("ASCOLTO_HOME") or "var")


def models() -> Path:
    """Where trained models are kept (ASCOLTO_MODELS, default models)."""
    return Path(os.environ.get("ASCOLTO_MODELS", "").strip() or "models")


def model_slot() -> str:
    """Which of the models in current.json this process serves (ASCOLTO_MODEL_SLOT): empty for the
    live one, `canary`, or `tree` for that of the working tree, whatever was published."""
    value = os.environ.get("ASCOLTO_MODEL_SLOT", "").strip()
    if value not in ("", CANARY, WORKING_TREE):
        raise Misconfigured(f"ASCOLTO_MODEL_SLOT must be {CANARY}, {WORKING_TREE} or empty")
    return value


def voice() -> str:
    """How customers are addressed: `informal` or `formal`; raises Misconfigured for another."""
    value = os.environ.get("ASCOLTO_VOICE", "").strip() or "informal"
    if value not in ("informal", "formal"):
        raise Misconfigured(f"ASCOLTO_VOICE must be informal or formal, not {value!r}")
    return value


def care_token() -> str:
    """The gateway's token for the care channel; raises Misconfigured when empty."""
    token = os.environ.get("ASCOLTO_CARE_TOKEN", "").strip()
    if not token:
        raise Misconfigured("ASCOLTO_CARE_TOKEN is empty: the bot would answer anybody")
    return token


def database_url() -> str:
    """SQLAlchemy address of the bot's database."""
    url = os.environ.get("ASCOLTO_DATABASE_URL", "").strip()
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql://" + url.split("://", 1)[1]
    if url and not url.startswith("sqlite"):
        raise Misconfigured("ASCOLTO_DATABASE_URL must start with postgresql:// or be empty")
    return f"sqlite:///{(home() / 'bot.sqlite3').absolute()}"


def actions_url() -> str:
    """Where the action server answers."""
    url = os.environ.get("ASCOLTO_ACTIONS_URL", "").strip()
    port = os.environ.get("ASCOLTO_ACTIONS_PORT", "").strip() or "5055"
    return url or f"http://127.0.0.1:{port}/webhook"


def rasa_port() -> int:
    """The port Rasa listens on; raises Misconfigured unless it is a port."""
    return _port("ASCOLTO_RASA_PORT", "5005")


def workbench_token() -> str:
    """The gateway's token for the designers' workbench; raises Misconfigured when empty."""
    token = os.environ.get("ASCOLTO_WORKBENCH_TOKEN", "").strip()
    if not token:
        raise Misconfigured("ASCOLTO_WORKBENCH_TOKEN is empty: the workbench would answer anybody")
    return token


def workbench_port() -> int:
    """The port the workbench listens on; raises Misconfigured unless it is a port."""
    return _port("ASCOLTO_WORKBENCH_PORT", "5065")


def _port(name: str, usual: str) -> int:
    value = os.environ.get(name, "").strip() or usual
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Misconfigured(f"{name} is not a port: {value!r}")
    return int(value)
