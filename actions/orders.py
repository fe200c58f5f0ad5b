"""Where an order is: shown to whoever the bridge lets see it, otherwise verification begins."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions import cancelling, order_words, wording
from actions.bridge_client import BridgeClient
from actions.bridge_errors import GrantRequired, NotFound
from actions.care_action import CareAction, Events
from actions.intents import topic_of
from actions.memory import recall
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn


class OrderStatus(CareAction):
    """Shows the order when the conversation holds a grant; else sets `order_access` to `needed`.

    Everything else ends as `answered`: the rules then wait for the customer.
    """

    action_name = "action_order_status"
    apology = "utter_trouble_orders"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        number = turn.entity("order_number")
        if turn.intent == "correct" and not (number or wording.names_another(turn)):
            # "No, I meant…" without saying what.
            reply.say("utter_misread")
            return [SlotSet("order_access", "answered")]
        if turn.entity("choice") == "neither":
            reply.say("utter_rephrase")
            return [SlotSet("order_access", "answered")]
        if turn.intent == "inform" and number is None:
            if wording.code(turn) and turn.slot("challenge"):
                # A code that comes after all: the form takes it from here.
                return [SlotSet("order_access", "needed")]
            reply.say("utter_inform_unclear")
            return [SlotSet("order_access", "answered")]
        if turn.public:
            reply.say("utter_write_privately")
            return [SlotSet("order_access", "answered")]
        if number and turn.intent == "inform" and turn.question == "did_it_help":
            return _number_after_answer(turn, reply, number)
        cancels = turn.intent == cancelling.MATTER or (
            turn.intent in ("inform", "correct") and turn.slot("matter") == cancelling.MATTER
        )
        matter = SlotSet("matter", cancelling.MATTER if cancels else None)
        topic = SlotSet("topic", topic_of(turn.intent) if cancels else "order_status")
        try:
            events = await self._show(turn, reply, bridge, number, cancels=cancels)
        except GrantRequired:
            return [topic, matter, *recall(turn, reply), SlotSet("order_access", "needed")]
        return [topic, matter, *events, SlotSet("order_access", "answered")]

    async def _show(
        self,
        turn: Turn,
        reply: Reply,
        bridge: BridgeClient,
        number: str | None,
        *,
        cancels: bool,
    ) -> Events:
        if number is not None:
            return await show_order(turn, reply, bridge, number, cancels=cancels)
        orders = await bridge.orders(turn.conversation_id)
        told = recall(turn, reply)
        if wording.names_another(turn) and len(orders) > 1:
            others = [o for o in orders if o["number"] != turn.slot("order_number")]
            reply.say("utter_choose_order", order_words.choices(others, turn.language))
            return told
        under_way = [order for order in orders if order_words.is_open(order)]
        if not orders:
            reply.say("utter_no_orders")
            return told
        if len(under_way) > 1:
            reply.say("utter_choose_order", order_words.choices(under_way, turn.language))
            return told
        newest = (under_way or orders)[0]
        return told + await show_order(turn, reply, bridge, str(newest["number"]), cancels=cancels)

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        super().apologise(turn, reply)
        return [SlotSet("order_access", "answered")]


def _number_after_answer(turn: Turn, reply: Reply, number: str) -> Events:
    """Many help articles end with "send us the order number": here it is."""
    where = {"it": "Dov'è l'ordine", "en": "Where is it"}[turn.language]
    shown = {"title": where, "payload": payload("order_status", order_number=number)}
    reply.say("utter_offer_case_order", [shown], number=number)
    return [
        SlotSet("order_access", "answered"),
        draft_case(turn.slot("topic") or "other", turn.slot("last_question") or "", number),
        *ask(turn, "offer_case", "not_helped"),
    ]


class ShowOrder(CareAction):
    """Shows the order that the customer has just been verified for."""

    action_name = "action_show_order"
    apology = "utter_trouble_orders"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        try:
            cancels = turn.slot("matter") == cancelling.MATTER
            return await show_order(
                turn, reply, bridge, str(turn.slot("order_number")), cancels=cancels
            )
        except GrantRequired:
            # The code was right for somebody else's order: nothing is shown, and nothing repeated.
            reply.say("utter_order_not_shown")
            return ask(turn, "offer_person", "verification_failed")


async def show_order(
    turn: Turn, reply: Reply, bridge: BridgeClient, number: str, *, cancels: bool = False
) -> Events:
    """Tell where one order is, or what can be done to undo it; offers a case when it is late.

    Raises GrantRequired.
    """
    try:
        order = await bridge.order(number, turn.conversation_id)
    except NotFound:
        reply.say("utter_order_unknown", number=number)
        return []
    if cancels:
        return cancelling.offer(turn, reply, order)
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
    return events
