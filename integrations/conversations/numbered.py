"""Choices as numbered lines, for channels without buttons, or without enough of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from integrations.channels.contract import Capabilities

_LEADING_NUMBER = re.compile(r"(\d+)(?!\d)")


def as_buttons(capabilities: Capabilities, buttons: Sequence[Any]) -> bool:
    """Whether the channel can show these as buttons; otherwise they stand in the text."""
    return len(buttons) <= capabilities.max_buttons


def lines(buttons: Sequence[dict[str, str]]) -> str:
    """A line a choice: «1. Passami una persona»."""
    return "\n".join(_line(place, button["title"]) for place, button in enumerate(buttons, start=1))


def _line(place: int, title: str) -> str:
    leading = _LEADING_NUMBER.match(title)
    # «4 🙂» says its own number.
    return title if leading and int(leading[1]) == place else f"{place}. {title}"
