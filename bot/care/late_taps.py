"""A yes or a no that is tapped answers the question it stands under, not one that came since.

Buttons stay on the screen. An old "It helped" must not confirm a return, nor an old "No" drop it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.care.requests import ASKED_IN, IncomingMessage, Payload

_ANSWERS = frozenset({"affirm", "deny"})
# What waits for a yes or a no that does something.
_ACTING = frozenset({"cancel_order", "offer_case", "offer_person", "start_matter"})


def marked(payload: dict[str, Any], message_id: str) -> dict[str, Any]:
    """A button's payload; a bare yes or no remembers in answer to which message it was offered."""
    if payload["intent"] not in _ANSWERS or payload["entities"]:
        return payload
    return {**payload, "entities": {ASKED_IN: message_id}}


def is_late(message: IncomingMessage, tracker: DialogueStateTracker) -> bool:
    """Whether the customer has written something since the question that a tap answers."""
    asked_in = message.payload.asked_in if message.payload else None
    return asked_in is not None and asked_in != _newest_id(tracker)


def in_its_place(message: IncomingMessage, tracker: DialogueStateTracker) -> IncomingMessage:
    """What a late tap means: where something else waits for an answer, that is asked again."""
    asked_now = _whole(tracker.get_slot("asked_in")) == _newest_id(tracker)
    waits = asked_now and tracker.get_slot("open_question") in _ACTING
    if waits or tracker.active_loop_name:
        return replace(message, payload=Payload("repeat", {}))
    return message


def _newest_id(tracker: DialogueStateTracker) -> str | None:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            message_id = (event.metadata or {}).get("message_id")
            return None if message_id is None else _whole(str(message_id))
    return None


def _whole(message_id: str | None) -> str | None:
    """The id of a message whose second wish has an id of its own (`bot.care.wishes`)."""
    return None if message_id is None else message_id.removesuffix("/2")
