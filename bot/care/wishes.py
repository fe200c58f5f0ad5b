"""A message that holds two wishes is answered as two messages, unless something is being asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.care.requests import IncomingMessage
from bot.nlu.classifier import WISHES


def two_wishes(
    message: IncomingMessage, parsed: dict[str, Any], tracker: DialogueStateTracker
) -> tuple[IncomingMessage, IncomingMessage] | None:
    """The two parts of a message with two wishes, None for any other.

    While a form is open the whole text may be its answer, so it stays whole, unless it begins by
    dropping the form (`bot.care.dropping`). The second part gets an id of its own: what an action
    does for it is another thing done.
    """
    parts = parsed.get(WISHES)
    if not parts or message.part or message.payload is not None or tracker.active_loop_name:
        return None
    first, second = parts
    return (
        replace(message, text=first, part=1),
        replace(message, id=f"{message.id}/2", text=second, part=2),
    )
