"""Postal addresses, Italian, British, Irish and American, with the town behind them."""

from __future__ import annotations

import re

from understanding.personal_data.address_lines import start_of_line
from understanding.personal_data.address_shapes import ABROAD, find_shapes
from understanding.personal_data.spans import Taken
from understanding.personal_data.towns import (
    BEFORE_TOWN,
    TOWN_LINK,
    town_before,
    town_behind_postcode,
    town_end,
)
from understanding.personal_data.words import Words, listed, words

_STREET_IT = (
    r"(?:via|viale|v\.le|v\.|piazza|p\.?zza|p\.za|piazzale|p\.le|piazzetta|corso|c\.so|vicolo"
    r"|vico|largo|l\.go|strada|str\.|contrada|contrà|c\.da|loc\.|localit[àa]'?|frazione|fraz\."
    r"|borgo|borgata"
    r"|lungomare|lungotevere|lungarno|lungolago|lungo ?po|salita|calle|fondamenta|traversa"
    r"|salizada|salizzada|ramo|rio terà|campiello|podere|tenuta|masseria|maso|rua|chiasso|clivo"
    r"|circonvallazione|rione|regione|cascina|villaggio|passeggiata|viottolo|stradone|rampa)"
)
_WORD = r"[^\W\d_]{1,25}(?:['’][^\W\d_]{1,20})?[.'’]?"
_NUMBER = (
    r"(?:\s?,?\s?(?:n|nr|num|numero|civico|n\.?ro)?[.°º]{0,2}\s?(?:\d{1,4}(?!\d)|snc\b|s\.n\.c\.)"
    r"(?:\s?[/-]?\s?(?:[a-z]\b|bis|ter|\d{1,3}(?!\d)))?)"
)
_IT_NUMBERED = re.compile(
    rf"(?<!\w){_STREET_IT}[ ]?(?:(?:\d{{1,2}}|[IVX]{{1,5}}) )?"
    rf"(?:{_WORD}[ -]?){{1,6}}?{_NUMBER}(?!\d|[.,]\d|[:€%]|\s?(?:euro|€|giorni|kg|ore|settiman))",
    re.I,
)
_KM = re.compile(r",? ?(?:al )?km\.? ?\d{1,4}(?:[.,+]\d{1,3})?", re.I)
_IT_NAMED = re.compile(
    rf"(?<!\w)(?P<street>{_STREET_IT})[ ]?(?P<name>(?:(?:d[aei]l?l?[aeio]?|d['’]|san|santa|XX|I|IV)"
    rf"[ ]?){{0,2}}(?:{_WORD}[ -]?){{1,3}})",
    re.I,
)
_HERE_BEFORE = re.compile(
    r"(?:\b(?:in|abito|abitiamo|vivo|indirizzo|residente|residenza|domicilio|consegn\w{1,8}"
    r"|spedi\w{1,8}|a|è|nuovo|civico|sede|casa)\b[ :,]{0,3}(?:in |a |è |e' |al |il |:){0,2})$",
    re.I,
)
_NO_STREET = listed(
    "mail e email pec sms telefono telefonica whatsapp chat posta fax web internet skype",
    "telegram instagram messenger fedex corriere dhl brt gls ups libera principale generale",
    "normale breve definitiva preferenziale gerarchica di da in con la il lo le i gli l un",
    "una tutto tutta tutti quello questa questo che subito dal dalla dai o per aerea mare",
    "terra raccomandata bonifico paypal app sito form email. mail. mezza buona brutta",
    "cattiva giusta sbagliata smarrita perduta lunga corta facile difficile senza sono",
    "molto troppo non mi ti si ci va vai nuova maestra principio punto sola crucis lattea",
    "così cosi ma se ho hai ha prima dopo",
)
_STREETS_BARE = listed(
    "via viale v.le piazza p.zza p.za pzza piazzale piazzetta corso c.so vicolo largo",
    "contrada loc. frazione fraz. borgo lungomare lungotevere lungarno salita cascina",
)
_INSIDE_IT = re.compile(
    r"(?:[ ,;–-]{1,3}(?:int(?:erno)?|scala|sc|piano|pal(?:azzina)?|lotto|app(?:artamento)?"
    r"|citofono)\.? ?[A-Za-z0-9]{1,12}[°º]?){1,4}",
    re.I,
)
_CAP = re.compile(
    r"[ ,;\n–-]{1,4}(?:CAP:? ?)?(?:[A-Z]{1,2}-)?(?P<cap>\d{5}"
    r"|\d{4}(?-i:(?= (?!Euro)[A-Z][a-zà-ù]{2})))(?!\d)",
    re.I,
)
_SMALL_BEHIND_CAP = re.compile(r"[ ,]{1,2}(?P<it>[a-zà-ù]{3,20})(?: \(?[a-z]{2}\)?(?!\w))?")
# A town that is somebody's name, too: "85050 Tito PZ".
_NAMED_TOWN = re.compile(r"[ ,]{1,2}[A-ZÀ-Ý][a-zà-ÿ]{2,20} (?:\([A-Z]{2}\)|[A-Z]{2}\b)")
_CAP_INSIDE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_COMMA = re.compile(r", ?")
_SMALL_TOWN = re.compile(r", ?(?P<it>[^\W\d_]{3,20})(?![\w'’])")
_PROVINCE = re.compile(r"[ ,]{0,2}(?:\([A-Za-z]{2}\)|[,/ ]\s?[A-Z]{2}\b(?!['’]))")
_STREET_EN = (
    r"(?:street|str|st|road|rd|avenue|ave|av|lane|ln|close|drive|dr|way|court|ct|crescent|cres"
    r"|terrace|terr|place|pl|square|sq|gardens|gdns|garden|grove|park|hill|row|mews|walk|view|rise"
    r"|green|boulevard|blvd|parkway|pkwy|highway|hwy|circle|cir|quay|wharf|yard|parade|vale|croft"
    r"|bank|gate|wynd|brae|fold|drove|mount|esplanade|promenade|strand|end|common|heights|villas"
    r"|cottages?|broadway|kingsway|high)"
)
_FLAT = r"(?:(?:flat|apt|apartment|unit|suite|room|floor|house|po box|p\.o\. box)\.? ?#?\w{1,6},? )"
_EN_NUMBERED = re.compile(
    rf"(?<![\w.,/#-]){_FLAT}?(?<!\d )\d{{1,5}}[a-z]?(?:[-–/]\d{{1,4}}[a-z]?)?,? "
    rf"(?:{_WORD} ){{0,4}}?(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th)) {_STREET_EN}\b\.?"
    r"(?: [NSEW]{1,2}\b)?",
    re.I,
)
_EN_NAMED = re.compile(
    r"(?<![\w])(?:[A-Z][\w'’]{1,20} ){1,3}(?:Street|Road|Rd|Avenue|Ave|Lane|Close|Drive|Crescent"
    r"|Terrace|Gardens|Grove|Mews|Boulevard|Court|Square)\b\.?"
)
_FLAT_NAMED = re.compile(
    rf"(?<!\w)(?i:{_FLAT})(?:[A-Z][\w'’]{{1,20}} ){{1,3}}(?:House|Yard|Court|Mill|Hall|Lodge|Place"
    r"|Building|Wharf|Tower|Point|Works|Mansions|Buildings)\b"
)
_WELSH = re.compile(r"\b(?:Ffordd|Heol|Stryd|Lôn)(?: yr?)? [A-Z]\w{2,20}")
_BOX = re.compile(r"\b(?:p\.?o\.? ?box|casella postale|c\.p\.) ?n?\.? ?\d{1,6}", re.I)
_HOUSE = re.compile(
    rf"(?:\bThe )?{_FLAT}?(?:[A-Z][\w'’]{{1,20}} ){{1,2}}"
    r"(?:House|Cottage|Farm|Lodge|Barn|Court|Hall|Mill|Rectory"
    r"|Vicarage|Grange|Manor|Flats?|Building|Newydd|Villa|Barns|View|Croft|Forge|Smithy|Stables"
    r"|Chapel|Bungalow|Gatehouse|Schoolhouse|Stores?|Dairy|Bakery|Priory|Tower|Nook|Byre),? $"
)
_FLAT_BEFORE = re.compile(rf"{_FLAT}$", re.I)
_NO_BEFORE = re.compile(r"\b(?:no|nr|number)\b\.? $", re.I)
_FLAT_AFTER = re.compile(r",? (?:flat|apt|apartment|unit|suite|room|floor|#)\.? ?#?\w{1,6}\b", re.I)
_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY"
    " E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE"
    " LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL"
    " SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
