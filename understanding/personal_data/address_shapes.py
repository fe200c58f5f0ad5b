"""Addresses of more shapes: farms and wards, counties, streets and postcodes of other countries."""

from __future__ import annotations

import re

from understanding.personal_data.spans import Taken

_CAP = r"[A-ZÀ-ÝŶŴ][\w'’-]{1,24}"
_CAPS = (
    rf"{_CAP}(?: (?:(?:of|on|upon|under|by|le|la|de|di|del|na|nan|y|yr|am|an der"
    rf"|im) )?{_CAP}){{0,3}}"
)
_STATES_AU = r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT|Vic|Qld|Tas)"
_STATES_US = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia"
    r"|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts"
    r"|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey"
    r"|Mexico"
    r"|York)|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island"
    r"|Tennessee|Texas|Utah|Vermont|(?:West )?Virginia|Washington|Wisconsin|Wyoming)"
)
ABROAD = (
    re.compile(rf"(?<!\w){_STATES_AU},? \d{{4}}(?!\d)"),
    re.compile(rf"(?<!\w){_STATES_US},? \d{{5}}(?:-\d{{4}})?(?!\d)"),
    re.compile(r"(?<!\w)[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?!\w)"),
)
"""Postcodes with their state: Australian, American in words, Canadian."""
_COUNTIES = (
    r"(?:Antrim|Armagh|Carlow|Cavan|Clare|Cork|Derry|Donegal|Down|Dublin|Durham|Fermanagh|Galway"
    r"|Kerry|Kildare|Kilkenny|Laois|Leitrim|Limerick|Longford|Louth|Mayo|Meath|Monaghan|Offaly"
    r"|Roscommon|Sligo|Tipperary|Tyrone|Waterford|Westmeath|Wexford|Wicklow)"
)
# A quarter with the number of its postal district: "Ballinteer, Dublin 16".
_DISTRICT = re.compile(rf"(?<![\w-])(?:{_CAPS}, ){{1,3}}Dublin (?:6[wW]|\d{{1,2}})(?!\w)")
# A townland, a town, a county: nothing else says where a house in the country is.
_COUNTY = re.compile(
    rf"(?<![\w-])(?:(?:\d{{1,4}}[A-Za-z]? )?{_CAPS}, ){{2,4}}(?:(?:Co\.?"
    rf"|County) )?{_COUNTIES}(?!\w)"
)
_COUNTY_AFTER = re.compile(rf"(?:Co\.?|County) {_COUNTIES}(?!\w)")
_HOUSE = re.compile(
    rf"(?<![\w-])(?:(?:The|Old|New|Upper|Lower|Little|Great) )?(?:{_CAP} ){{1,2}}"
    r"(?:Farm|Farmhouse|Cottage|Cottages|Barn|Lodge|Grange|Manor|Rectory|Vicarage|Croft|Steading"
    r"|Bothy|Forge|Smithy|Stables|Schoolhouse|Gatehouse|Bungalow|Priory|Mill House|Coach House)"
    rf"(?:, (?:near )?{_CAPS}){{1,3}}"
)
_WARD = re.compile(
    rf"(?:\b(?:ward|bay|bed|room)s? (?:\d{{1,3}}[A-Za-z]?|{_CAP}),? (?:(?:of|at"
    rf"|in) )?(?:the )?){{0,2}}"
    rf"(?<![\w-])(?:{_CAP} ){{1,4}}(?:Hospital|Infirmary|Hospice|Nursing Home|Care Home)"
    rf"(?:,? (?:ward|bay|bed|room) \d{{1,3}}[A-Za-z]?){{0,2}}(?:, {_CAPS})?"
)
_WARD_IT = re.compile(
    r"(?:\b(?:reparto|stanza|camera|letto|padiglione|piano) [^\W_]{1,20},? ){1,3}"
    rf"(?:(?:dell['’]|all['’]|del |al |della )?(?:ospedale|policlinico|clinica|rsa"
    rf"|casa di (?:cura|riposo))"
    rf" (?:di )?{_CAPS})"
    r"|\b(?:ospedale|policlinico|clinica|rsa|casa di (?:cura|riposo)) (?:di )?"
    rf"{_CAPS}(?:,? (?:reparto|stanza|camera|letto|padiglione|piano) [^\W_]{{1,20}}){{1,3}}"
)
_CODE_AND_TOWN = (
    r"[ ,;\n–-]{1,3}(?:[A-Z]{1,2}-)?(?:\d{4}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,5})(?!\d)"
    rf"[ ,]{{1,2}}{_CAPS}"
)
_INSIDE = r"(?:,? ?\d{1,2}(?:º|ª|°|\.)? ?(?:[A-Za-z]{1,4}\b)?\.?)?"
_NUMBER = r"\d{1,4} ?(?:[A-Za-z]|bis|ter)?(?:[-/]\d{1,4}[A-Za-z]?)?(?!\w)"
_GERMANIC = re.compile(
    r"(?<![\w-])(?:(?:Am|An der|Im|In der|Auf dem|Zum|Zur|Unter den|Alte|Neue|Alter|Neuer) )?"
    r"(?:[A-ZÄÖÜ][\wäöüß-]{0,24}(?:(?:stra(?:ss|ß)e|str\.|weg|platz|gasse|allee|ring|ufer|damm"
    r"|steig|graben|markt|berg|hof|feld|straat|laan|plein|gracht|kade|dijk|gade|vej|gatan|vägen"
    r"|gata"
    rf"|veien)|[ -](?:Stra(?:ss|ß)e|Str\.|Weg|Platz|Gasse|Allee|Ring|Straat|Laan))) {_NUMBER}"
    rf"(?:{_CODE_AND_TOWN})?"
)
_FRENCH = re.compile(
    r"(?<![\w-])\d{1,4}(?: ?(?:bis|ter|quater|[A-Z]))?,? (?i:rue|avenue|av\.|boulevard|bd|chemin"
    r"|impasse"
    r"|place|allée|quai|route|cours|passage|square|sentier|ruelle|faubourg) "
    r"(?:[\w'’-]{1,20} ){0,5}?[\w'’-]{2,25}"
    rf"{_CODE_AND_TOWN}"
)
# The number behind, as in Belgium and Switzerland: "Rue des Tilleuls 8, 1203 Genève".
_FRENCH_BEHIND = re.compile(
    r"(?<![\w-])(?i:rue|avenue|av\.|boulevard|bd|chemin|place|allée|quai|route|square|chaussée)"
    r" (?:[\w'’-]{1,20} ){0,5}?[\w'’-]{2,25},? "
    rf"{_NUMBER}(?: ?(?:bte|boîte) ?\w{{1,4}})?{_CODE_AND_TOWN}"
)
_IBERIAN = re.compile(
    r"(?<![\w-])(?i:rua|avenida|avda\.?|av\.|travessa|praça|largo|estrada|alameda|calle|c/|paseo"
    r"|plaza"
    r"|carrer|camino|ronda|glorieta|rambla|praceta|beco)"
    rf" ?(?:[\w'’.-]{{1,20}} ){{0,5}}?[\w'’.-]{{2,25}},? (?:n\.?º? ?)?{_NUMBER}{_INSIDE}"
    rf"{_CODE_AND_TOWN}"
)
_STREETS = re.compile(
    r"stra(?:ss|ß)e|str\.|weg|platz|gasse|allee|ring|ufer|damm|steig|graben|markt|berg|hof|feld"
    r"|straat"
    r"|laan|plein|gracht|kade|dijk|gade|vej|gatan|vägen|gata|veien",
    re.I,
)
_ROMANCE = re.compile(
    r"\b(?:rue|avenue|av|boulevard|bd|chaussée|chemin|impasse|place|allée|quai|route|cours|passage|square"
    r"|sentier|ruelle|faubourg|rua|avenida|avda|travessa|praça|largo|estrada|alameda|calle|c/|paseo"
    r"|plaza|carrer|camino|ronda|glorieta|rambla|praceta|beco)\b",
    re.I,
)
_RURAL = re.compile(
    r"(?<!\w)(?:R\.?R\.?|Rural Route|HC|Star Route) ?#?\d{1,3},? Box \d{1,5}[A-Z]?(?!\w)", re.I
)


def find_shapes(text: str, taken: Taken, *, numbered: bool) -> None:
    """Take addresses by these shapes; `numbered`: the text has a digit."""
    lower = text.lower()
    if ", " in text:
        _take(text, taken, _HOUSE)
        if _COUNTY_AFTER.search(text):
            _take(text, taken, _COUNTY)
    if "osp" in lower or "clinic" in lower or "rsa" in lower or "casa di" in lower:
        _take(text, taken, _WARD)
        _take(text, taken, _WARD_IT)
    elif "infirm" in lower or "nursing" in lower or "care home" in lower:
        _take(text, taken, _WARD)
    if not numbered:
        return
    if _STREETS.search(text):
        _take(text, taken, _GERMANIC)
    if _ROMANCE.search(text):
        _take(text, taken, _FRENCH)
        _take(text, taken, _FRENCH_BEHIND)
        _take(text, taken, _IBERIAN)
    if "dublin" in lower:
        _take(text, taken, _DISTRICT)
    if "box" in lower:
        _take(text, taken, _RURAL)


def _take(text: str, taken: Taken, pattern: re.Pattern[str]) -> None:
    for match in pattern.finditer(text):
        taken.add_free(match.start(), match.end(), "address")
