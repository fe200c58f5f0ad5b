"""Asking for a person: one short line, and everything collected so far for whoever takes over."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.form_step import REQUESTED_SLOT
from actions.memory import collected
from actions.reply import Reply
from actions.requests import OVER
from actions.turn import Turn

# What shows that the customer has told something already.
_TOLD = ("order_number", "problem", "last_question", "request")


class RequestPerson(CareAction):
    """Emits the hand-over request and ends the active form.

    Whether and when the hand-over happens is the policy's decision.
    """

    action_name = "action_request_person"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        reason = (turn.slot("trouble") if turn.question else None) or "asked_for_person"
        known = collected(turn)
        told = any(known.get(name) for name in _TOLD)
        reply.say("utter_request_person_told" if told else "utter_request_person")
        reply.hand_over(str(reason), known)
        # Whatever was being filled in goes on with the person.
        return [*OVER, ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]


class SeriousMatter(CareAction):
    """Somebody was hurt, or a lawyer is named: a person at once, and no advice from a program."""

    action_name = "action_serious_matter"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        reply.say("utter_serious_matter")
        reply.hand_over("legal_safety", {**collected(turn), "problem": turn.words[:1000]})
        return [*OVER, ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
