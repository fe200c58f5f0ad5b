"""An order shown, or something done about it, for whoever the bridge lets see it.

Who isn't known yet is verified first (`actions.verification`), and what they wanted is kept in the
slots `matter` and `wish` meanwhile. What can be done stands in `actions.flows`.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions import order_words, wording
from actions.bridge_client import BridgeClient
from actions.bridge_errors import GrantRequired, NotFound
from actions.care_action import CareAction, Events
from actions.flows.cancelling import ARRIVED
from actions.flows.matter import ANSWERED, FORM, NEEDED, PROVING, Matter, access, trouble
from actions.flows.matters import MATTERS, matter_of
from actions.flows.return_words import REASONS
from actions.form_step import asking
from actions.intents import topic_of
from actions.knowledge import answer_general
from actions.memory import recall
from actions.questions import ask, draft_case, tells_the_complaint
from actions.reply import Reply, payload
from actions.turn import Turn


class OrderStatus(CareAction):
    """Finds the order and tells where it is, or begins the matter that the customer came with.

    Ends with `order_access`: `answered` (the rules wait for the customer), `needed` (verification
    begins) or `form` (the matter has more to ask).
    """

    action_name = "action_order_status"
    apology = "utter_trouble_orders"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        number = turn.entity("order_number") or _offered_for(turn)
        matter = matter_of(turn)
        if (
            turn.intent == "inform"
            and number is None
            and wording.code(turn)
            and turn.slot("challenge")
        ):
            # A code that comes after all: the form takes it from here.
            return [access(NEEDED)]
        unclear = _unclear(turn, number)
        if unclear:
            reply.say(unclear)
            return [access(ANSWERED)]
        if matter is not None and turn.intent == matter.intent and matter.asks_how(turn):
            return [*await answer_general(turn, reply, bridge, matter), access(ANSWERED)]
        if turn.intent != "inform" and tells_the_complaint(turn):
            return [access(ANSWERED), FollowupAction("delivery_problem_form")]
        if turn.public and (matter is None or matter.personal):
            reply.say("utter_write_privately")
            return [access(ANSWERED)]
        if number and turn.intent == "inform" and turn.question == "did_it_help":
            return [*_number_after_answer(turn, reply, number), access(ANSWERED)]
        topic = SlotSet("topic", topic_of(matter.intent) if matter else "order_status")
        if matter is None:
            kept = [topic, SlotSet("matter", None), SlotSet("wish", None)]
        else:
            kept = [topic, SlotSet("matter", matter.intent), *_wish(turn, matter)]
        try:
            if matter is not None and not matter.needs_order:
                return [*kept, *await matter.at_hand(turn, reply, bridge, None)]
            return [*kept, *await self._find(turn, reply, bridge, matter, number)]
        except GrantRequired:
            return [*kept, *recall(turn, reply), access(NEEDED)]

    async def _find(
        self,
        turn: Turn,
        reply: Reply,
        bridge: BridgeClient,
        matter: Matter | None,
        number: str | None,
    ) -> Events:
        if number is not None:
            return await show_order(turn, reply, bridge, number, matter)
        orders = await bridge.orders(turn.conversation_id)
        told = recall(turn, reply)
        choice = _which(turn, orders, matter)
        if not choice:
            reply.say(matter.no_order if matter and orders else "utter_no_orders")
            return [*told, access(ANSWERED)]
        if len(choice) > 1 or (matter is None and wording.names_another(turn) and len(orders) > 1):
            reply.say("utter_choose_order", order_words.choices(choice, turn.language))
            return [*told, access(ANSWERED)]
        found = str(choice[0]["number"])
        return told + await show_order(turn, reply, bridge, found, matter)

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Nothing of the wish is lost: the button goes on with it."""
        matter = matter_of(turn)
        trouble(reply, matter, turn.entity("order_number"))
        reply.failed(self.action_name)
        kept = [SlotSet("matter", matter.intent), *_wish(turn, matter)] if matter else []
        return [*kept, access(ANSWERED)]


def _offered_for(turn: Turn) -> str | None:
    """The order whose return was offered in the last reply."""
    offered = turn.question == "start_matter" and turn.slot("trouble") == ARRIVED
    return str(turn.slot("order_number")) if offered else None


