"""A Telegram Bot API server for tests: real HTTP, Telegram's own limits and error texts."""

from __future__ import annotations

from tests.simulators.telegram.server import TOKEN, TelegramSimulator

__all__ = ["TOKEN", "TelegramSimulator"]
