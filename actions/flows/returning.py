"""Sending something back, for the money or for something else: which pieces, why, then a label."""

from __future__ import annotations

from typing import Any, ClassVar

from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict, GrantRequired
from actions.care_action import Events
from actions.dates import day_of, spoken
from actions.flows import confirming, items, reasons
from actions.flows.matter import ANSWERED, CONFIRM, Button, Data, Order, Steps, access
from actions.phrases import phrases, word_count
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn

_MOST_BUTTONS = 3
_ALL = {"it": "Tutto", "en": "All of it"}
_SAID = {
    "it": {
        "size": "taglia o misura",
        "not_as_expected": "non convince",
        "changed_mind": "ripensamento",
        "damaged": "difetto",
        "wrong_item": "articolo sbagliato",
        "other": "altro motivo",
    },
    "en": {
        "size": "size or fit",
        "not_as_expected": "not as expected",
        "changed_mind": "change of mind",
        "damaged": "faulty",
        "wrong_item": "wrong item",
        "other": "another reason",
    },
}
# What the label costs, in words that end the sentence "…"; the bridge does the sums.
_LABEL = {
    "it": {
        True: "La spedizione la paghiamo noi.",
        False: "Dall'Italia l'etichetta costa 4,90 €, che togliamo dal rimborso.",
    },
    "en": {
        True: "We pay for the postage.",
        False: "From Italy the label costs €4.90, taken off the refund; from elsewhere you choose"
        " the carrier.",
    },
}
_GENERAL = phrases(
    """
    ^(?:ciao |salve |buongiorno |buonasera |scusate? )?(?:come|quanto|quanti|entro|chi|cosa)
    ^(?:ciao |salve |buongiorno |buonasera )?(?:qual è|quali)
    (?:^|[,.!] )(?:si può|si possono|è possibile|posso|potrei|accettate|riprendete|fate)
    (?:politica|condizioni|regole|tempi) (?:di|del|dei|per)
    ^(?:hi |hello |hey )?(?:how|what|who|which|when|are)
    ^(?:hi |hello |hey )?(?:do you|does|is it|can i|could i|can you|may i)
    (?:policy|rules|conditions) (?:on|for|about)?
    (?:returns?|exchanges?|reso|resi|cambi) policy
    """
)


class Return(Steps):
    """A return: the bridge announces it and mails how to send the parcel."""

    intent = "return_item"
    steps = ("items", "quantity", "reason", CONFIRM)
    general = _GENERAL
    offer = {"it": "Prepara il reso", "en": "Prepare a return"}
    no_order = "utter_return_no_order"
    kind: ClassVar[str] = "return"
    done: ClassVar[str] = "utter_return_done"

    def fits(self, order: Order) -> bool:
        return bool((order.get("allowed") or {}).get("return_until"))

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        assert order is not None
        number = str(order["number"])
        if not self.fits(order):
            reply.say(_why_not(order), number=number)
            return [*self._colleagues(turn, number), access(ANSWERED)]
        lines = [
            {key: line[key] for key in ("position", "name", "quantity")}
            for line in order.get("items") or []
        ]
        return self.begin(order, self._known(turn, lines), items=lines)

    def missing(self, order: Order, data: Data) -> str | None:
        for step in self.steps:
            if data.get(step) is None and not (step == "quantity" and _no_count(order, data)):
                return step
        return None

    def buttons(self, step: str, order: Order, language: str) -> list[Button]:
        if step == "items":
            names = [
                {"title": items.short(str(line["name"]))[:20], "payload": _item(line["position"])}
                for line in order["items"][: _MOST_BUTTONS - 1]
            ]
            return [*names, {"title": _ALL[language], "payload": _item("all")}]
        return []

    def values(self, order: Order, data: Data, language: str) -> dict[str, str]:
        lines = _lines(order, data)
        reason = data.get("reason")
        return {
            "number": str(order.get("number", "")),
            "items": items.told(lines),
            "most": str(lines[0]["quantity"]) if len(lines) == 1 else "",
            "names": ", ".join(items.short(str(line["name"])) for line in order.get("items") or []),
            "reason": _SAID[language].get(str(reason), ""),
            "label": _LABEL[language][reason in reasons.OURS],
            "wanted": str(data.get("wanted") or ""),
        }

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        lines = order["items"]
        if step == "items":
            tapped = turn.entity("item")
            if tapped == "all" or items.means_all(turn.words):
                return {"items": [line["position"] for line in lines], "quantity": "all"}
            line = next((each for each in lines if str(each["position"]) == tapped), None)
            line = line or items.chosen(turn.words, lines)
            if line is None:
                return None
            count = None if tapped else items.pieces(turn.words, line["quantity"])
            found = {"items": [line["position"]], "quantity": count}
            reason = None if data.get("reason") else reasons.reason_of(turn.words)
            # "The jumper, it's too big": the next question is answered too.
            return {**found, "reason": reason, "details": turn.words[:1000]} if reason else found
        if step == "quantity":
            [line] = _lines(order, data)
            count = items.pieces(turn.words, line["quantity"])
            return {"quantity": count} if count else None
        if step == "reason":
            reason = reasons.heard(turn)
            return {"reason": reason, "details": turn.words[:1000] or None} if reason else None
        return confirming.heard(turn)

    async def finish(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order, data: Data
    ) -> Events:
        number = str(order["number"])
        wish = {
            "kind": self.kind,
            "items": [
                {"position": line["position"], "quantity": line["quantity"]}
                for line in _lines(order, data)
            ],
            "reason": data["reason"],
            "details": data.get("details"),
            "wanted": data.get("wanted"),
        }
        try:
            made = await bridge.announce_return(
                number, turn.conversation, wish, turn.language, turn.key("action_finish_request")
            )
        except Conflict as error:
            again = error.code == "already_returned"
            reply.say("utter_return_known" if again else "utter_return_too_late", number=number)
            return self._colleagues(turn, number)
        except GrantRequired:
            reply.say("utter_order_not_shown")
            return ask(turn, "offer_person", "verification_failed")
        by = day_of(made.get("send_by"))
        reply.say(
            self.done,
            **{
                **self.values(order, data, turn.language),
                "reference": made["reference"],
                "day": spoken(by, turn.language) if by else "",
            },
        )
        reply.signal("problem", topic="return_refund")
        reply.did(
            {
                "it": f"Ha registrato il reso {made['reference']} ({number})",
                "en": f"Registered return {made['reference']} ({number})",
            }
        )
        return []

    def _known(self, turn: Turn, lines: list[dict[str, Any]]) -> Data:
        """What the customer said already, with the wish or before it."""
        tapped = turn.entity("reason")
        # Being verified came between: then the wish stands in an earlier message.
        wish = turn.words if turn.intent == self.intent else str(turn.slot("wish") or "")
        reason = tapped or reasons.reason_of(wish)
        data: Data = {"reason": reason, "details": wish[:1000] if reason else None}
        line = lines[0] if len(lines) == 1 else items.named(wish, lines)
        if line is not None:
            data["items"] = [line["position"]]
            data["quantity"] = items.pieces(wish, line["quantity"]) if len(lines) > 1 else None
        elif items.means_all(wish):
            data = {**data, "items": [each["position"] for each in lines], "quantity": "all"}
        return data

    def _colleagues(self, turn: Turn, number: str) -> Events:
        summary = {
            "it": f"Chiede un reso o un cambio per l'ordine {number}, fuori dalle regole.",
            "en": f"Asks to return or exchange order {number}, outside the rules.",
        }
        draft = draft_case("return_refund", summary[turn.language], number)
        return [draft, *ask(turn, "offer_case", "request")]


