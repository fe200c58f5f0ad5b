"""The first word: by name when the customer is recognised, without a word about their affairs."""

from __future__ import annotations

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.memory import recall
from actions.reply import Reply
from actions.turn import Turn


class Greet(CareAction):
    """Greets; recalls a colleague's promise or mentions that a case is open, nothing more."""

    action_name = "action_greet"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        recognised = turn.slot("customer_level") in ("recognised", "verified") and not turn.public
        named = recognised and bool(turn.slot("first_name"))
        if recognised and turn.slot("open_case") and not turn.active_form:
            reply.say("utter_greet_open_case_by_name" if named else "utter_greet_open_case")
        else:
            reply.say("utter_greet_by_name" if named else "utter_greet")
        return recall(turn, reply)