_AREA = "|".join(sorted(_AREAS.split(), key=len, reverse=True))
_POSTCODE = rf"(?:{_AREA})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
_UK_POSTCODE = re.compile(rf"(?<![\w-]){_POSTCODE}(?!\w)", re.I)
_EIRCODE = re.compile(r"(?<!\w)(?:[AC-FHKNPRTV-Y]\d[\dW]) ?(?=[A-Z]*\d)[0-9AC-FHKNPRTV-Y]{4}(?!\w)")
_US_ZIP = (
    r"(?:A[LKZR]|C[AOT]|DC|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]"
    r"|T[NX]|UT|V[TA]|W[AVIY]) \d{5}(?:-\d{4})?"
)
_ZIP = re.compile(rf"(?<!\w){_US_ZIP}(?!\d)")
# Right behind a street a postcode may have a letter that none has.
_POSTCODE_BEHIND = re.compile(
    rf"(?<!\w)(?:(?:{_AREA})\d[A-Z\d]? ?\d[A-Z]{{2}}|{_US_ZIP})(?!\w)", re.I
)
_TAIL = 80
"""Characters behind a street in which its postcode is looked for."""
_TAIL_WORDS = 6
_CAP_TOWN = re.compile(r"(?<![\w@.,/€$£#-])(?:I-)?\d{5}(?=[ ,\n-]{1,3}[^\W\d_])")
_ORDER_BEFORE = re.compile(r"(?:ordin[ei]|orders?|n\.?|numero|#|la)[ .:-]{0,3}$", re.I)


