"""Why the bot cannot answer yet, or at all."""

from __future__ import annotations


class NotReady(Exception):
    """The bot cannot answer; the message says why."""


class Starting(NotReady):
    """The process has only just begun: nothing of what was asked is done."""
