"""Leaves out what the model at hand doesn't understand: `python -m bench.rehearsal FILE`.

Runs in the bot's environment. A text stays when it gets its intent with some margin, however the
order number is written, and when the encoder takes it for something else than the questions on
other subjects. Writes {language: {"questions": [[…], …], "small_talk": {intent: […]}}}.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

from bench.texts import everything, spellings
from bot import logs, settings

LANGUAGES = ("it", "en")
NUMBER = "LA-20398"
# Of each subject and of each kind of small talk; more would only take longer.
WANTED_QUESTIONS, WANTED_SMALL_TALK = 60, 120
ALIKE = settings.REPEAT_SIMILARITY - 0.03


async def understood(agent: Any, texts: list[str], intent: str, wanted: int) -> list[str]:
    """The first `wanted` of `texts`, shuffled, that get `intent` in every spelling tried."""
    from rasa.core.channels.channel import UserMessage

    from bot.care.customer_text import cleaned

    shuffled = random.Random(7).sample(texts, len(texts))
    kept: list[str] = []
    for text in shuffled:
        if len(kept) == wanted:
            break
        for written in spellings(NUMBER)[2:5:2] if "{n}" in text else ("",):
            said = text.replace("{n}", written)
            parsed = await agent.processor.parse_message(UserMessage(cleaned(said)))
            numbers = [e["value"] for e in parsed["entities"] if e["entity"] == "order_number"]
            if parsed["intent"]["name"] != intent or numbers != ([NUMBER] if written else []):
                break
        else:
            kept.append(text)
    return kept


def apart(questions: list[list[str]]) -> list[list[str]]:
    """Without those that the encoder finds alike to a question on another subject."""
    from bot.nlu.text import for_features
    from understanding import vectors

    encoded = [
        vectors.encode([for_features(text.replace("{n}", NUMBER)) for text in texts])
        for texts in questions
    ]
    result: list[list[str]] = []
    for subject, texts in enumerate(questions):
        others = [encoded[other] for other in range(len(questions)) if other != subject]
        nearest = [max(float((o @ v).max()) for o in others if len(o)) for v in encoded[subject]]
        result.append([t for t, n in zip(texts, nearest, strict=True) if n < ALIKE])
    return result


async def rehearse(model: Path) -> dict[str, Any]:
    """All languages with a model."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    found: dict[str, Any] = {}
    for language in LANGUAGES:
        possible = everything(language)
        questions = [
            await understood(agent, list(texts), "order_status", WANTED_QUESTIONS)
            for texts in possible.questions
        ]
        small_talk = {
            intent: await understood(agent, list(texts), intent, WANTED_SMALL_TALK)
            for intent, texts in possible.small_talk.items()
        }
        found[language] = {"questions": apart(questions), "small_talk": small_talk}
    return found


def main() -> int:
    """Command line; returns the exit status."""
    from bot.train import current_model

    logs.configure("ERROR")
    model = current_model()
    if model is None:
        print("bench.rehearsal: no model; run `make train`", file=sys.stderr)
        return 1
    found = asyncio.run(rehearse(model))
    Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    for language, texts in found.items():
        counts = [len(asked) for asked in texts["questions"]]
        small = {intent: len(said) for intent, said in texts["small_talk"].items()}
        print(f"{language}: questions by subject {counts}, small talk {small}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
