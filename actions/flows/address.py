"""Another delivery address for an order that hasn't been packed yet."""

from __future__ import annotations

import re

from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict
from actions.care_action import Events
from actions.flows import confirming
from actions.flows.matter import ANSWERED, CONFIRM, Data, Order, Steps, access, said_with
from actions.phrases import phrases
from actions.questions import ask, draft_case
from actions.reply import Reply
from actions.turn import Turn

_LEAST, _MOST = 8, 300
# Italy and most of the continent have five digits or four, Britain letters and digits.
_POSTCODE = re.compile(
    r"(?<![\w-])(?:[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|\d{4}\s?[a-z]{2}(?=\s+\w)|\d{4,5})(?!\w)",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"(?<![\w-])(?:\d{1,4}(?:\s?[a-z](?![a-z]))?(?:[/-]\w{1,4})?|s\.?n\.?c\.?)(?!\w)",
    re.IGNORECASE,
)
# Which order it is isn't part of where it goes.
_ORDER = re.compile(
    r"(?:\b(?:dell['’]|per l['’]|l['’]|for |of |my |the )?"
    r"(?:ordine|order)\s*(?:n\S*\s*|number\s*|#)?)?"
    r"\bLA[\s-]?\d{5}\b|\b(?:ordine|order)\s+(?:n\S*\s*|number\s*)?\d{5}\b",
    re.IGNORECASE,
)
# What leads up to an address isn't part of it.
_LEADING = re.compile(
    r"\A.*?\b(?:indirizzo|address|spedi(?:te|re|telo|scilo|tela|rlo)|consegna(?:te|re|telo|tela|to)"
    r"|mandatelo|mandarlo|abito|send it|deliver it|ship it|live)\b"
    r"(?:\s+(?:giusto|corretto|nuovo|esatto|è|e'|a|al|in|ora|adesso|invece|sarebbe|diventa|questo"
    r"|is|now|at|of|for|per|di|should be|to|correct|right|new|this))*"
    r"\s*[:,-]?\s+(?=\S)",
    re.IGNORECASE | re.DOTALL,
)
# "È via Roma 3, grazie": courtesies at both ends.
_BEFORE = re.compile(
    r"\A(?:(?:no|sì|si|ok|ecco|scus\w+|allora|è|e'|a|in|it's|it is|here(?: it is)?|sorry|please|to"
    r"|yes|anzi|il|la|questo|this|sarebbe|ciao|hi)\b[\s,:.!-]*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s,;.!-]*\b(?:grazie(?: mille)?|per favore|thanks|thank you|please|cheers)\W*\Z",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b(?:via|viale|v\.le|vicolo|piazza|piazzale|p\.?za|corso|c\.so|largo|strada|loc(?:alità|\.)?|"
    r"frazione|fraz\.|borgo|borgata|cascina|contrada|salita|lungomare|street|st|road|rd|lane|avenue|"
    r"ave|close|drive|square|court|way|terrace|crescent|place|row|mews|gardens|hill|house|flat|"
    r"strasse|straße|rue)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_WORDS_OF_AN_ADDRESS = 2


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
        return self.begin(order, {"address": address_in(said_with(turn, self.intent), wish=True)})

    def values(self, order: Order, data: Data, language: str) -> dict[str, str]:
        return {
            "number": str(order.get("number", "")),
            "address": str(data.get("address") or data.get("part") or ""),
        }

    def question(self, step: str, data: Data) -> str:
        lacks = f"_{data['lacks']}" if step == "address" and data.get("lacks") else ""
        return f"{super().question(step, data)}{lacks}"

    def summary(self, order: Order, data: Data, language: str) -> str:
        wish = {
            "it": "Nuovo indirizzo per l'ordine {number}: {address}",
            "en": "New address for order {number}: {address}",
        }
        return wish[language].format(
            number=order["number"], address=data.get("address") or data.get("part") or "?"
        )

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        if step == CONFIRM:
            return confirming.heard(turn)
        if "?" in turn.words:
            return None
        # The postcode that was missing completes what was said before.
        for said in (turn.words, ", ".join(filter(None, (data.get("part"), turn.words)))):
            address = address_in(said)
            if address:
                return {"address": address, "part": None, "lacks": None}
        part = ", ".join(filter(None, (data.get("part"), one_line(turn.words))))
        lacks = _lacks(part)
        return {"part": part[:_MOST], "lacks": lacks} if lacks else None

    def corrected(self, turn: Turn, order: Order, data: Data) -> Data | None:
        heard = self.hear("address", turn, order, {})
        if heard and heard.get("address"):
            return None if heard["address"] == data.get("address") else heard
        return {"address": None, "part": None, "lacks": None} if turn.intent == "correct" else None

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
        reply.say("utter_address_changed", **self.values(order, data, turn.language))
        reply.did(
            {
                "it": f"Ha cambiato l'indirizzo dell'ordine {number}",
                "en": f"Changed the address of order {number}",
            }
        )
        return []


def address_in(text: str, *, wish: bool = False) -> str | None:
    """The postal address in a message, in one line; None unless street, house and postcode are
    all there. `wish`: nobody has asked for it yet, so a street must be called one.
    """
    line = one_line(text)
    if "?" in line or (wish and not _STREET.search(line)) or not _LEAST <= len(line) <= _MOST:
        return None
    return line if _POSTCODE.search(line) and not _lacks(line) else None


def one_line(text: str) -> str:
    """The lines of a label after one another, without what leads up to them."""
    said = _ORDER.sub(" ", text)
    led = _LEADING.sub("", said, count=1) if _POSTCODE.search(said) else said
    line = ", ".join(part.strip(" ,;.") for part in led.splitlines() if part.strip(" ,;."))
    line = _AFTER.sub("", _BEFORE.sub("", " ".join(line.split())))
    return line.strip(" ,;.")


def _lacks(line: str) -> str | None:
    """What an address still lacks: `postcode` or `house`; None when it has both or is none."""
    postcode = _POSTCODE.search(line)
    rest = line[: postcode.start()] + " " + line[postcode.end() :] if postcode else line
    house = bool(_HOUSE.search(rest))
    if len(_WORDS.findall(rest)) < _WORDS_OF_AN_ADDRESS:
        return "street" if postcode else None
    if postcode:
        return None if house else "house"
    return "postcode" if house and _STREET.search(rest) else None


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
