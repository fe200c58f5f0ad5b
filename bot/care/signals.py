"""Signals that only the channel can see: they need the conversation, not one message."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import settings
from bot.nlu import patterns, remembered
from bot.nlu.text import for_features
from bot.trackers.states import VOIDED


def question_repeated(
    tracker: DialogueStateTracker, intent: str, text: str
) -> dict[str, Any] | None:
    """Data of the signal if this question was asked and answered before, None otherwise.

    `tracker` does not hold the message yet. `count` is how often it was asked, this time included.
    """
    if intent not in settings.INFORMATIONAL_INTENTS or not text:
        return None
    earlier = [
        asked
        for asked, answered in _latest_questions(tracker)
        if answered and asked.intent.get("name") == intent and asked.text
    ]
    if not earlier:
        return None
    now, values = _vector(text), _values(text)
    alike = [
        asked
        for asked in earlier
        if _vector(asked.text) @ now >= settings.REPEAT_SIMILARITY
        # The same words about another order are another question.
        and (not values or values == _values(asked.text))
    ]
    return {"intent": intent, "count": len(alike) + 1} if alike else None


def _latest_questions(tracker: DialogueStateTracker) -> list[tuple[UserUttered, bool]]:
    """The last customer messages, each with whether the bot answered it."""
    found: list[tuple[UserUttered, bool]] = []
    answered = False
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and event.metadata.get("agent"):
            # A person has answered since: what was asked before that is settled.
            break
        if isinstance(event, BotUttered) and event.text:
            answered = True
        elif isinstance(event, UserUttered):
            found.append((event, answered and VOIDED not in event.metadata))
            answered = False
            if len(found) == settings.REPEAT_MESSAGES:
                break
    return found


def _values(text: str) -> set[tuple[str, str]]:
    return {(item.entity, item.value) for item in patterns.find(text)}


def _vector(text: str) -> np.ndarray:
    return remembered.vector(for_features(text))
