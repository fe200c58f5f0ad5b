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

_CODE = re.compile(r"(?<![\w@.-])(?=[A-Z-]*\d)(?=[0-9-]*[A-Z])[A-Z0-9-]{4,24}(?![\w@])")
# In capitals and without a figure, where the rest isn't shouted too.
_LETTERS = re.compile(r"(?<![\w@.-])[A-Z]{6,24}(?![\w@])")
_ANY_CASE = re.compile(
    r"(?<![\w@.-])(?=[a-z-]*\d)(?=[0-9-]*[a-z])[a-z0-9-]{4,24}(?![\w@])", re.IGNORECASE
)
# "Il codice benvenuto 10": a space where there is none.
_APART = re.compile(
    r"\b(?:codice|code|coupon|buono|voucher)\s+(?:sconto\s+|promo\s+)?([a-z]{4,20})\s(\d{1,3})\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:\S+\s){0,3}?([^\W\d_]{3,20})\s?(\d{1,3})", re.IGNORECASE)
# "15euro", "20cm", "2x1" are no codes.
_AMOUNT = re.compile(r"\d+(?:euro?|eur|gbp|cm|mm|gr?|x\d*|th|st|nd|rd)", re.IGNORECASE)
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
        if "?" in turn.words or turn.intent in ("affirm", "deny"):
            return None
        code = code_in(turn) or _alone(turn.words)
        return {"code": code} if code else None

    def summary(self, order: Order, data: Data, language: str) -> str:
        wish = {"it": "Codice sconto: {code}", "en": "Promotional code: {code}"}
        return wish[language].format(code=data.get("code") or "?")

    async def finish(
        self, turn: Turn, reply: Reply, bridge: BridgeClient, order: Order, data: Data
    ) -> Events:
        return await _tell(turn, reply, bridge, str(data["code"]))


def code_in(turn: Turn) -> str | None:
    """The code that a message names, in capitals."""
    text = turn.words
    if turn.entity("order_number"):
        return None
    apart = _APART.search(text)
    if apart:
        return (apart[1] + apart[2]).upper()
    shouted = sum(c.islower() for c in text) < sum(c.isupper() for c in text)
    patterns = [_CODE]
    patterns += [] if shouted else [_LETTERS]
    patterns += [_ANY_CASE] if turn.intent == "promo_code" else []
    for pattern in patterns:
        for match in pattern.finditer(text):
            if not _AMOUNT.fullmatch(match[0]):
                return match[0].upper()
    return None


def _alone(text: str) -> str | None:
    """An answer that is the code: a word, or a word and its figure."""
    said = text.strip(" .!\"'«»“”")
    if re.fullmatch(r"[\w-]{4,24}", said) and not said.isdigit():
        return said.upper()
    apart = _ALONE.fullmatch(said)
    any_case = _ANY_CASE.search(said)
    if any_case and not _AMOUNT.fullmatch(any_case[0]):
        return any_case[0].upper()
    return (apart[1] + apart[2]).upper() if apart else None


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
    if found.get("note"):
        reply.say("utter_promo_note", note=found["note"])
    return ask(turn, "did_it_help")
