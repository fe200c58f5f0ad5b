"""Yes and no: they answer the question the bot has just asked, or nothing in particular."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.events import SlotSet

from actions.bridge_client import BridgeClient
from actions.bridge_errors import BridgeError
from actions.care_action import CareAction, Events
from actions.problem_words import tells_what_happened
from actions.reply import Reply
from actions.turn import Turn

log = logging.getLogger(__name__)
_FEEDBACK_SECONDS = 0.5


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


async def tell_not_helped(turn: Turn, reply: Reply, question: str | None) -> None:
    """Record that the article given just now did not answer this question, if one was.

    Whoever looks after the articles wants to know; no customer waits for it or hears that it
    failed.
    """
    slug = turn.article_just_given
    if not slug or not question:
        return
    reply.signal("article_not_helped", slug=slug, intent=turn.previous_intent)
    bridge = BridgeClient(budget=_FEEDBACK_SECONDS)
    try:
        await bridge.judge_answer(
            question, slug, turn.language, helped=False, key=turn.key("not_helped")
        )
    except BridgeError as error:
        log.warning("feedback not recorded: bridge answered %s", error.code)


class ResolveQuestion(CareAction):
    """Sets `open_question` to the question asked in the bot's last turn, else to `nothing`."""

    action_name = "action_resolve_question"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.entity("choice") == "not_helped":
            # Tapped beside an answer that offered to see to it.
            return [SlotSet("open_question", "did_it_help")]
        if turn.entity("choice") == "retry_case":
            # Good for as long as the draft is kept, whatever was said since.
            kept = bool(turn.slot("case_draft"))
            return [SlotSet("open_question", "offer_case" if kept else "nothing")]
        confirmed = ((turn.slot("request") or {}).get("data") or {}).get("confirm")
        if turn.entity("choice") == "retry":
            return [SlotSet("open_question", "finish_request" if confirmed else "nothing")]
        # It went wrong, and isn't wanted any more.
        dropped = confirmed and turn.intent == "deny" and turn.question == "offer_case"
        over = [SlotSet("request", None)] if dropped else []
        return [*over, SlotSet("open_question", turn.question or "nothing")]


class OfferCase(CareAction):
    """The answer did not help: offers a case or a person."""

    action_name = "action_offer_case"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        await tell_not_helped(turn, reply, turn.slot("last_question"))
        return offer_case(turn, reply)


class Complaint(CareAction):
    """Sorry, and nothing sold: offers a person, or to listen."""

    action_name = "action_complaint"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        if turn.question == "did_it_help" and not turn.active_form:
            # "You didn't help me at all" is a no.
            await tell_not_helped(turn, reply, turn.slot("last_question"))
            return offer_case(turn, reply)
        leaving = turn.intent == "threat_to_leave"
        reply.say("utter_threat_to_leave" if leaving else "utter_complaint")
        return ask(turn, "offer_person", "complaint")
