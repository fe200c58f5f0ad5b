"""Not understood: ask differently the first time, offer choices and a person the second."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.form_step import UNDERSTOOD
from actions.problem_words import kind_of, tells_what_happened
from actions.reply import Reply, payload
from actions.turn import Turn


class Fallback(CareAction):
    """Says that it did not understand, never twice in the same way."""

    action_name = "action_fallback"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        number = turn.entity("order_number")
        invited = turn.question == "offer_person" and turn.slot("trouble") == "complaint"
        if (number and kind_of(turn.words)) or (invited and tells_what_happened(turn.words)):
            # An order and what is wrong with it, or the story that a complaint was asked for.
            return [*UNDERSTOOD, FollowupAction("delivery_problem_form")]
        if float(turn.slot("rejected_streak") or 0) >= 2 or turn.previous_intent == turn.intent:
            reply.say("utter_choices")
        elif number:
            title = {"it": "Dov'è l'ordine", "en": "Where is it"}[turn.language]
            reply.say(
                "utter_rephrase_order",
                [{"title": title, "payload": payload("order_status", order_number=number)}],
                number=number,
            )
        else:
            reply.say("utter_rephrase")
        return []
