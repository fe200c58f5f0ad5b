"""Logging of the Rasa process: nothing a customer wrote is ever printed.

Rasa logs whole messages at debug level, and structlog, unless configured, prints every level. Both
are held at INFO whatever is asked for, and exceptions are shown by type and place: their messages
may quote a text.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Loggers that report customers' words below this level.
_TALKATIVE = ("rasa", "rasa_sdk", "asyncio", "sanic", "matplotlib", "apscheduler", "urllib3")
# Keys of Rasa's structured events that are known to hold names and numbers only.
_HARMLESS = frozenset({"event", "level", "event_info", "model", "action_name", "url", "port"})


def configure(level: str | None = None, style: str | None = None) -> None:
    """Send all logs to standard error.

    `level` and `style` (console or json) default to ASCOLTO_LOG_LEVEL and ASCOLTO_LOG_FORMAT.
    """
    level = (level or os.environ.get("ASCOLTO_LOG_LEVEL") or "INFO").upper()
    style = style or os.environ.get("ASCOLTO_LOG_FORMAT") or "console"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Console())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelName(level)))
    for name in ("sanic.access", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _only_harmless, _as_line],
        # Debug lines do nothing at all; what else is printed depends on the level of `rasa`.
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_rasa_logger,
        cache_logger_on_first_use=True,
    )
    # Rasa's and TensorFlow's own deprecations are not the operator's to solve.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _rasa_logger(*_: Any) -> logging.Logger:
    return logging.getLogger("rasa")


def _only_harmless(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in _HARMLESS}


def _as_line(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    name = event.pop("event", "")
    return " ".join([str(name), *(f"{key}={value}" for key, value in event.items())])


class _Quiet(logging.Formatter):
    """Exceptions as type and places."""

    def formatException(self, caught: Any) -> str:  # noqa: N802
        kind, _, trace = caught
        places = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(trace)[-12:]
        ]
        return "\n".join([*places, f"  {kind.__name__ if kind else 'error'}"])


class _Console(_Quiet):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")


class _Json(_Quiet):
    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        entry: dict[str, Any] = {
            "at": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
