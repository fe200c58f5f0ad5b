"""A code that should take something off the price: what it is worth, or why it doesn't work."""

from __future__ import annotations

import re

from actions.bridge_client import BridgeClient
from actions.bridge_errors import NotFound
from actions.care_action import Events
from actions.dates import day_of, spoken
from actions.flows.matter import ANSWERED, Data, Order, Steps, access
from actions.flows.telling import money
from actions.phrases import phrases
from actions.questions import ask, draft_case
from actions.reply import Reply
from actions.turn import Turn

_CODE = re.compile(
    r"(?<![\w@.-])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9-]*\d|[A-Z]{6,})[A-Z0-9-]{4,24}(?![\w@])"
)
_ANY_CASE = re.compile(r"(?<![\w@.-])(?=[a-z-]*\d)[a-z0-9-]{4,24}(?![\w@])", re.IGNORECASE)
_TROUBLE = phrases(
    """
    non (?:\\S+ ){0,4}(?:funzion|va|accett|riconosc|prende|applic|valid|entra)~
    (?:scadut|rifiutat|errat|invalid)[oaie]
    (?:errore|problema)
    (?:doesn't|does not|won't|isn't|not|didn't) (?:\\S+ )?(?:work|accept|appl|valid|recogni|go)~
    (?:invalid|expired|rejected|error|refused)
    """
)


class Promotion(Steps):
    """Asks for the code where it wasn't given. Nothing here is anybody's own."""

    intent = "promo_code"
    needs_order = False
    personal = False
    steps = ("code",)

    def asks_how(self, turn: Turn) -> bool:
        return not (code_in(turn) or _TROUBLE.search(turn.words) or turn.entity("choice"))

    async def at_hand(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order | None
    ) -> Events:
        code = code_in(turn)
        if code:
            return [*await _tell(turn, reply, bridge, code), access(ANSWERED)]
        return self.begin(None, {})

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        code = code_in(turn) or _single_word(turn.words)
        return {"code": code} if code else None

    async def finish(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order, data: Data
    ) -> Events:
        return await _tell(turn, reply, bridge, str(data["code"]))


def code_in(turn: Turn) -> str | None:
    """The code that a message names, in capitals."""
    found = turn.entity("coupon")
    if found:
        return found.upper()
    match = _CODE.search(turn.words) or (
        _ANY_CASE.search(turn.words) if turn.intent == "promo_code" else None
    )
    return match[0].upper() if match and not turn.entity("order_number") else None


def _single_word(text: str) -> str | None:
    word = text.strip(" .!\"'«»“”")
    return word.upper() if re.fullmatch(r"[\w-]{4,24}", word) and not word.isdigit() else None


async def _tell(turn: Turn, reply: Reply, bridge: BridgeClient, code: str) -> Events:
    try:
        found = await bridge.promotion(code, turn.language)
    except NotFound:
        reply.say("utter_promo_unknown", code=code)
        summary = {
            "it": f"Il codice {code} non risulta.",
            "en": f"The code {code} isn't known.",
        }
        draft = draft_case("account", summary[turn.language], None)
        return [draft, *ask(turn, "offer_case", "request")]
    until = day_of(found.get("valid_until"))
    state = str(found.get("state"))
    minimum = found.get("minimum")
    values = {
        "code": code,
        "discount": found.get("discount") or "",
        "day": spoken(until, turn.language) if until else "",
        "minimum": money(minimum, {"currency": "EUR"}, turn.language) if minimum else "",
    }
    if state != "valid":
        reply.say(f"utter_promo_{state}", **values)
        return []
    reply.say("utter_promo_valid", **values)
    if found.get("first_order_only"):
        reply.say("utter_promo_first_order")
    if minimum:
        reply.say("utter_promo_minimum", **values)
    if until:
        reply.say("utter_promo_until", **values)
    return ask(turn, "did_it_help")
