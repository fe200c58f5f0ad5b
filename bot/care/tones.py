"""The tone of a customer's message, and the signals it gives the escalation policy."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.care.not_ready import NotReady
from bot.care.output import CareOutput
from bot.care.requests import IncomingMessage
from bot.nlu import remembered
from bot.nlu.text import for_features, says_something
from understanding import tone
from understanding.tone_examples import BadExamples


async def prepare() -> None:
    """Load the model of tones (a few seconds if it must be trained first). Raises NotReady."""
    try:
        await asyncio.to_thread(tone.shared)
    except (BadExamples, OSError) as error:
        raise NotReady(f"the model of tones could not be loaded: {error}") from error


def heard(message: IncomingMessage, text: str, output: CareOutput) -> dict[str, Any] | None:
    """The record of a message's tone; tells the policy of anger and of urgency.

    None for a button, which says nothing of a mood, and for one of the two parts of a message:
    the whole was heard already, and one cross message must not count twice.
    """
    if message.payload is not None or message.part or not says_something(text):
        return None
    found = tone.read(text, remembered.vector(for_features(text)))
    if found.angry:
        output.signal("angry", {"level": round(found.anger, 2)})
    if found.urgent:
        output.signal("urgent", {"level": round(found.urgency, 2)})
    return found.record()
