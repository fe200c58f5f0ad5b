"""What the current model reads messages as, in the words that the workbench answers with."""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.care.customer_text import cleaned
from bot.nlu.days import day_of
from bot.nlu.deciding import AMBIGUOUS, REJECTED, Reading, decide
from bot.nlu.text import for_features
from bot.nlu.values.reading import read as values_in
from bot.workbench.archive import Served
from bot.workbench.requests import Message
from understanding import vectors


def readings(served: Served, messages: list[Message]) -> list[dict[str, Any]]:
    """Each message's reading by the model, with its ranking, score and entities.

    Read as the bot would: control characters and leading slashes count for nothing. Entities'
    places are those of the text as it was given, and days are counted from today.
    """
    said = [cleaned(message.text) for message in messages]
    readable = [for_features(text) for text in said]
    encoded = vectors.encode(readable)
    return [
        _reading(served, message, text, readable, vector)
        for message, text, readable, vector in zip(messages, said, readable, encoded, strict=True)
    ]


def _reading(
    served: Served, message: Message, said: str, readable: str, vector: np.ndarray
) -> dict[str, Any]:
    judgement = served.model.judge(vector, readable)
    reading = decide(judgement, said, served.model.intents, served.rules)
    return {
        **described(reading),
        "score": round(judgement.score, 4),
        "margin": round(judgement.margin, 4),
        "rejected": reading.intent == REJECTED,
        "ambiguous": reading.intent == AMBIGUOUS,
        "entities": entities(message.text, message.language),
    }


def described(reading: Reading) -> dict[str, Any]:
    """Intent, confidence and ranking of a reading as JSON."""
    return {
        "intent": reading.intent,
        "confidence": round(reading.confidence, 4),
        "ranking": [
            {"intent": name, "confidence": round(sure, 4)} for name, sure in reading.ranking
        ],
    }


def entities(text: str, language: str | None) -> list[dict[str, Any]]:
    """What the message names, as the bot's CareEntities finds it."""
    found = values_in(text, day_of(None), language)
    return [
        {
            "entity": item.entity,
            "value": item.value,
            "start": item.start,
            "end": item.end,
            **({"role": item.role} if item.role else {}),
        }
        for item in found
    ]
