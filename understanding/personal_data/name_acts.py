"""Names that what a person is, does or is called gives away, though they may be words as well.

"my gran's carer Precious", "Dawn will be home", "si chiama Wang Lei", "p. tumelty", "the Okonkwos",
a signature in capitals behind a message; and a name again that the message has already given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from understanding.personal_data.likely_names import is_known, is_unknown
from understanding.personal_data.name_tokens import Token
from understanding.personal_data.name_triggers import RELATIVE
from understanding.personal_data.name_words import COMPANY_WORDS, TIMES
from understanding.personal_data.spans import Taken
from understanding.personal_data.words import listed, words

_NAME = r"(?:[DLdl]['’]|Dell['’]|Mc|Mac|O['’])?[A-ZÀ-ÝȘȚ][a-zà-ÿșțćčłńśşž]{1,20}"
_LINK = r"(?:(?:de|van|von|der|den|bin|bint|al|el|la|le|dos|das|y)[ -]){0,2}"
_NAMES = rf"{_NAME}(?:[ -]{_LINK}{_NAME}){{0,3}}"
_ROLE = (
    r"(?:carer|lodger|tenant|nanny|babysitter|baby-sitter|childminder|cleaner|ex|hubby|mam|granny"
    r"|grandad|grandpa|granddaughter|grandson|godmother|godfather|godson|goddaughter|step\w{3,8}"
    r"|twin"
    r"|pal|missus|bf|gf|roommate|manager|secretary|assistant|landlord|landlady|teacher|doctor|nurse"
    r"|gardener|caretaker|concierge|postman|postwoman|builder|client|customer|kid|baby|toddler"
    r"|eldest"
    r"|youngest|badante|colf|babysitter|baby sitter|tata|moros[oa]|coinquilin[oa]|inquilin[oa]"
    r"|custode|portinai[oa]|segretari[oa]|assistente|madrina|padrino|figliocci[oa]|gemell[oa]"
    r"|bisnonn[oa]"
    rf"|ex (?:marito|moglie)|socer[oa]|maestra|infermier[ae]|cliente|{RELATIVE})"
)
_HUMAN = (
    r"(?:will be|['’]ll be|is|was|should be|might be) (?:at )?(?:home|work|out(?! of)|away|around"
    r"|here|there|in (?:all|from|until|till|today|tomorrow|on|the))\b"
    r"|(?:will|can|could|has|had)? ?(?:collect|sign|pick (?:it|them) up|take it in|taken? it in"
    r"|took it in"
    r"|signed|rang|phoned|called|answered|told|said|says|replied|emailed|texted|helped|promised"
    r"|ordered|bought|paid|opened|received|recommended|suggested|loves|hates|wants|lives|works)\b"
    r"|and (?:I|me|myself)\b|at (?:your|the) (?:\w{2,10} )?(?:shop|store|mill|counter|desk|outlet"
    r"|stall)"
    r"|(?:from|in|on) (?:your|the) (?:\w{2,10} )?(?:team|shop|store|support|chat|office"
    r"|warehouse)\b"
    r"|next door|(?:across|over|down) the (?:road|street|hall)|upstairs|downstairs"
    r"|e io\b|e mio\b|e mia\b|(?:è|sarà|era) (?:a|in|al) (?:casa|lavoro|negozio|ufficio|scuola)\b"
    r"|(?:mi|ci|gli|le) ha (?:detto|scritto|risposto|chiamat\w|regalat\w|consigliat\w|aiutat\w"
    r"|promesso"
    r"|spiegato|chiesto|passato|dato|mandato)\b|ha (?:detto|firmato|ritirato|ordinato|comprato"
    r"|pagato)"
    r"|(?:può|potrà) (?:ritirare|firmare)|ritira\b|firma\b|abita\b|lavora\b|vive\b"
    r"|(?:del|dal|in|al) (?:vostro )?(?:negozio|assistenza|magazzino|servizio|banco)\b"
    r"|(?:del|al) (?:primo|secondo|terzo|quarto|quinto|piano)\b|della porta accanto"
)
HUMAN_ACT = re.compile(rf",? (?:{_HUMAN})", re.I)
_ACTS = re.compile(rf"(?<![\w-])(?P<it>{_NAME})(?=,? (?i:{_HUMAN}))")
_PLACE_BEFORE = re.compile(r"\b(?:in|from|to|at|near|a|da|di|per)\s$")
_OF_ROLE = re.compile(
    rf"(?i:\b(?:my|our|his|her|their|the|mi[oa]|nostr[oa]|su[oa]|il"
    rf"|la) (?:[^\W\d_]{{1,12}}(?:['’]s)? )?"
    rf"{_ROLE}(?:,? (?:called|named|di nome|che si chiama))? )(?P<it>{_NAME})(?!\w)"
)
_TITLED = re.compile(
    r"(?i:\b(?:sig\.?(?:r?a|na|ra)?|signor[ae]?|signorina|mrs?|ms|miss|dott\.?(?:ssa)?"
    r"|prof\.?(?:ssa)?"
    rf"|avv|ing|geom|rag|sir|reverend|rev|major|captain)\.?) (?P<it>{_NAMES})(?!\w)"
)
_CALLED = re.compile(
    rf"(?i:\b(?:{_ROLE}|he|she|they|who|lui|lei|che|corriere|driver|person|signora?|ragazz[oa]|man"
    r"|lady|woman|uomo|donna|bimb[oa])"
    r"(?: che)?[ ,]{1,2}(?:si chiama(?:no)?|(?:is|was|are|were) (?:called|named)"
    r"|(?:['’]s) (?:called|named)"
    rf"|called|named|di nome) )(?P<it>{_NAMES})(?!\w)"
)
_INITIAL = re.compile(r"(?<![\w.'’-])(?P<letter>[a-z])\. ?(?P<word>[a-zà-ÿ]{4,20})(?![\w@.]\w)")
_NO_INITIALS = frozenset("nsvxec")
_SIZES = re.compile(r"\b(?:taglia|tg|size|misura)\b\W{0,3}$", re.I)
_DOUBLE = re.compile(rf"(?<!\w)(?:van|von) (?:de[rnm]?|het|'t) (?P<it>{_NAME})(?!\w)")
_FAMILY = re.compile(
    r"(?i:\b(?P<near>(?:next door|neighbours?|neighbors?|opposite|upstairs|downstairs"
    r"|family)\W{1,3})?the )"
    r"(?P<it>(?:Mc|Mac|O['’])?[A-Z][a-z]{2,20}s)(?!\w)(?P<act>(?= (?:say|said|never|have|took|are"
    r"|were|at"
    r" (?:no|number|\d)|next door|from (?:no|number|\d))\b))?"
)
_FAMILY_IT = re.compile(
    r"(?:\b(?:[Vv]icin[oi]|accanto|piano|dirimpettai|da|presso)[ ,(]{1,3})?"
    r"\b(?:i|dai|ai|dei|gli|agli|dagli) (?P<it>[A-Z][a-z]{2,20}(?:-[A-Z][a-z]{2,20})?)(?!\w| [A-Z])"
)
_QUOTED = re.compile(
    r"(?i:\b(?:firm\w{1,4}|sign\w{0,6}|nome|name|scritto|says|said|saying|reads|badge|tag"
    r"|ricevut\w)\b)"
    rf"[^\n.!?\"“«]{{0,30}}[\"“«](?P<it>{_NAMES}\.?|[A-Z]{{3,20}})[\"”»]"
)
_SIGNED = re.compile(
    r"(?i:\b(?:firma|firmato|signature|signed)\s?: ?"
    r"|\b(?:saluti|salut[oi]ni|grazie|cordialmente|regards|wishes|thanks|sincerely"
    r"|faithfully)[ ,.!\n]+"
    rf"(?={_NAME} {_LINK}{_NAME}[\s.!]*$))(?P<it>{_NAMES})(?!\w)"
)
_SHOUTED = re.compile(
    r"(?:[.!?\n)\d]|\s[-–—])\s*(?P<it>[A-ZÀ-Ý'’-]{2,20}(?: [A-ZÀ-Ý'’-]{2,20}){1,3})[\s.!]*$"
)
_GREETED = re.compile(
    rf"(?i:^\W*|[.!?\n] ?)(?i:ciao|hi|hello|hey|hiya|dear|cara|caro|gentile"
    rf"|carissim[ao]) (?P<it>{_NAME})"
    r"(?=\s?[,.!:;\n]|\s?$|\s[^\w\s])"
)
_ACTS_NEED = listed(
    "will ll is was should might can could has had collect sign signed rang phoned called answered",
    "told said says replied emailed texted helped promised ordered bought paid opened received",
    "recommended suggested loves hates wants lives works and at from in on next across over",
    "down upstairs took",
    "downstairs e è sarà era ha può potrà ritira firma abita lavora vive del dal al della",
)
_TITLES = listed(
    "sig sigra sigr signor signora signore signorina mr mrs ms miss dott dottssa prof avv ing",
    "geom rag sir reverend rev major captain ra na",
)
_TAIL = 70


def find_in_acts(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """Take the names that these turns give away."""
    for start, end in _small(text):
        taken.add_free(start, end, "name")
    inside = any(text[token.start].isupper() for token in tokens[1:])
    if not inside and not (tokens and text[tokens[0].start].isupper()):
        return
    spoken = {token.lower for token in tokens}
    for start, end in _acting(text, spoken):
        taken.add_free(start, end, "name")
    if inside:
        for start, end in _found(text, spoken):
            taken.add_free(start, end, "name")
        _find_again(text, tokens, taken)


def _small(text: str) -> Iterator[tuple[int, int]]:
    """ "p. tumelty": an initial and a word that only a name explains."""
    if ". " not in text and "." not in text:
        return
    for match in _INITIAL.finditer(text):
        if match["letter"] in _NO_INITIALS or not is_unknown(match["word"]):
            continue
        if not _SIZES.search(text, max(0, match.start() - 12), match.start()):
            yield match.span()


def _acting(text: str, spoken: set[str]) -> Iterator[tuple[int, int]]:
    """A given name before what only a person does or is."""
    lists = words()
    if not _ACTS_NEED.isdisjoint(spoken) and not lists.given.isdisjoint(spoken):
        for match in _ACTS.finditer(text):
            lower = match["it"].lower()
            place = lower in lists.places or lower in lists.ordinary
            if place and _PLACE_BEFORE.search(text, max(0, match.start() - 6), match.start()):
                continue
            if lower in lists.given and lower not in TIMES | lists.company:
                yield match.span("it")


def _found(text: str, spoken: set[str]) -> Iterator[tuple[int, int]]:
    lists = words()
    if not _TITLES.isdisjoint(spoken):
        yield from (match.span("it") for match in _TITLED.finditer(text))
    for match in _OF_ROLE.finditer(text):
        if _may_be_called(match["it"]):
            yield match.span("it")
    for match in _CALLED.finditer(text):
        yield match.span("it")
    yield from _written(text)
    for match in _GREETED.finditer(text):
        lower = match["it"].lower()
        if lower in lists.given and lower not in TIMES | lists.company | lists.vocabulary:
            yield match.span("it")
    for match in _SIGNED.finditer(text):
        parts = re.split(r"[ -]", match["it"])
        company = COMPANY_WORDS | lists.company
        if _may_be_called(parts[0]) and company.isdisjoint(map(str.lower, parts)):
            yield match.span("it")
    yield from _families(text, spoken)
    shouted = _SHOUTED.search(text, max(0, len(text) - _TAIL))
    if shouted and _signs(shouted["it"]):
        yield shouted.span("it")


def _written(text: str) -> Iterator[tuple[int, int]]:
    """With double particles, and in quotation marks behind a word for a signature."""
    if "van " in text or "von " in text:
        yield from (match.span() for match in _DOUBLE.finditer(text))
    if any(sign in text for sign in '"“«'):
        for match in _QUOTED.finditer(text):
            first = re.split(r"[ -]", match["it"])[0].lower().rstrip(".")
            if is_known(first) or is_unknown(first):
                yield match.span("it")


def _may_be_called(word: str) -> bool:
    lower, lists = word.lower(), words()
    if lower in lists.given:
        return True
    return lower not in lists.towns and lower not in lists.ordinary and lower not in lists.products


def _families(text: str, spoken: set[str]) -> Iterator[tuple[int, int]]:
    lists = words()
    if "the" in spoken:
        for match in _FAMILY.finditer(text):
            stem = match["it"].lower().removesuffix("s")
            known = is_known(stem) or is_known(stem.removesuffix("e"))
            human = match["near"] or match["act"] is not None
            if known or (human and is_unknown(match["it"]) and is_unknown(stem)):
                yield match.span("it")
    if not spoken.isdisjoint(("i", "dai", "ai", "dei", "gli", "agli", "dagli")):
        for match in _FAMILY_IT.finditer(text):
            lower = match["it"].split("-")[0].lower()
            if is_known(lower) and lower in lists.surnames and lower not in lists.given:
                yield match.span("it")


def _signs(written: str) -> bool:
    """Whether capitals behind the last sentence are a signature: one is a name for sure."""
    lists = words()
    parts = re.split(r"[ -]", written.lower().replace("’", "'"))
    if not any(is_known(part) for part in parts):
        return False
    return all(
        part in lists.given
        or part in lists.surnames
        or (part not in lists.ordinary and is_unknown(part))
        for part in parts
        if len(part) > 2
    )


def _find_again(text: str, tokens: Sequence[Token], taken: Taken) -> None:
    """A name that the message gave once is one wherever it stands again with its capital."""
    named: set[str] = set()
    free: list[Token] = []
    for token in tokens:
        if len(token.lower) < 3 or not text[token.start].isupper():
            continue
        if taken.holds(token.start, "name"):
            named.add(token.lower)
        elif not taken.covers(token.start, token.end):
            free.append(token)
    for token in free if named else ():
        if token.lower in named and (
            is_known(token.lower) or is_unknown(token.lower, careful=False)
        ):
            taken.add_free(token.start, token.end, "name")
