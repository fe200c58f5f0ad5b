"""Yes and no: they answer the question the bot has just asked, or nothing in particular."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions.bridge_client import BridgeClient
from actions.care_action import CareAction, Events
from actions.problem_words import tells_what_happened
from actions.reply import Reply
from actions.turn import Turn


def ask(turn: Turn, question: str, why: str | None = None) -> Events:
    """Record the question that this reply asks; `why` is the reason if a person is called."""
    return [
        SlotSet("open_question", question),
        SlotSet("asked_in", turn.message_id),
        SlotSet("trouble", why),
    ]


def draft_case(topic: str, summary: str, order_number: str | None) -> dict[str, Any]:
    """The event that keeps what a case would say, until the customer says yes."""
    draft = {"topic": topic, "summary": summary[:1000], "order_number": order_number}
    return SlotSet("case_draft", draft)


def tells_the_complaint(turn: Turn) -> bool:
    """Whether this is the story that a complaint was asked for, whatever it is about."""
    invited = turn.question == "offer_person" and turn.slot("trouble") == "complaint"
    return invited and "?" not in turn.words and tells_what_happened(turn.words)


def offer_case(turn: Turn, reply: Reply) -> Events:
    """Offer a case about the question that was asked last, or a person."""
    draft = draft_case(
        turn.slot("topic") or "other", turn.slot("last_question") or "", turn.slot("order_number")
    )
    reply.say("utter_offer_case")
    return [draft, *ask(turn, "offer_case", "not_helped")]


class ResolveQuestion(CareAction):
    """Sets `open_question` to the question asked in the bot's last turn, else to `nothing`."""

    action_name = "action_resolve_question"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.entity("choice") == "not_helped":
            # Tapped beside an answer that offered to see to it.
            return [SlotSet("open_question", "did_it_help")]
        return [SlotSet("open_question", turn.question or "nothing")]


class OfferCase(CareAction):
    """The answer did not help: offers a case or a person."""

    action_name = "action_offer_case"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        return offer_case(turn, reply)


class Complaint(CareAction):
    """Sorry, and nothing sold: offers a person, or to listen."""

    action_name = "action_complaint"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.question == "did_it_help" and not turn.active_form:
            # "You didn't help me at all" is a no.
            return offer_case(turn, reply)
        leaving = turn.intent == "threat_to_leave"
        reply.say("utter_threat_to_leave" if leaving else "utter_complaint")
        return ask(turn, "offer_person", "complaint")