def find_addresses(text: str, taken: Taken) -> None:
    """Streets with number or name, postcodes, and the town behind either."""
    lists = words()
    numbered = any(map(str.isdecimal, text))
    find_shapes(text, taken, numbered=numbered)
    if numbered or "snc" in text.lower():
        _find_italian(text, taken, lists)
    if numbered:
        for match in _EN_NUMBERED.finditer(text):
            _take_english(text, match.start(), match.end(), taken, lists)
        for match in _CAP_TOWN.finditer(text):
            _take_cap(text, match, taken, lists)
    for match in _IT_NAMED.finditer(text):
        _take_named(text, match, taken, lists)
    for match in _EN_NAMED.finditer(text):
        _take_named_english(text, match, taken, lists)
    for match in _WELSH.finditer(text):
        _take_english(text, match.start(), match.end(), taken, lists)
    if numbered:
        _find_postcodes(text, taken, lists)


def _find_italian(text: str, taken: Taken, lists: Words) -> None:
    for match in _IT_NUMBERED.finditer(text):
        if not _is_way_of_speaking(match.group()):
            end = _italian_end(text, match.end(), lists)
            start = match.start()
            if _CAP_INSIDE.search(text, match.end() - 1, end):
                start = start_of_line(text, start, lists, taken)
            taken.add_free(start, end, "address")


def _find_postcodes(text: str, taken: Taken, lists: Words) -> None:
    """Postcodes and boxes, with what stands around them of an address."""
    for match in _FLAT_NAMED.finditer(text):
        _take_english(text, match.start(), match.end(), taken, lists)
    for pattern in (*ABROAD, _UK_POSTCODE, _EIRCODE, _ZIP, _BOX):
        for match in pattern.finditer(text):
            start = start_of_line(text, match.start(), lists, taken)
            start = min(start, town_before(text, match.start(), lists))
            end = match.end()
            if pattern is _BOX and (before := BEFORE_TOWN.match(text, end)):
                town = town_end(text, before.end(), lists)
                end = town if town > before.end() else end
            taken.add_free(start, end, "address")


def _take_named_english(text: str, match: re.Match[str], taken: Taken, lists: Words) -> None:
    """ "Castle Street" without number; an ordinary word that begins the sentence isn't of it."""
    start = match.start()
    spoken = match.group().split(" ")
    while len(spoken) > 2 and spoken[0].lower() in lists.ordinary:
        start += len(spoken.pop(0)) + 1
    if len(spoken) > 1:
        _take_english(text, start, match.end(), taken, lists)


