"""Saying it again: the last answer, word for word, with its buttons."""

from __future__ import annotations

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.questions import ask
from actions.reply import Reply
from actions.turn import Turn


class Repeat(CareAction):
    """Repeats what the bot said last; without anything to repeat it asks what is meant."""

    action_name = "action_repeat"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        said = turn.last_said
        if not said:
            reply.say("utter_misread")
            return []
        reply.say("utter_late_tap" if turn.late_tap else "utter_repeat")
        for text, buttons in said:
            reply.again(text, buttons)
        # The question that stood under the answer stands again.
        return ask(turn, turn.question, turn.slot("trouble")) if turn.question else []
