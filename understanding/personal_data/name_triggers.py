"""The turns of phrase beside which only a name stands: "my name, …", "by …, my son", "… here"."""

from __future__ import annotations

import re

from understanding.personal_data.words import listed

RELATIVE = (
    r"(?:mum|mom|mother|dad|father|son|daughter|wife|husband|brother|sister|partner|friend|aunt"
    r"|auntie|uncle|niece|nephew|cousin|nan|gran|grandma|grandad|neighbour|neighbor|boyfriend"
    r"|girlfriend|colleague|boss|fianc[ée]+|mate|flatmate|housemate|lad|little (?:boy|girl|one)"
    r"|moglie|marito|figli[ao]|mamma|madre|papà|padre|sorella|fratello|suocer[ao]|cognat[ao]"
    r"|nuora|genero|nonn[ao]|zi[ao]|cugin[ao]|nipote|amic[ao]|collega|compagn[ao]|fidanzat[ao]"
    r"|vicin[ao]|titolare|capa|bimb[ao]|bambin[ao]|ragazz[ao])(?:[ -]in[ -]law)?"
)
_OWNER = r"(?:my|our|mi[oa]|nostr[oa])"
ANNOUNCED = re.compile(
    r"\b(?:(?:call|calls|calling) me|(?:i|she|he) go(?:es)? by|known as|mi chiaman?o|chiamatemi"
    r"|chiamami|mi dicono|(?:sur|first |last |maiden |nick|full |family |user)?name"
    r"(?: on (?:the |my )?\w{1,12})?(?:\s?[:,=]| is| was|['’]s| -)"
    r"|(?:sur|first |last |maiden |nick|full |family )name"
    r"|(?:nome|cognome|nominativo)(?: (?:sul|sull[ao]|del|dell[ao])\W?\w{1,12})?"
    r"(?:\s?[:,=]| è| e['’]| era| -)|cognome"
    r"|a nome(?: di| della| del)?|di nome|c/o(?: the| i| la| famiglia| fam\.?){0,2}"
    r"|care of(?: the)?|f\.?a\.?o\.?|attn\.?|alla c\.?a\.?(?: di)?|all['’]attenzione di"
    r"|(?:mrs?|ms|sig\.?(?:ra|na)?|signorina|dott\.?(?:ssa)?|prof\.?(?:ssa)?)\.?(?: [a-z]\b\.?)?"
    rf"|{_OWNER} {RELATIVE},?)[ :]{{1,2}}[\"“«(]?(?=[^\W\d_])",
    re.I,
)
KIN = re.compile(rf"\b{RELATIVE}", re.I)
_CLAUSE = (
    r"(?:^|[.!?,;:\n(–-]\s*|\b(?:hi|hiya|hello|hey|ciao|salve|buongiorno|buonasera|so|sorry|yes|no"
    r"|sì|morning|afternoon|evening|and|e|ma|but|scusate|grazie|thanks) )"
)
INTRODUCED = re.compile(
    rf"{_CLAUSE}\W{{0,3}}(?:it['’]?s(?: me)?|this is|i['’]?m(?: the)?|i am(?: the)?"
    r"|we['’]?re the|we are the|siamo (?:i|gli|la famiglia)"
    r"|(?:it['’]?s )?me again|io sono"
    r"|(?:sono )?(?:ancora|sempre) (?:io|qui)|sono(?: la| il| sempre| ancora)?|qui(?: è| c['’]è)?"
    r"|parla|here is|here['’]s|you['’]?re (?:speaking|talking) (?:to|with))[, ]{1,2}(?=[^\W\d_])",
    re.I,
)
LINKED = re.compile(
    r"\b(?:by|from|for|to|with|per|da|con|tramite|a)\s(?=(?P<it>[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?)"
    rf",? (?:my|our|(?:la |il )?mi[oa]|(?:la |il )?nostr[oa]) {RELATIVE}\b)",
    re.I,
)
MISSPELT = re.compile(
    r"\b(?P<mine>my|mi|il mio|mio|the) (?P<word>[^\W\d_]{3,8})"
    r"(?: is| è| e['’]|['’]s|:)? (?=[^\W\d_])",
    re.I,
)
STANDS = re.compile(
    r"\W*$|\s?[,.;:!?\n)]|\s?[^\w\s]|,? (?:here|again|from|di|da|del|dalla|e|and|ho|ordine|order"
    r"|i|the|my|la|il|quella|con|with|vi|vorrei|volevo|for|about|per)\b",
    re.I,
)
FOLLOWED = re.compile(
    r",? (?:here|speaking)\b|,? again\b(?=\W*$|[ ,.!]{1,2}(?:i|the|about|from|did|is|any|my)\b)"
    r"|,? qui\b(?=\W)"
    r"|,? from (?=[A-Z])"
    r"| (?:is|was) (?:the|my|our|her|his) (?:\w{1,10} )?(?:sur|last |first )?name\b"
    r"| (?:è|era) (?:il|la) (?:mio |mia |suo )?(?:nome|cognome|nominativo|intestatari[oa])\b"
    rf"|, (?:la |il )?{_OWNER} {RELATIVE}\b"
)
COMPANY = re.compile(
    r"(?: ?(?:&|and|e) ?(?:co|sons?|figli|daughters?|c)\b\.?|,? (?:ltd|srl)\b)", re.I
)
CLAUSE_END = re.compile(r"[,:;\n.!?()/–—-]|\s-\s")
NEEDED = listed(
    "call calls go goes known chiamano chiamo chiamatemi chiamami dicono name surname nickname",
    "username nome cognome nominativo o care fao attn ca attenzione my our mio mia nostro nostra",
    "it its this i im am me io sono qui parla here by from for to with per da con tramite a",
    "mr mrs ms sig ra na signorina dott ssa prof speaking again is was è era mi the fam",
    "famiglia re you siamo i gli are we",
)
