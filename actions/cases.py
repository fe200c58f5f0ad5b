"""Opening a case in the bridge: once a draft, with the shipment looked at where that is allowed."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions import order_words
from actions.bridge_client import BridgeClient
from actions.bridge_errors import BridgeError
from actions.care_action import CareAction, Events
from actions.questions import ask
from actions.reply import Reply, payload
from actions.turn import Turn


class OpenCase(CareAction):
    """Opens the case that was drafted; without a draft there is nothing left to say."""

    action_name = "action_open_case"
    apology = "utter_trouble_case"

    async def act(self, turn: Turn, reply: Reply, bridge: BridgeClient) -> Events:
        draft: dict[str, Any] | None = turn.slot("case_draft")
        if not draft:
            return []
        last = turn.slot("last_case") or {}
        about = (draft["topic"], draft.get("order_number"))
        if not draft.get("again") and (last.get("topic"), last.get("order_number")) == about:
            reply.say("utter_case_already_open", reference=last["reference"])
            again = {**draft, "again": True}
            return [SlotSet("case_draft", again), *ask(turn, "offer_case", "case_open")]
        if draft.get("sorry"):
            reply.say("utter_sorry_for_problem")
        if draft.get("look") and await _speaks_for_itself(turn, reply, bridge, draft):
            seen = {**draft, "look": False, "sorry": False}
            return [SlotSet("case_draft", seen), *ask(turn, "offer_case", "not_arrived")]
        case = await bridge.open_case(
            turn.conversation, draft, turn.language, turn.key(self.action_name)
        )
        reference = str(case["reference"])
        number = draft.get("order_number")
        reply.say("utter_case_opened_order" if number else "utter_case_opened",
                  _send_back(turn, draft), reference=reference, number=number or "")  # fmt: skip
        reply.signal("problem", topic=draft["topic"])
        reply.did({"it": f"Ha aperto la pratica {reference}", "en": f"Opened case {reference}"})
        return [
            SlotSet(
                "last_case", {"reference": reference, "topic": about[0], "order_number": number}
            ),
            SlotSet("case_draft", None),
            SlotSet("problem", None),
            *_request_over(turn),
        ]

    def apologise(self, turn: Turn, reply: Reply) -> Events:
        """Keep the draft: a yes, or the button, tries again."""
        super().apologise(turn, reply)
        return ask(turn, "offer_case", "action_failed")


def _request_over(turn: Turn) -> Events:
    """What failed and was confirmed is the colleagues' now; what is being asked goes on."""
    data = (turn.slot("request") or {}).get("data") or {}
    return [SlotSet("request", None)] if data.get("confirm") else []


def _send_back(turn: Turn, draft: dict[str, Any]) -> list[dict[str, str]]:
    """What arrived damaged or wrong can go back at our cost: one tap prepares it."""
    reason = {"damaged": "damaged", "wrong": "wrong_item"}.get(str(draft.get("kind")))
    if reason is None or not draft.get("order_number") or draft["topic"] == "complaint":
        return []
    title = {"it": "Prepara il reso", "en": "Prepare a return"}[turn.language]
    about = {"order_number": str(draft["order_number"]), "reason": reason}
    return [{"title": title, "payload": payload("return_item", **about)}]


async def _speaks_for_itself(
    turn: Turn, reply: Reply, bridge: BridgeClient, draft: dict[str, Any]
) -> bool:
    """Say what the shipment shows, if this customer may see it.

    True when a parcel thought lost is still in time: then a case is offered, not opened.
    """
    if not draft.get("order_number"):
        return False
    try:
        order = await bridge.order(draft["order_number"], turn.conversation_id)
    except BridgeError:
        return False
    waiting = draft.get("kind") == "not_arrived"
    if not waiting or order.get("status") in ("cancelled", "returned"):
        return False
    _, values = order_words.telling(order, turn.language)
    if order_words.is_late(order):
        reply.say("utter_facts_late", **values)
        return False
    if order.get("status") == "delivered" and values["delivered_day"]:
        reply.say("utter_facts_delivered", **values)
        return False
    if order.get("status") == "delivered":
        return False
    if order.get("status") == "shipped":
        reply.say("utter_facts_in_time" if values["day"] else "utter_facts_travelling", **values)
    else:
        reply.say("utter_facts_not_shipped", **values)
    return True
