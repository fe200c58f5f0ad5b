"""Sending something back, for the money or for something else: which pieces, why, then a label."""

from __future__ import annotations

from typing import Any, ClassVar

from actions.bridge_client import BridgeClient
from actions.bridge_errors import Conflict
from actions.care_action import Events
from actions.dates import day_of, spoken
from actions.flows import confirming, items, reasons
from actions.flows import return_words as words
from actions.flows.matter import (
    ANSWERED,
    CONFIRM,
    Button,
    Data,
    Order,
    Steps,
    access,
    said_with,
)
from actions.questions import ask, draft_case
from actions.reply import Reply, payload
from actions.turn import Turn

_MOST_BUTTONS = 3


class Return(Steps):
    """A return: the bridge announces it and mails how to send the parcel."""

    intent = "return_item"
    steps = ("items", "quantity", "reason", CONFIRM)
    general = words.GENERAL
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
            return [*self.refuse(turn, reply, order), access(ANSWERED)]
        lines = [
            {key: line[key] for key in ("position", "name", "quantity")}
            for line in order.get("items") or []
        ]
        return self.begin(order, self._known(turn, number, lines), items=lines)

    def again(self, order: Order) -> Data:
        lines = order["items"]
        return {"items": [lines[0]["position"]]} if len(lines) == 1 else {}

    def picks(self, orders: list[Order], turn: Turn) -> list[Order]:
        wish = said_with(turn, self.intent)
        found = [o for o in orders if items.lines_in(wish, o.get("items") or [], wish=True)]
        return found if len(found) == 1 else orders

    def missing(self, order: Order, data: Data) -> str | None:
        for step in self.steps:
            if data.get(step) is None and not (step == "quantity" and _no_count(order, data)):
                return step
        return None

    def buttons(self, step: str, order: Order, language: str) -> list[Button]:
        if step == "items":
            names = [
                {"title": items.title(str(line["name"])), "payload": _item(line["position"])}
                for line in order["items"][: _MOST_BUTTONS - 1]
            ]
            everything = {"title": words.ALL[language], "payload": _item("all")}
            return names if len(order["items"]) == 1 else [*names, everything]
        return []

    def values(self, order: Order, data: Data, language: str) -> dict[str, str]:
        lines = _lines(order, data)
        reason = data.get("reason")
        return {
            "number": str(order.get("number", "")),
            "items": items.told(lines),
            "names": ", ".join(items.short(str(line["name"])) for line in order.get("items") or []),
            "reason": words.REASONS[language].get(str(reason), ""),
            "label": self.label(language, str(reason)),
            "wanted": str(data.get("wanted") or ""),
        }

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        if step == "items":
            return self._hear_items(turn, order["items"], data)
        if step == "quantity":
            lines = _lines(order, {**data, "quantity": None})
            count = items.pieces(turn.words, lines[0]["quantity"]) if len(lines) == 1 else None
            return {"quantity": count} if count else None
        if step == "reason":
            reason = reasons.heard(turn)
            return {"reason": reason, "details": turn.words[:1000] or None} if reason else None
        return confirming.heard(turn)

    def _hear_items(self, turn: Turn, lines: list[dict[str, Any]], data: Data) -> Data | None:
        tapped = turn.entity("item")
        found = _chosen(items.lines_in(turn.words, lines), lines)
        if tapped is not None and tapped != "all":
            found = _chosen({i["position"]: None for i in lines if str(i["position"]) == tapped})
        elif tapped == "all" or (not found and items.means_all(turn.words)):
            found = _all(lines)
        elif not found:
            place = items.chosen(turn.words, lines)
            found = _chosen({place["position"]: None}) if place else {}
        if not found:
            return None
        reason = None if data.get("reason") else reasons.reason_of(turn.words)
        # "The jumper, it's too big": the next question is answered too.
        return {**found, "reason": reason, "details": turn.words[:1000]} if reason else found

    def corrected(self, turn: Turn, order: Order, data: Data) -> Data | None:
        lines, said = order["items"], turn.words
        named = items.lines_in(said, lines)
        change: Data = {}
        if named:
            # "The needles too" adds to what was said, "no, the yarn" takes its place.
            before = {i["position"]: i["quantity"] for i in _lines(order, data)}
            change = _chosen({**before, **named} if words.TOO.search(said) else named, lines)
        elif items.means_all(said) and len(lines) > 1:
            change = _all(lines)
        else:
            change = self.hear("quantity", turn, order, data) or {}
        reason = turn.entity("reason") or reasons.reason_of(said)
        # "The wrong one is the yarn" says which, not why.
        if reason and not (named and reason == "wrong_item"):
            change |= {"reason": reason, "details": said[:1000] or data.get("details")}
        told = {**data, **change}
        same = _lines(order, told) == _lines(order, data) and told["reason"] == data["reason"]
        return None if same else change

    def label(self, language: str, reason: str) -> str:
        """Who pays for the way back; the bridge does the sums."""
        return words.LABEL[language]["ours" if reason in reasons.OURS else self.kind]

    def summary(self, order: Order, data: Data, language: str) -> str:
        told = items.told(_lines(order, data)) or "?"
        reason = words.REASONS[language].get(str(data.get("reason")), "?")
        parts = [words.WISH[language][self.kind].format(number=order["number"], items=told), reason]
        parts += [f"→ {data['wanted']}"] if data.get("wanted") else []
        parts += [f"«{data['details'][:300]}»"] if data.get("details") else []
        return " · ".join(parts)

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
            if error.code not in words.REFUSED:
                raise
            reply.say(words.REFUSED[error.code], number=number)
            return self._colleagues(turn, number)
        by = day_of(made.get("send_by"))
        # Without an address on file nobody was mailed anything: colleagues send it.
        mailed = made.get("mailed", True)
        reply.say(
            self.done if mailed else f"{self.done}_no_mail",
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
        if mailed:
            return []
        said = {
            "it": f"Il reso {made['reference']} aspetta le istruzioni: non c'è un'e-mail.",
            "en": f"Return {made['reference']} waits for its instructions: no e-mail on file.",
        }
        draft = draft_case("return_refund", said[turn.language], number)
        return [draft, *ask(turn, "offer_case", "request")]

    def _known(self, turn: Turn, number: str, lines: list[dict[str, Any]]) -> Data:
        """What the customer said already: with the wish, before it, or for a wish it replaces."""
        wish = said_with(turn, self.intent)
        reason = turn.entity("reason") or reasons.reason_of(wish)
        data: Data = {"reason": reason, "details": wish[:1000] if reason and wish else None}
        found = items.lines_in(wish, lines, wish=True)
        if not found and items.means_all(wish, wish=True):
            data |= _all(lines)
        elif not found and len(lines) == 1:
            data |= _chosen({lines[0]["position"]: items.counted(wish, lines[0])})
        elif found:
            data |= _chosen(found, lines)
        before = turn.slot("request") or {}
        if (
            turn.active_form == "request_form"
            and before.get("matter") in ("return_item", "exchange_item")
            and before["order"].get("number") == number
        ):
            # A return that becomes an exchange is about the same pieces.
            kept = {name: before["data"].get(name) for name in words.SHARED}
            data = {**kept, **{name: value for name, value in data.items() if value is not None}}
        return data

    def refuse(self, turn: Turn, reply: Reply, order: Order) -> Events:
        """Say why nothing of this order can be sent back; colleagues may see it otherwise."""
        number = str(order["number"])
        reply.say(_why_not(order), number=number)
        return self._colleagues(turn, number)

    def _colleagues(self, turn: Turn, number: str) -> Events:
        summary = {
            "it": f"Chiede un reso o un cambio per l'ordine {number}, fuori dalle regole.",
            "en": f"Asks to return or exchange order {number}, outside the rules.",
        }
        draft = draft_case("return_refund", summary[turn.language], number)
        return [draft, *ask(turn, "offer_case", "request")]


def _lines(order: Order, data: Data) -> list[dict[str, Any]]:
    """The chosen lines with the chosen number of pieces."""
    chosen = [x for x in order.get("items") or [] if x["position"] in (data.get("items") or ())]
    count = data.get("quantity")
    if len(chosen) == 1 and isinstance(count, int):
        return [{**chosen[0], "quantity": count}]
    each = count if isinstance(count, dict) else {}
    return [{**x, "quantity": each.get(str(x["position"]), x["quantity"])} for x in chosen]


def _chosen(found: items.Lines, lines: list[dict[str, Any]] | None = None) -> Data:
    """These lines as data; where there are several, a line without a number is meant whole."""
    if not found:
        return {}
    if len(found) == 1:
        [(position, count)] = found.items()
        return {"items": [position], "quantity": count}
    whole = {i["position"]: i["quantity"] for i in lines or ()}
    each = {str(place): count or whole.get(place) for place, count in found.items()}
    return {"items": sorted(found), "quantity": each}


def _all(lines: list[dict[str, Any]]) -> Data:
    return {"items": [line["position"] for line in lines], "quantity": "all"}


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
