"""Another size or colour, or something else, for what goes back."""

from __future__ import annotations

import re
from typing import Any

from actions.flows.matter import CONFIRM, Data, Order, said_with
from actions.flows.returning import Return
from actions.phrases import phrases
from actions.turn import Turn

_LETTERS = r"(?:XXS|XS|S|M|L|XL|XXL|xxs|xs|xl|xxl)"
_ARTICLE = r"(?:un[ao']?\s+|il\s+|la\s+|lo\s+|l'|a\s+|an\s+|the\s+)?"
_INSTEAD = (
    r"\b(?:con|per|in|alla?|vorrei|voglio|prender\w+|prendo|serve|servirebbe|mandat\w+|meglio"
    r"|avere|for|to|into|need|want|like|have|get|instead|prefer)\s+"
)
_REST = r"[^.!?\n,;]{0,80}"
_SIZE_WORD = r"(?:taglia|misura|size)"
_MORE = r"(?:più|meno|piu|bigger|larger|smaller|up|down|longer|shorter)"
_COLOURS = (
    r"(?:blu|grigi|ner[oiae]|bianc|ross[oiae]|verd|giall|ros[ae]\b|viola|marron|beige|panna|azzurr"
    r"|celest|arancio|bordeaux|antracite|blue|gr[ea]y|black|white|red\b|green|yellow|pink|purple"
    r"|brown|cream|navy|natural)"
)
_TO_HAVE = r"\b(?:con|in|per|vorrei|voglio|prefer\w+|for|the|want)\s+"
_WANTED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:{_INSTEAD})((?i:{_ARTICLE}{_SIZE_WORD})\s+(?:{_LETTERS}|\d{{1,3}}|[smlSML])\b{_REST})",
        rf"(?i:{_INSTEAD})((?i:{_ARTICLE}){_LETTERS}\b{_REST})",
        rf"(?i)((?:un[ao']?|a|the|one|two|due)\s+(?:{_SIZE_WORD}s?|numero)\s+(?:in\s+)?{_MORE}\b{_REST})",
        rf"(?i)((?:un[oa]?|a|one)\s+{_MORE}\s+(?:grande|piccol\w|{_SIZE_WORD}|one)\b{_REST})",
        rf"(?i)\b((?:{_SIZE_WORD})\s+{_MORE}\s+\w+)",
        rf"(?i){_TO_HAVE}((?:(?:quell[oaie]|colore|the|il|la|un|una|a)\s+)*{_COLOURS}{_REST})",
    )
)
_BARE = re.compile(
    rf"\b((?i:(?:la|una|the|a|size|taglia|misura)\s+(?:{_SIZE_WORD}\s+)?)(?:{_LETTERS}|[sml]))\b"
    rf"|^(?:no,?\s+|anzi,?\s+)?({_LETTERS})\W*$"
)
_SIZE = phrases("taglia\nmisura\nsize\nlarger\nsmaller\nbigger")
_A_SIZE = re.compile(rf"{_ARTICLE}(?:{_LETTERS})\b", re.IGNORECASE)
_UNSURE = phrases(
    """
    non (?:lo |ne )?so
    boh
    (?:don't|do not) know
    not sure
    no idea
    """
)


class Exchange(Return):
    """As a return, and what the customer would like instead."""

    intent = "exchange_item"
    steps = ("items", "quantity", "reason", "wanted", CONFIRM)
    offer = {"it": "Prepara il cambio", "en": "Arrange an exchange"}
    no_order = "utter_exchange_no_order"
    kind = "exchange"
    done = "utter_exchange_done"

    def hear(self, step: str, turn: Turn, order: Order, data: Data) -> Data | None:
        if step != "wanted":
            return super().hear(step, turn, order, data)
        words = turn.words.strip()
        if not words or "?" in words or turn.intent in ("affirm", "deny") or _UNSURE.search(words):
            return None
        return {"wanted": wanted_in(words) or words[:500]}

    def corrected(self, turn: Turn, order: Order, data: Data) -> Data | None:
        change = super().corrected(turn, order, data) or {}
        wanted = wanted_in(turn.words) or _newly_wanted(turn.words)
        if wanted and wanted != data.get("wanted"):
            # "No, the size M" puts right what is sent, not why.
            change = {k: v for k, v in change.items() if k not in ("reason", "details")}
            change["wanted"] = wanted
        return change or None

    def _known(self, turn: Turn, number: str, lines: list[dict[str, Any]]) -> Data:
        data = super()._known(turn, number, lines)
        wish = said_with(turn, self.intent)
        wanted = wanted_in(wish)
        if wanted:
            data["wanted"] = wanted
        # Whoever wants another size needn't say that the size is why.
        if not data.get("reason") and (_SIZE.search(wish) or (wanted and _A_SIZE.match(wanted))):
            data["reason"] = "size"
        return data


def wanted_in(text: str) -> str | None:
    """What the words want instead, as far as it can be packed: "un colore diverso" can't be."""
    for pattern in _WANTED:
        match = pattern.search(text)
        if match:
            return " ".join(match[1].split()).rstrip(" ,;")[:500]
    return None


def _newly_wanted(text: str) -> str | None:
    """ "No, the L": a size by itself, where only what is wanted can be meant."""
    match = _BARE.search(text)
    return (match[1] or match[2]) if match else None
