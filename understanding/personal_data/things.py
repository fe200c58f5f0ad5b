"""Names that are things here: flowers that are shades, breeds, models, other people's shops."""

from __future__ import annotations

import re
from collections.abc import Sequence

from understanding.personal_data.likely_names import is_known
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import listed

_WORD = r"[A-ZÀ-Ù][^\W\d_]{2,20}"
_SENTENCE = re.compile(r"[^.!?\n;]+")
_OF_SHADES = re.compile(
    r"\b(?:colou?rs?|shades?|colori?|colorazion[ei]|tonalità|tinte?|nuance|sfumatur[ae]|collezione"
    r"|collection|(?:warm|cool|off) (?:white|grey|tone)|(?:difference|choose|decide) between"
    r"|differenza (?:tra|fra)|bianco|avorio|look the same|quale sta meglio)\b",
    re.I,
)
_FLOWERS = listed(
    "rose rosa lily iris iride jasmine gelsomino dalia dahlia ortensia hortensia camelia camellia",
    "viola violet violetta margherita daisy heather erica poppy fern ivy olive hazel marigold",
    "primrose primula gardenia azalea ginestra fiordaliso genziana magnolia mimosa peony rosemary",
    "flora holly bryony clover saffron ginger sage willow juniper laurel myrtle petunia glicine",
    "perla pearl ambra amber ruby coral corallo scarlet celeste ebony jade gemma opal sienna",
    "aurora alba stella luna azzurra bianca bruna",
)
"""Flowers, stones and skies: people's names that makers of yarn give to their shades."""
_SAID = re.compile(
    r"\b(?:chiamo|chiama|chiamata|nome|cognome|name|named|called|sono|i['’]?m|i am|this is|it['’]?s"
    r"|mi[ao]|my|sig\w{0,6}|mrs?|ms|grazie|thanks|cheers|da|from|ciao|hi|hello|dear|cara|for|per)"
    r"\W{1,3}(?:[^\W\d_]{2,12} )?$",
    re.I,
)
_SURNAME_BEHIND = re.compile(r"[ -][A-ZÀ-Ù][^\W\d_]+")
_CAPITAL = re.compile(rf"(?<!\w){_WORD}(?!\w)")
# A breed, a model: right behind the animal or the garment.
_OF_KIND = re.compile(
    r"(?i:\b(?:(?P<fibre>alpaca|pecor[ae]|sheep|razza|breed|capr[ae]|goat)|giacc(?:a|he)|jacket"
    r"|cappotto|coat"
    rf"|poncho|mantella|coperta|blanket|plaid))\s(?P<it>{_WORD}(?: {_WORD})?)(?!\w)"
)
_KINDS_AND_SHOPS = listed(
    "alpaca pecora pecore sheep razza breed capra capre goat giacca giacche jacket cappotto coat",
    "poncho mantella coperta blanket plaid like such come tipo",
)
_SHOP = re.compile(
    r"(?i:\b(?:scheme|shops?|stores?|brands?|programma|negozi\w?|march\w{1,2}|catena)\b"
    rf"[^.!?\n]{{0,25}}?\b(?:like|such as|come|tipo)) (?P<it>{_WORD}(?:(?: & | ){_WORD})?)"
)
# "max 30 euro", "max. 2 balls".
_AT_MOST = re.compile(r"(?<!\w)max(?=\.? ?[€£$]?\d)", re.I)


def block_things(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """Keep the search for names away from what the sentence makes a thing."""
    for match in _AT_MOST.finditer(text):
        taken.block(match.start(), match.end())
    _block_kinds_and_shades(text, tokens, taken)


def _block_kinds_and_shades(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    spoken = {token.lower for token in tokens}
    if _KINDS_AND_SHOPS.isdisjoint(spoken) and _FLOWERS.isdisjoint(spoken):
        return
    for match in _OF_KIND.finditer(text):
        if not is_known(match["it"].split(" ")[0].lower()) or match["fibre"]:
            taken.block(match.start("it"), match.end("it"))
    for match in _SHOP.finditer(text):
        taken.block(match.start("it"), match.end("it"))
    for sentence in _SENTENCE.finditer(text):
        # One long "sentence" is no sentence: time stays linear.
        if len(sentence.group()) > 400 or not _OF_SHADES.search(sentence.group()):
            continue
        for word in _CAPITAL.finditer(text, sentence.start(), sentence.end()):
            if word.group().lower() not in _FLOWERS:
                continue
            before = text[max(sentence.start(), word.start() - 30) : word.start()]
            if not _SAID.search(before) and not _SURNAME_BEHIND.match(text, word.end()):
                taken.block(word.start(), word.end())
