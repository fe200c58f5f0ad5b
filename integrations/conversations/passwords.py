"""Finds passwords, PINs and card security codes that customers write, by the words before them.

What follows the word is a password, in Italian or English, unless it is an ordinary word that says
how the password is ("is wrong", "non funziona"). One-time codes are not: the bot asks for them.
"""

from __future__ import annotations

import re

PASSWORD = "⟦password⟧"  # noqa: S105 - the mark that replaces one
_WORD = r"(?:pass[ -]?words?|passwd|passphrase|passcode|parola[ -](?:chiave|d['’]ordine)|pwd|psw)"
_NUMBER = r"(?:pin|puk|cvv2?|cvc2?|cv2)"
_IS = r"(?:(?:è|é|is|was|era|sarebbe)(?!\w)|e['’`]|=>|->|→|[:=])"
_THIS = r"(?:(?:questa|la seguente|this|the following)\b\s?:?\s?)?"
_VALUE = r"""(?:"[^"\n]{1,100}"|“[^”\n]{1,100}”|«[^»\n]{1,100}»|\S{1,200})"""
_START = r"(?<![\w⟦⟧])"
# La password del mio account è …; my password for the shop is …
_SAID = re.compile(
    rf"{_START}(?:one[ -]time )?(?P<word>{_WORD})(?P<of>(?:[ \t][\w'’]{{1,20}}){{0,5}}?)"
    rf"(?:\s{{0,2}}[:=](?!//)|['’]s(?!\w)|\s{{1,2}}{_IS})\s{{0,3}}(?:[:=]\s?)?{_THIS}(?P<value>{_VALUE})"
    rf"|{_START}(?:pass\s?[:=]|(?:la|mia|my) pass (?:è|e'|is)(?!\w))\s?(?P<short>\S{{1,200}})",
    re.IGNORECASE,
)
# Password Gatto12: without a verb only what can't be an ordinary word.
_BESIDE = re.compile(rf"{_START}{_WORD}(?:[ \t]e)?[ \t](?P<value>\S{{4,200}})", re.IGNORECASE)
_NUMBER_SAID = re.compile(
    rf"{_START}(?:{_NUMBER}(?:[ \t](?:della|del|mia|mio|carta|card|code|codice|number|numero|the|my"
    rf"|of|for|bancomat|sim)){{0,4}}(?:\s?{_IS}){{0,2}}(?:\s(?:il|the))?\s{{0,2}}"
    rf"(?P<number>\d{{3,8}})(?!\d)"
    rf"|(?:codice di sicurezza|security code)(?:\s?{_IS}){{0,2}}\s{{0,2}}"
    rf"(?P<code>\d{{3,4}})(?!\d))",
    re.IGNORECASE,
)
_ONE_TIME = re.compile(r"\d{3}[ -]?\d{3}(?!\d)")
_ORDER = re.compile(r"(?:LA[ -]?)?#?\d{5}|\S+@\S+\.\w+", re.IGNORECASE)
_ORDINARY = """
    non not no never mai sempre always still ancora già already stata stato been being sono
    sbagliata errata scaduta corretta giusta bloccata dimenticata persa smarrita valida invalida
    cambiata rifiutata accettata obbligatoria necessaria richiesta uguale diversa troppo molto
    quella questa la il lo un una che chi come dove perché quale quando se per di da in con
    wrong incorrect expired correct right locked forgotten lost valid invalid changed rejected
    accepted required needed the a an it this that too very so weak strong different same
    what how where why when which if for to of in on with asked refused reset working broken
"""
_NOT_A_PASSWORD = frozenset(_ORDINARY.split())
"""Words that tell about a password instead of telling it."""
_EDGES = ".,;:!?)(…\"'“”«»"


def mask_passwords(text: str) -> str:
    """The text with ⟦password⟧ in place of what follows the word."""
    text = _SAID.sub(_said, text)
    text = _BESIDE.sub(_beside, text)
    return _NUMBER_SAID.sub(_number_said, text)


def _said(match: re.Match[str]) -> str:
    value = match["value"] or match["short"]
    bare = value.strip(_EDGES)
    one_time = match["word"] is not None and (
        match["word"].lower() == "passcode" or match[0].lower().startswith("one")
    )
    if (
        not bare
        or "⟦" in value
        or bare.casefold() in _NOT_A_PASSWORD
        or (one_time and _ONE_TIME.match(match.string, match.start("value")))
        or (match["of"] and re.search(r"\b(?:non|not)\b|n['’]t\b", match["of"], re.IGNORECASE))
    ):
        return match[0]
    return _with_mark(match, "value" if match["value"] else "short")


def _beside(match: re.Match[str]) -> str:
    value = match["value"].strip(_EDGES)
    if "⟦" in match["value"] or _ORDER.fullmatch(value) or not re.search(r"\d", value):
        return match[0]
    return _with_mark(match, "value")


def _number_said(match: re.Match[str]) -> str:
    return _with_mark(match, "number" if match["number"] else "code")


def _with_mark(match: re.Match[str], group: str) -> str:
    """The match with the group replaced; what closes the sentence stays."""
    value = match[group]
    tail = value[len(value.rstrip(".,;)")) :]
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    return match[0][:start] + PASSWORD + tail + match[0][end:]
