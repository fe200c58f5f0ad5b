"""Undoing an order: shown to whoever it belongs to, asked once more, then done."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions import order_words
from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict, GrantRequired
from actions.care_action import CareAction, Events
from actions.flows.matter import ANSWERED, Matter, Order, access, prove_again, trouble
from actions.flows.returning import Return
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn

# Why the return of one order is offered: it came, and can't be cancelled any more.
ARRIVED = "arrived"


class Cancel(Matter):
    """Undoing an order; asked once more before it is done."""

    intent = "cancel_order"

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        assert order is not None
        return [*offer(turn, reply, order), access(ANSWERED)]


def offer(turn: Turn, reply: Reply, order: dict[str, Any]) -> Events:
    """What can be done with this order: undo it, ask colleagues to stop it, or send it back."""
    number = str(order["number"])
    about = {"number": number, "items": order_words.items(order, turn.language)}
    done = [SlotSet("matter", None), SlotSet("order_number", number)]
    status = str(order.get("status"))
    if (order.get("allowed") or {}).get("cancel"):
        reply.say("utter_cancel_confirm", **about)
        # Another order may be named before the yes.
        return [*done, SlotSet("cancelling", number), *ask(turn, "cancel_order", "request")]
    if status == "packed":
        reply.say("utter_cancel_packed", **about)
        summary = {"it": f"Fermare e annullare l'ordine {number}, già in preparazione.",
                   "en": f"Stop and cancel order {number}, which is already packed."}  # fmt: skip
        draft = draft_case("order_change", summary[turn.language], number)
        return [*done, draft, *ask(turn, "offer_case", "request")]
    if status in ("delivered", "returned"):
        return [*done, *_send_back(turn, reply, order)]
    reply.say(
        "utter_cancel_done_before" if status == "cancelled" else "utter_cancel_too_late", **about
    )
    return done


def _send_back(turn: Turn, reply: Reply, order: dict[str, Any]) -> Events:
    """What has arrived isn't cancelled any more: it goes back, if it still may."""
    returning = Return()
    if not returning.fits(order):
        return returning.refuse(turn, reply, order)
    number = str(order["number"])
    begin = payload(returning.intent, choice="start", order_number=number)
    prepare = {"title": returning.offer[turn.language], "payload": begin}
    reply.say("utter_cancel_arrived", [prepare], number=number)
    return [SlotSet("matter", returning.intent), *ask(turn, "start_matter", ARRIVED)]


def _asked_about(turn: Turn) -> str:
    """The order that the customer was asked whether to undo."""
    return str(turn.slot("cancelling") or turn.slot("order_number"))


class CancelOrder(CareAction):
    """The customer said yes: undo the order, and say what happens to the money."""

    action_name = "action_cancel_order"
    apology = "utter_trouble_orders"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        number = _asked_about(turn)
        try:
            await bridge.cancel_order(number, turn.conversation, turn.key(self.action_name))
        except Conflict:
            # It went into a box while we were talking.
            order = await bridge.order(number, turn.conversation_id)
            return offer(turn, reply, order)
        except GrantRequired:
            # The proof ran out while we waited for the yes; then it is asked once more.
            return prove_again(Cancel.intent, number)
        reply.say("utter_cancelled", number=number)
        reply.did({"it": f"Ha annullato l'ordine {number}", "en": f"Cancelled order {number}"})
        return []

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Tried again, the order is looked at first: it may be cancelled already."""
        trouble(reply, Cancel(), _asked_about(turn))
        reply.failed(self.action_name)
        return []
