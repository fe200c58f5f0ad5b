"""A message that can mean two things: the customer chooses, and needn't write it again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from rasa_sdk.events import SlotSet

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.reply import Reply, payload
from actions.turn import Turn

_MEANINGS = Path(__file__).parents[1] / "data" / "meanings.yml"
_NEITHER = {"it": "Altro", "en": "Something else"}


@lru_cache(maxsize=1)
def meanings() -> dict[str, dict[str, str]]:
    """Each intent in the customer's words, by language: the titles of the buttons."""
    content: dict[str, dict[str, str]] = yaml.safe_load(_MEANINGS.read_text(encoding="utf-8"))
    return content


class Clarify(CareAction):
    """Puts the two likeliest readings under two buttons, and keeps the words for the one tapped."""

    action_name = "action_clarify"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        titles = meanings()
        known = [name for name in turn.readings if name in titles][:2]
        if len(known) < 2:
            reply.say("utter_rephrase")
            return []
        choices = [
            {"title": titles[name][turn.language], "payload": payload(name)} for name in known
        ]
        neither = {"title": _NEITHER[turn.language], "payload": payload("inform", choice="neither")}
        reply.say("utter_clarify", [*choices, neither])
        return [SlotSet("unclear", {"text": turn.text, "asked_in": turn.message_id})]