def _is_way_of_speaking(written: str) -> bool:
    """`via mail 2 volte`, `via dal negozio 3`: no street."""
    found = written.replace("’", " ").split()
    if len(found) > 2 and found[1].lower() == "per" and found[2][0].isupper():
        return False  # "via per Pollone"
    return len(found) > 1 and found[1].lower().rstrip(",.") in _NO_STREET


def _italian_end(text: str, end: int, lists: Words) -> int:
    far = _KM.match(text, end)
    end = far.end() if far else end
    inside = _INSIDE_IT.match(text, end)
    end = inside.end() if inside else end
    cap = _CAP.match(text, end)
    end = cap.end() if cap else end
    before = BEFORE_TOWN.match(text, end)
    town = town_end(text, before.end(), lists) if before else end
    if before and town > before.end():
        end = town
        for _ in range(2):  # "Dorsoduro, Venezia"
            comma = _COMMA.match(text, end)
            town = town_end(text, comma.end(), lists) if comma else end
            if not comma or town == comma.end():
                break
            end = town
    elif not cap:
        return end
    elif named := _NAMED_TOWN.match(text, end):
        return named.end()
    elif small := _SMALL_BEHIND_CAP.match(text, end):
        return small.end() if small["it"] in lists.places else end
    late = _CAP.match(text, end) if not cap else None
    end = late.end() if late else end
    province = _PROVINCE.match(text, end)
    return province.end() if province else end


def _take_named(text: str, match: re.Match[str], taken: Taken, lists: Words) -> None:
    """A street without number: "abito in via Garibaldi", "Piazza Castello, Torino"."""
    street, name = match["street"].lower(), match["name"].split()
    if street not in _STREETS_BARE or not name or name[0].lower().rstrip(".,") in _NO_STREET:
        return
    kept = 0
    for word in name:
        bare = word.rstrip(".'’")
        link = bare.lower() in TOWN_LINK or bare.lower() in ("san", "santa", "dei", "degli", "xx")
        if not (bare[:1].isupper() or link or (kept == 0 and len(bare) > 3)):
            break
        if kept and bare.lower() in lists.ordinary and not link:
            break
        kept += 1
    first = name[0].rstrip(".'’")
    capital = first[:1].isupper() and not text.isupper()
    here = bool(_HERE_BEFORE.search(text[max(0, match.start() - 30) : match.start()]))
    known = first.lower() in lists.surnames or first.lower() in lists.places
    if not kept or not (capital or (here and (known or street != "via") and street != "corso")):
        return
    if not capital and first.lower() in lists.ordinary:
        return
    end = match.start("name")
    for word in name[:kept]:
        end = text.index(word, end) + len(word)
    taken.add_free(match.start(), _italian_end(text, end, lists), "address")


def _take_english(text: str, start: int, end: int, taken: Taken, lists: Words) -> None:
    before = text[max(0, start - 60) : start]
    for pattern in (_HOUSE, _FLAT_BEFORE, _NO_BEFORE):
        found = pattern.search(before)
        if found:
            start -= len(found.group())
            break
    flat = _FLAT_AFTER.match(text, end)
    end = flat.end() if flat else end
    tail = _POSTCODE_BEHIND.search(text, end, end + _TAIL)
    if tail and _are_towns(text[end : tail.start()]):
        end = town_behind_postcode(text, tail.end(), lists)
    else:
        for _ in range(3):
            before_town = BEFORE_TOWN.match(text, end)
            town = town_end(text, before_town.end(), lists) if before_town else end
            if not before_town or town == before_town.end():
                break
            end = town
        small = _SMALL_TOWN.match(text, end) if text.islower() else None
        if small and small["it"] not in lists.vocabulary and small["it"] not in lists.ordinary:
            end = small.end()
    taken.add_free(start, end, "address")


def _are_towns(between: str) -> bool:
    """Whether only words stand between a street and its postcode."""
    plain = all(sign.isalpha() or sign in " ,'’-\n" for sign in between)
    return plain and len(between.split()) <= _TAIL_WORDS


def _take_cap(text: str, match: re.Match[str], taken: Taken, lists: Words) -> None:
    if _ORDER_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
        return
    before = BEFORE_TOWN.match(text, match.end())
    if before is None:
        return
    end = town_end(text, before.end(), lists)
    if end == before.end():
        return
    province = _PROVINCE.match(text, end)
    start = start_of_line(text, match.start(), lists, taken)
    taken.add_free(start, province.end() if province else end, "address")
