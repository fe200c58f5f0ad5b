"""Names with a capital letter in turns of phrase that only people stand in, and last words.

Here the turn says so much that a name which is a word or a town besides is one: "sono la mamma
di Ginevra", "… cancellatelo. Rita".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from understanding.personal_data.likely_names import is_given_too, is_known, is_unknown
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_triggers import RELATIVE
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import words

_NAME = r"(?:[DLdl]['’]|Dell['’]|Mc|O['’])?[A-ZÀ-Ý][a-zà-ÿ]{1,20}"
_NAMES = rf"{_NAME}(?:[ -]{_NAME}){{0,2}}"
_TURNS = (
    re.compile(rf"(?i:\b{RELATIVE} (?:di|of) )(?P<it>{_NAMES})(?!\w)"),
    re.compile(rf"(?i:\b(?:my|our) (?:best |old )?{RELATIVE} )(?P<it>{_NAME})(?!\w)"),
    re.compile(
        rf"(?i:\b(?:piccol[ao]|little|baby|battesimo di|christening of) )(?P<it>{_NAMES})(?!\w)"
    ),
    re.compile(rf"(?i:\b(?:from|by|da|per|for) )(?P<it>(?:[A-Z]\.? ){{1,3}}{_NAME})(?!\w)"),
    re.compile(
        rf"(?i:\b(?:cognome|surname|last name)\b)[^\n:.?!]{{0,40}}: ?(?P<it>{_NAMES})(?!\w)"
    ),
    re.compile(
        r"(?i:\b(?:label|etichetta|targhetta|(?:door)?bell|buzzer|citofono|campanello|pacco|parcel)"
        rf"\b)[^\n.!?\"“«]{{0,25}}[\"“«](?P<it>{_NAMES})[\"”»]"
    ),
    re.compile(
        r"(?i:\b(?:suonare|suonate|citofonare|citofono|campanello|buzzer|(?:door)?bell|ring)\b)"
        rf"[ :]{{1,2}}(?P<it>{_NAME}(?:\s?/\s?{_NAME}){{1,3}})(?!\w)"
    ),
)
_LAST = re.compile(
    rf"(?:(?P<end>[.!?)]|\.\.\.|\n|[^\w\s,;:?\"'’()/&%€$£@#*+=-])\s*|,\s)(?P<it>{_NAME})[\s.!x]*$"
)
_TAIL = 60
"""Characters at the end of a message in which its last word is looked for."""


def find_in_turns(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """Take the names that these turns give away, and one that ends the message."""
    # Only where a capital letter stands behind the first word.
    if not any(token.capital for token in tokens[1:]):
        return
    for start, end in _found(text):
        taken.add_free(start, end, "name")


def _found(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _TURNS:
        for match in pattern.finditer(text):
            if _may_be(match["it"]):
                yield match.span("it")
    last = _LAST.search(text, max(0, len(text) - _TAIL))
    if last and last.start() and _signs(last["it"], closed=last["end"] is not None):
        yield last.span("it")


def _may_be(written: str) -> bool:
    lists = words()
    first = re.split(r"[ /-]", written)[0].lower()
    if first in lists.given:
        return True
    return first not in lists.towns and (first in lists.surnames or first not in lists.ordinary)


def _signs(word: str, *, closed: bool) -> bool:
    """Behind a sentence's end any word that only a name explains; behind a comma a listed one."""
    lower = word.lower()
    if is_known(lower) or is_given_too(lower):
        return True
    return closed and is_unknown(word)
