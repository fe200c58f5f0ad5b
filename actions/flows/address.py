"""Another delivery address for an order that hasn't been packed yet."""

from __future__ import annotations

import re

from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict, GrantRequired
from actions.care_action import Events
from actions.flows import confirming
from actions.flows.matter import ANSWERED, CONFIRM, Data, Order, Steps, access
from actions.phrases import phrases
from actions.questions import ask, draft_case
from actions.reply import Reply
from actions.turn import Turn

_LEAST, _MOST = 8, 300
# Italy and most of the continent have five digits or four, Britain letters and digits.
_POSTCODE = re.compile(
    r"(?<![\w-])(?:\d{4,5}|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|\d{4}\s?[a-z]{2})(?!\w)", re.IGNORECASE
)
_HOUSE = re.compile(
    r"(?<![\w-])(?:\d{1,4}\s?[a-z]?(?:[/-]\w{1,4})?|s\.?n\.?c\.?)(?!\w)", re.IGNORECASE
)
# What leads up to an address isn't part of it.
_LEADING = re.compile(
    r"\A.*?(?:indirizzo|address|spedi(?:te|re|telo|scilo|tela)|consegna(?:te|re|telo|tela)"
    r"|send it|deliver it|ship it)"
    r"(?:\s+(?:giusto|corretto|nuovo|esatto|è|e'|a|in|sarebbe|diventa"
    r"|is|should be|to|correct|right|new))*"
    r"\s*[:,-]?\s+(?=\S)",
    re.IGNORECASE | re.DOTALL,
)
_STREET = re.compile(
    r"\b(?:via|viale|v\.le|piazza|p\.?za|corso|c\.so|largo|vicolo|strada|loc(?:alità|\.)?|"
    r"frazione|fraz\.|borgo|contrada|salita|lungomare|street|st|road|rd|lane|avenue|ave|close|drive|square|"
    r"court|way|terrace|crescent|place|house|flat|strasse|straße|rue)\b",
    re.IGNORECASE,
)


class Address(Steps):
    """The new address, read back before it is changed."""

    intent = "change_address"
    steps = ("address", CONFIRM)
    general = phrases(
        """
        ^(?:è possibile|si può|fino a quando|entro quando|quando|in quanto tempo)
        ^(?:is it possible|until when|how late|by when)
        """
    )
    offer = {"it": "Cambia indirizzo", "en": "Change the address"}
    no_order = "utter_address_no_order"

    def fits(self, order: Order) -> bool:
        return bool((order.get("allowed") or {}).get("change_address"))

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        assert order is not None
        if not self.fits(order):
            return [*_too_late(turn, reply, order), access(ANSWERED)]
        wish = turn.words if turn.intent == self.intent else str(turn.slot("wish") or "")
        return self.begin(
            order, {"address": address_in(wish)}, ships_to=order.get("ships_to") or ""
        )

    def values(self, order: Order, data: Data, language: str) -> dict[str, str]:
        return {
            "number": str(order.get("number", "")),
            "address": str(data.get("address") or ""),
            "before": str(order.get("ships_to") or ""),
        }

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        if step == CONFIRM:
            return confirming.heard(turn)
        address = address_in(turn.words)
        return {"address": address} if address else None

    async def finish(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order, data: Data
    ) -> Events:
        number = str(order["number"])
        try:
            await bridge.change_address(
                number, turn.conversation, data["address"], turn.key("action_finish_request")
            )
        except Conflict:
            # It went into a box while we were talking.
            return _too_late(turn, reply, {**order, "status": "packed"})
        except GrantRequired:
            reply.say("utter_order_not_shown")
            return ask(turn, "offer_person", "verification_failed")
        reply.say("utter_address_changed", **self.values(order, data, turn.language))
        reply.did(
            {
                "it": f"Ha cambiato l'indirizzo dell'ordine {number}",
                "en": f"Changed the address of order {number}",
            }
        )
        return []


def address_in(text: str) -> str | None:
    """The postal address in a message, in one line; None unless street, house and postcode are
    all there."""
    led = _LEADING.sub("", text, count=1) if _POSTCODE.search(text) else text
    line = ", ".join(part.strip(" ,;") for part in led.splitlines() if part.strip(" ,;"))
    line = " ".join(line.split()).strip(" .")
    postcode = _POSTCODE.search(line)
    if not postcode or not _LEAST <= len(line) <= _MOST or "?" in line:
        return None
    rest = line[: postcode.start()] + " " + line[postcode.end() :]
    return line if _HOUSE.search(rest) and _STREET.search(rest) else None


def _too_late(turn: Turn, reply: Reply, order: Order) -> Events:
    number = str(order["number"])
    if order.get("status") in ("delivered", "cancelled", "returned"):
        reply.say("utter_address_over", number=number)
        return []
    reply.say("utter_address_too_late", number=number)
    summary = {
        "it": f"Chiede di cambiare l'indirizzo dell'ordine {number}, già pronto o partito.",
        "en": f"Asks to change the address of order {number}, already packed or on its way.",
    }
    draft = draft_case("order_change", summary[turn.language], number)
    return [draft, *ask(turn, "offer_case", "request")]
