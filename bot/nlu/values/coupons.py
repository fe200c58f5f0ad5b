"""Codes of discounts: BENVENUTO10, "codice NATALE", "the welcome10 code"."""

from __future__ import annotations

import re
from typing import List

from bot.nlu.values.found import Found

COUPON = "coupon"

_TOKEN = re.compile(r"(?<![\w@.#/-])[^\W_]\w{2,19}(?:-\w{2,8})?(?![\w@/]|-\w|\.\w)")
_ANNOUNCES = re.compile(
    r"\b(?:codic[ei]|code|coupon|voucher|promo(?:zione|zional[ei]|code)?|sconto|discount|buono)\b"
    r"(?:[ ](?:promo|promozionale|sconto|discount|coupon|della|di|del|newsletter|benvenuto|is"
    r"|was|e|era"
    r"|il|lo|the|my|mio|called|named|chiamato|amico|per|con|with|using|using the)\b){0,3}"
    r"[ ]{0,2}[:=]?[ ]{0,2}[\"'(*]{0,2}$"
)
_FOLLOWS = re.compile(
    r"[\"')*]{0,2}[ ](?:discount |promo |coupon |voucher )?(?:code|coupon|voucher)\b"
)
# Codes of other things.
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:fiscale|fiscal|univoco|destinatario|sdi|iban|swift|bic|postale|avviamento|iva|vat|tax"
    r"|track\w{0,4}|tracciamento|tracciatura|spedizione|pacco|parcel|corriere|courier|ordine"
    r"|order|cliente"
    r"|prodotto|product|articolo|lotto|colore|colour|barre|ean|qr|zip|post|doganale|hs"
    r"|verifica|pin)\b"
    r"[^.!?\n]{0,12}$"
)
_ALONE = re.compile(r"[A-Z]{4,16}\d{1,3}|[A-Z]{3}\d{2}|[A-Z]{4,14}20\d\d")
_SMALL = re.compile(r"[a-z]{4,16}_?\d{1,4}", re.IGNORECASE)
_MIXED = re.compile(r"(?=.*\d)(?=(?:.*[A-Z]){3})[A-Z0-9_-]{5,24}")
_LETTERS = re.compile(r"[A-Z]{5,16}")
_NEVER = re.compile(
    r"covid\d*|rssmra\w*|iban|[a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z]|la\d{5}|[a-z]{3}-\w{3}"
    r"|[a-z]{2}\d{9}[a-z]{2}"
    r"|utf\d+|html\d|mp\d|windows\d+|iphone\d*|android\d+|galaxy\w*|oeko\w*|reach\w*",
    re.IGNORECASE,
)
_CAPITALS = (
    "SCONTO CODICE COUPON PROMO VOUCHER NEWSLETTER FISCALE EMAIL ORDINE ORDER DISCOUNT IBAN "
    "PAYPAL KLARNA SCADUTO EXPIRED INVALIDO INVALID SUBITO GRAZIE AIUTO PLEASE NEVER ANCORA "
    "SEMPRE NIENTE ERRORE ERROR"
)
_WORDS_IN_CAPITALS = frozenset(_CAPITALS.split())


def find(text: str, folded: str) -> List[Found]:
    """Codes in capital letters, with their places in the text; `text` as written but for what is
    taken, `folded` of the same length."""
    capitals = sum(1 for character in text if character.isupper())
    shouted = capitals > 12 and capitals > sum(1 for character in text if character.islower())
    found = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not (any(c.isupper() for c in token) or any(c.isdigit() for c in token)):
            continue
        if token.isdigit() or _NEVER.fullmatch(token):
            continue
        start, end = match.span()
        before = folded[max(0, start - 48) : start]
        if _OF_SOMETHING_ELSE.search(before):
            continue
        announced = bool(_ANNOUNCES.search(before) or _FOLLOWS.match(folded, end))
        if _is_code(token, announced=announced, shouted=shouted):
            found.append(Found(COUPON, token.upper(), start, end))
    return found


def _is_code(token: str, *, announced: bool, shouted: bool) -> bool:
    if _ALONE.fullmatch(token) and len(token) >= 5:
        return True
    if not announced:
        return False
    if _SMALL.fullmatch(token) or _MIXED.fullmatch(token):
        return True
    return not shouted and bool(_LETTERS.fullmatch(token)) and token not in _WORDS_IN_CAPITALS