class Exchange(Return):
    """As a return, and what the customer would like instead."""

    intent = "exchange_item"
    steps = ("items", "quantity", "reason", "wanted", CONFIRM)
    offer = {"it": "Prepara il cambio", "en": "Arrange an exchange"}
    kind = "exchange"
    done = "utter_exchange_done"

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        if step != "wanted":
            return super().hear(step, turn, order, data)
        words = turn.words.strip()
        if not words or "?" in words or turn.intent in ("affirm", "deny"):
            return None
        return {"wanted": words[:500]}

    def _known(self, turn: Turn, lines: list[dict[str, Any]]) -> Data:
        data = super()._known(turn, lines)
        wish = turn.words if turn.intent == self.intent else str(turn.slot("wish") or "")
        wanted = _WANTED.search(wish)
        # Whoever wants another size needn't say that the size is why.
        data["reason"] = data["reason"] or ("size" if _SIZE.search(wish) else None)
        if wanted and word_count(wanted[0]) > 1:
            data["wanted"] = wanted[0][:500]
        return data


_WANTED = phrases(
    """
    (?:con|per|in|vorrei|prendere) (?:un[ao]? |il |la |lo |l')?(?:taglia|misura) [^.!?\\n]+
    (?:con|per|in|vorrei|prendere) (?:un[ao]? |il |la |lo |l')?(?:colore|altr[oa]) [^.!?\\n]+
    (?:taglia|misura) (?:xs|s|m|l|xl|xxl|\\d+)
    (?:for|to|in) (?:a |the |an )?(?:size|colou?r|another) [^.!?\\n]+
    (?:for|to|in) (?:a |the |an )?(?:different|larger|smaller|bigger) [^.!?\\n]+
    size (?:xs|s|m|l|xl|xxl|\\d+)
    """
)
_SIZE = phrases("taglia\nmisura\nsize\nlarger\nsmaller\nbigger")


def _lines(order: Order, data: Data) -> list[dict[str, Any]]:
    """The chosen lines with the chosen number of pieces."""
    chosen = [x for x in order.get("items") or [] if x["position"] in (data.get("items") or ())]
    count = data.get("quantity")
    if len(chosen) == 1 and isinstance(count, int):
        return [{**chosen[0], "quantity": count}]
    return chosen


def _no_count(order: Order, data: Data) -> bool:
    """Whether there is nothing to count: one piece, or several lines at once."""
    lines = _lines(order, data)
    return len(lines) != 1 or lines[0]["quantity"] == 1


def _why_not(order: Order) -> str:
    status = str(order.get("status"))
    if status in ("placed", "paid", "packed", "shipped"):
        return "utter_return_not_there_yet"
    if status in ("returned", "cancelled"):
        return "utter_return_known"
    return "utter_return_too_late"


def _item(position: Any) -> str:
    return payload("inform", item=str(position))
