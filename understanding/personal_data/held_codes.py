"""Codes that one person holds: vouchers, registered post, gates; orders glued or with a year."""

from __future__ import annotations

import re

from understanding.personal_data.spans import Taken

# Groups of letters and digits ("AUR-7KQ2-M9XD"); what everybody may use (WELCOME10) has no groups.
_VOUCHER = re.compile(
    r"\b(?:codice (?:regalo|sconto|buono|promo\w{0,8})|buono(?: \w{2,8}){0,2}|carta regalo"
    r"|gift ?-?cards?|e-?gift|voucher|discount code|store credit|coupon)\b[^\n.!?;]{0,30}?"
    r"(?<![\w-])(?P<it>(?=[A-Z-]{0,24}\d)[A-Z0-9]{2,12}(?:-[A-Z0-9]{3,8}){1,5})(?![\w-])",
    re.I,
)
# Universal Postal Union, standard S10: a service, nine digits, a country.
_POSTAL = re.compile(
    r"(?<![\w@])(?:[A-Z]{2}[ -]?\d(?:[ -]?\d){8}[ -]?[A-Z]{2}|[a-z]{2} ?\d(?:[ -]?\d){8}[a-z]{2})"
    r"(?![\w@])"
)
_GATE = (
    r"(?:cancell\w{1,4}|porton\w|tastierin\w|gate|keypad|key ?safe|lock ?box|entry|entrance|door)"
)
_CALLED = r"(?:codic\w|combinazione|code|pin|combination)"
_GATE_CODE = re.compile(
    rf"\b(?:{_CALLED}\b[^\n.!?\d#*]{{0,30}}?\b{_GATE}|{_GATE}\b[^\n.!?\d#*]{{0,12}}?\b{_CALLED})\b"
    r"[^\n.!?\d#*]{0,20}(?P<it>[#*]?(?:[A-Z]\d{3,5}|\d{3,6}[A-Z]?)\b[#*]?)(?![\w€$£%]|[.,]\d)",
    re.I,
)
_GLUED = re.compile(
    r"(?<![^\W\d_])(?:ordine|order|ord)[_-]?(?P<it>\d{5})(?!\d|[.,]\d|[€$£%])", re.I
)
_NUMBERED = re.compile(r"(?<!\w)(?:no|n|nr|num)\.(?P<it>\d{5})(?![\w€$£%@]|[.,]\d| \d)", re.I)
_YEARED = re.compile(
    r"\b(?:ordin[ei]|orders?)\b(?:[ :.#-]|\b(?:n|no|nr|num|number|numero|my|mio)\b){0,6}"
    r"(?P<it>20\d\d[-/]\d{3,8})(?![\w/-])",
    re.I,
)


def find_held_codes(text: str, taken: Taken) -> None:
    """Vouchers in groups, numbers of registered post, codes of gates."""
    for match in _POSTAL.finditer(text):
        taken.add(match.start(), match.end(), "code")
    for pattern in (_VOUCHER, _GATE_CODE):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "code")


def find_glued_orders(text: str, taken: Taken) -> None:
    """ "order61199", "No.61066", "ordine 2024-11873"."""
    for pattern in (_YEARED, _GLUED, _NUMBERED):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "order_number")
