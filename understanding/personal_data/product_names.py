"""Names that makers of wool give their articles and shades, feasts and places: nobody's.

"il cardigan Beatrice", "does the Henry throw come in navy", "3 gomitoli di Carlotta". A name right
beside an article's word is the article's, unless a person follows: what people do ("la coperta
Anna l'ha lavata"), a surname.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from understanding.personal_data.name_acts import HUMAN_ACT
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import listed, words

_NAME = r"[A-ZÀ-Ý][a-zà-ÿ]{2,20}"
_KINDS = (
    "maglion[ei] maglioncin[oi] magli[ae] maglietta cardigan giacc(?:a|he) gilet poncho mantell[ae]"
    " sciarp[ae] berrett[oi] cappell[oi] cappott[oi] sciall[ei] stol[ae] guant[oi] calz[ei]"
    " calzin[oi] copert[ae] copertin[ae] plaid cuscin[oi] trapunt[ae] filat[oi] lan[ae]"
    " gomitol[oi] matass[ae]"
    " punt[oi] modell[oi] line[ae] collezion[ei] color[ei] tint[ae] tonalità articol[oi] versione"
    " kit schema pattern dolcevita lupetto pullover felp[ae] scaldacollo"
)
_THINGS_EN = (
    "cardi cardigan throw blanket scarf vest jumper sweater pullover shawl wrap hat beanie cap cowl"
    " snood glove mitten sock yarn wool skein hank cone colourway colorway colour color shade plaid"
    " rug cushion poncho coat jacket kit pattern stitch range collection model tank waistcoat"
    " bedspread"
)
_IT = f"(?:{'|'.join(_KINDS.split())})"
_EN = f"(?:{'|'.join(_THINGS_EN.split())})e?s?"
_AND = r"(?: ?(?:,|/|e|ed|o|oppure|and|or|vs) ?(?:(?:the|il|la|lo|alla|al|\d{1,2} di|quell[ao]) )?)"
_PAIR = rf"[\"“«']?(?P<it>{_NAME}(?:{_AND}{_NAME})?)[\"”»']?"
_BEHIND_KIND = re.compile(
    rf"(?i:\b(?:{_IT}|{_EN})(?: (?:si chiama(?:no)?|chiamat[oaie]|detto|(?:(?:is|are) )?(?:called"
    rf"|named)))?"
    rf"(?: (?:di|of)(?: the)?(?=[^\n]{{1,30}}\b(?:colore|colou?r|in stock|\d|e \d)))? )"
    rf"{_PAIR}(?!\w|['’][A-Z])"
)
_COUNTED = re.compile(
    r"(?i:\b(?:gomitol[oi]|matass[ae]|rocch[ei]|etti|balls?|skeins?|hanks?|cones?|metri|metres?"
    r"|capi)"
    rf" (?:di|of)(?: the)? ){_PAIR}(?!\w)"
)
_BEFORE_KIND = re.compile(
    rf"(?i:\b(?:the|a|an|your|this|that|these|those|which|any|in) ){_PAIR} (?i:{_EN})(?!\w)"
)
_SIZED = re.compile(
    rf"(?i:\b(?:il|la|lo|alla|al|della|del|nella|dalla|con la|the|in) )(?P<it>{_NAME})"
    r"(?= (?:\d{2,3}(?![\d/.:])|\d ?(?:capi|fili|ply|strands?)\b))"
)
_NAMED_SO = re.compile(
    rf"(?i:\b(?:(?:la|lo|le|li) chiamate|you call (?:it|them)|tipo|come|like"
    rf"|such as) ){_PAIR}(?!\w|['’])"
)
_ALSO = re.compile(
    rf"(?i:\b(?:oppure|o|e|or|and|than|che|vs) (?:\d{{1,2}} )?(?:alla|al|la|il|della|dalla|di|the"
    rf"|of) )"
    rf"(?P<it>{_NAME})(?!\w)"
)
_SURNAME_BEHIND = re.compile(
    r"[ -](?:(?:de|di|del|della|van|von) )?(?P<it>[A-ZÀ-Ý][a-zà-ÿ'’]{2,20})"
)
# "la coperta Anna l'ha lavata", "maglione Anna non l'ha ricevuto": here a person acts.
_PERSON_BEHIND = re.compile(
    r"[,!.]? ?(?:(?:non )?(?:l['’]ha|lo ha|la ha|li ha|le ha|me l['’]ha|ce l['’]ha|vuole|dice"
    r"|aspetta)\b"
    r"|(?:wants|needs|ordered|bought|said|says|told|here)\b)"
)
_THANKS = re.compile(r"\b(?:grazie|thanks|thank you|saluti|cheers|regards|ringrazio)\b", re.I)
_LAST = re.compile(r"[\s.!)]*$")
_SAINTS = re.compile(
    rf"(?<![\w'’])(?<![A-ZÀ-Ý][a-z] )(?:Santo|Santa|San|Sant['’]|Saint|St\.?) ?{_NAME}(?:['’]s)?"
    rf"(?: (?:di|del|della|al|in|upon|on) (?:Capo )?{_NAME}(?: {_NAME})?| (?:Day|Eve))?(?!\w)"
)
_SAINT_BEFORE = re.compile(
    r"(?:\b(?:chiamo|chiama|nome|cognome|intestat\w|surname|name|signora?|sig|sig\.ra|mr|mrs|ms"
    r"|sono|dott"
    r"|famiglia|fam)\b\.? ?|[A-ZÀ-Ý][a-zà-ÿ]{2,20} )$"
)
_FEASTS = re.compile(
    r"\b(?:(?:May|Boxing|Christmas|Easter|New Year['’]?s|Mother['’]?s|Father['’]?s"
    r"|Valentine['’]?s|St\.?"
    r" \w{3,12}['’]?s|Labor|Labour|Memorial|Independence|Australia|Anzac|Columbus|Victoria"
    r"|Martin Luther"
    r" King|Remembrance|Armistice) (?:Day|Eve|Monday|Sunday|Friday|Saturday|Week(?:end)?)"
    r"|(?:Good Friday|Lunedì dell['’]Angelo|Ognissanti|Immacolata))\b"
)
# States and towns that are women's and men's names.
_PLACES = listed(
    "victoria georgia virginia carolina dakota montana alberta florence charlotte adelaide sydney",
    "austin dallas houston jackson madison savannah lincoln preston chester kingston douglas",
    "bradford paris chelsea brooklyn israel jordan kenya chad ireland india china asia",
    "lorraine holland",
    "siena sienna verona",
)
_DELIVERED = re.compile(
    r"(?i:\b(?:(?:deliver|ship|post)(?:s|ed|y|ing|ping)?|delivery|postage|shipping|shipments?"
    r"|how (?:long|much)"
    r"|spedi(?:te|re|zione|sce)|consegn(?:a|ate|are|e|ano)|arriva(?:te)?|spedizioni))"
    rf" (?:(?:it|also|anche|pure|them|time|cost|is it) )?(?:to|in|a|ad|per) (?P<it>{_NAME})"
    rf"(?! {_NAME}|['’]s)(?!\w)"
)
_COUNTY = re.compile(rf"\b(?:Co\.?|County|[Cc]ontea di) (?P<it>{_NAME})(?!\w| {_NAME})")
# "the carol service", "the ivy green one": an article, a name in small letters, its thing.
_SMALL = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Ss]ome|[Aa]ny) (?P<it>[a-z]{3,12}) (?P<thing>[a-z]{3,15})(?!\w)"
)
_MINE = listed("order parcel package account delivery refund return invoice one's box payment")
_KIND_WORDS = re.compile(
    rf"\b(?:{_IT}|{_EN}|ferri|uncinetto|needles?|crochet|knit\w{{0,6}})\b", re.I
)


def block_products(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """Keep the search for names away from articles that bear one, feasts and places."""
    spoken = {token.lower for token in tokens}
    if not spoken.isdisjoint(("the", "a", "an", "some", "any")):
        _block_small(text, taken)
    if not any(token.capital for token in tokens):
        return
    if any(text[token.start].isupper() for token in tokens[1:]):
        if _KIND_WORDS.search(text):
            _block_named(text, taken)
        _block_delivered(text, taken)
    _block_places_and_feasts(text, spoken, taken)


def _block_places_and_feasts(text: str, spoken: set[str], taken: Taken) -> None:
    if not spoken.isdisjoint(("san", "santo", "santa", "sant", "saint", "st")):
        for match in _SAINTS.finditer(text):
            if not _SAINT_BEFORE.search(text, max(0, match.start() - 24), match.start()):
                taken.block(*match.span())
    if not spoken.isdisjoint(("co", "county", "contea")):
        for match in _COUNTY.finditer(text):
            taken.block(*match.span("it"))
    for match in _FEASTS.finditer(text):
        taken.block(*match.span())


def _block_delivered(text: str, taken: Taken) -> None:
    """ "can you deliver to Victoria": a town or a state, where nobody acts."""
    for match in _DELIVERED.finditer(text):
        lower = match["it"].lower()
        town = lower in _PLACES or lower in words().places
        if town and not _is_person(text, match.end()):
            taken.block(*match.span("it"))


def _block_small(text: str, taken: Taken) -> None:
    lists = words()
    for match in _SMALL.finditer(text):
        if match["it"] not in lists.given or match["thing"] in _MINE:
            continue
        thing = match["thing"]
        if thing in lists.ordinary or (thing in lists.vocabulary and thing not in lists.surnames):
            taken.block(*match.span("it"))


def _block_named(text: str, taken: Taken) -> None:
    found = [place for place in _named(text) if not _is_person(text, place[1])]
    for start, end in found:
        taken.block(start, end)
    if not found:
        return
    for match in _ALSO.finditer(text):
        if not _is_person(text, match.end()):
            taken.block(*match.span("it"))
    blocked = {word for start, end in found for word in re.findall(_NAME, text[start:end])}
    for word in blocked:
        for match in re.finditer(rf"(?<=[a-z] ){word}(?= \d)", text):
            taken.block(*match.span())


def _named(text: str) -> Iterator[tuple[int, int]]:
    lists = words()
    for pattern in (_BEHIND_KIND, _COUNTED, _BEFORE_KIND, _SIZED, _NAMED_SO):
        for match in pattern.finditer(text):
            first = re.match(_NAME, match["it"])
            known = first is not None and first.group().lower() in lists.given
            if known or pattern in (_NAMED_SO, _SIZED):
                yield match.span("it")


def _is_person(text: str, end: int) -> bool:
    """Whether a person's surname, act or thanks stand behind a name."""
    surname = _SURNAME_BEHIND.match(text, end)
    if surname and surname["it"].lower() not in words().products:
        return True
    if _PERSON_BEHIND.match(text, end) or HUMAN_ACT.match(text, end + 1):
        return True
    return bool(_LAST.match(text, end) and _THANKS.search(text))
