"""Structured logs that can't give away who said what."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from runtime.settings import Settings

_PERSONAL = (
    # A Telegram bot's token, which stands in the address of every call.
    (re.compile(r"\d{6,20}:[A-Za-z0-9_-]{30,}"), "⟦token⟧"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "⟦email⟧"),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), r"\1 ⟦token⟧"),
    (re.compile(r"(?i)((?:token|password|secret|key)=)[^\s&'\"]+"), r"\1⟦secret⟧"),
    (re.compile(r"://([^/\s:@]+):[^/\s@]+@"), r"://\1:⟦secret⟧@"),
    (re.compile(r"(?<![\w.:-])\+?\d(?:[ -]?\d){9,18}(?![\w.:-])"), "⟦number⟧"),
)


def redact(text: str) -> str:
    """Replace e-mail addresses, long numbers, tokens and passwords by marks."""
    for pattern, mark in _PERSONAL:
        text = pattern.sub(mark, text)
    return text


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = redact(value)
    return event


def configure(service: str, settings: Settings) -> None:
    """Send structlog and the standard library's records through one redacting formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Tracebacks become text first, so that what they quote is redacted too.
                structlog.processors.format_exc_info,
                _redact_event,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    # Access lines would name conversations, an HTTP client's lines addresses (Telegram's with the
    # bot's token in them), and python-telegram-bot's what was said.
    for name in ("uvicorn.access", "httpx2", "httpcore2", "httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