def _wish(turn: Turn, matter: Matter) -> Events:
    """Keep what the customer said with the wish; a button that goes on with it changes nothing."""
    if turn.intent != matter.intent or turn.entity("choice") == "start":
        return []
    # A button that knows why ("Prepara il reso" after a case) says it in place of the customer.
    why = REASONS[turn.language].get(turn.entity("reason") or "")
    return [SlotSet("wish", turn.words[:1000] or why)]


def _unclear(turn: Turn, number: str | None) -> str | None:
    """What is said to a message that names no order where it should; None for all others."""
    if turn.intent == "correct" and not (number or wording.names_another(turn)):
        # "No, I meant…" without saying what.
        return "utter_misread"
    if turn.entity("choice") == "neither":
        return "utter_rephrase"
    return "utter_inform_unclear" if turn.intent == "inform" and number is None else None


def _which(turn: Turn, orders: list[dict[str, Any]], matter: Matter | None) -> list[dict[str, Any]]:
    """The orders that can be meant: one is taken, of several the customer chooses."""
    if wording.names_another(turn) and len(orders) > 1:
        others = [o for o in orders if o["number"] != turn.slot("order_number")]
        return others if matter is None else [o for o in others if matter.fits(o)]
    if matter is not None:
        return matter.picks([order for order in orders if matter.fits(order)], turn)
    under_way = [order for order in orders if order_words.is_open(order)]
    return under_way or orders[:1]


def _number_after_answer(turn: Turn, reply: Reply, number: str) -> Events:
    """Many help articles end with "send us the order number": here it is."""
    where = {"it": "Dov'è l'ordine", "en": "Where is it"}[turn.language]
    shown = {"title": where, "payload": payload("order_status", order_number=number)}
    reply.say("utter_offer_case_order", [shown], number=number)
    return [
        draft_case(turn.slot("topic") or "other", turn.slot("last_question") or "", number),
        *ask(turn, "offer_case", "not_helped"),
    ]


class ShowOrder(CareAction):
    """Goes on with the order, or the account, that the customer has just been verified for."""

    action_name = "action_show_order"
    apology = "utter_trouble_orders"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        matter = MATTERS.get(str(turn.slot("matter")))
        try:
            if matter is not None and not matter.needs_order:
                return await matter.at_hand(turn, reply, bridge, None)
            number = str(turn.slot("order_number"))
            return await show_order(turn, reply, bridge, number, matter)
        except GrantRequired:
            # The code was right for somebody else's order: nothing is shown, and nothing repeated.
            reply.say("utter_order_not_shown")
            return [*ask(turn, "offer_person", "verification_failed"), access(ANSWERED)]

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        matter = MATTERS.get(str(turn.slot("matter")))
        trouble(reply, matter, turn.slot("order_number"))
        reply.failed(self.action_name)
        return [access(ANSWERED)]


def _goes_on(turn: Turn, matter: Matter, order: dict[str, Any]) -> Events:
    """A request that only waited for a new proof, with all that was gathered."""
    request: dict[str, Any] = turn.slot("request") or {}
    same = request.get("matter") == matter.intent and request["order"]["number"] == order["number"]
    # Who says anew what they want has dropped the other.
    anew = request.get(PROVING) != (turn.slot("wish") or "")
    if not same or anew or not matter.fits(order):
        return []
    kept = {name: value for name, value in request.items() if name != PROVING}
    return [SlotSet("request", kept), asking("first"), access(FORM)]


async def show_order(
    turn: Turn, reply: Reply, bridge: BridgeClient, number: str, matter: Matter | None = None
) -> Events:
    """Tell where one order is (a case is offered when it is late), or go on with the matter.

    Ends with an `access` event. Raises GrantRequired.
    """
    try:
        order = await bridge.order(number, turn.conversation_id)
    except NotFound:
        reply.say("utter_order_unknown", number=number)
        return [access(ANSWERED)]
    if matter is not None:
        proved = _goes_on(turn, matter, order)
        return proved or await matter.at_hand(turn, reply, bridge, order)
    response, values = order_words.telling(order, turn.language)
    reply.say(response, **values)
    events = [SlotSet("order_number", number)]
    if order_words.is_late(order):
        summary = {
            "it": f"Ordine {number} in ritardo: la consegna era prevista {values['day']}.",
            "en": f"Order {number} is late: delivery was expected {values['day']}.",
        }
        draft = {
            "topic": "delivery_problem",
            "summary": summary[turn.language],
            "order_number": number,
            "kind": "not_arrived",
        }
        events += [SlotSet("case_draft", draft), *ask(turn, "offer_case", "late")]
    return [*events, access(ANSWERED)]
