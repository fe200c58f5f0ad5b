"""Reference numbers of any shape behind the word for them, and some that their shape tells alone.

Shops number as they like: WEB/5521/24, 2024.11.0563, FT 2024/1873. What makes such a thing a
reference is the word before it (order, invoice, receipt, waybill, document …); what a measure, a
date or a price looks like stays.
"""

from __future__ import annotations

import re

from understanding.personal_data.spans import Kind, Taken
from understanding.personal_data.words import listed

_MONTH = r"(?:gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic|jan|may|jun|jul|aug|sep|oct|dec)"
# "ordine del 12 aprile numero …", "order from 3 March, number …".
_DATED = (
    rf"(?:,? (?:del|of|from|dated) (?:the )?\d{{1,2}}(?:st|nd|rd"
    rf"|th)? (?:of )?{_MONTH}[a-z]{{0,7}})?"
)
_GLUE = (
    rf"{_DATED}(?:[ :=.,#°º'’(-]{{1,3}}(?:n|no|nr|nº|num|nums|numero|number|code|codice|is|was|è"
    r"|era"
    r"|il|la|the|my|mio|mia|your|vostra|vostro|id|ref|rif|order|ordine|invoice|conferma"
    r"|confirmation|online)\b){0,4}"
    r"[ :=.,#°º'’(\"“]{1,4}"
)
_ORDER = re.compile(
    r"\b(?:ordin[ei]|orders?|ord|acquisto|purchase|fattur[ae]|fatt|invoices?|ricevut[ae]|receipts?"
    r"|scontrin[oi]|proforma|preventivo|quot(?:e|ation)|nota di credito|credit note|ddt|bolla"
    r"|delivery note|packing slip|booking|prenotazione|pratica|reclamo|ticket|claim|case|contratto"
    rf"|contract|reso|return|rma|rif|riferimento|ref|reference){_GLUE}",
    re.I,
)
_DOCUMENT = re.compile(
    r"\b(?:waybill|awb|lettera di vettura|ldv|consignment|docket|document[oi]?|passport|passaporto"
    r"|patente|licen[cs]e|carta d['’ ]?identit[àa]|identity card|id card|visto|permesso"
    rf"|gls|brt|sda|dhl|ups|fedex|dpd|evri|parcelforce){_GLUE}",
    re.I,
)
_STATE = re.compile(
    r"\b(?:abn|acn|tfn|ein|siren|siret|nif|nipt|steuernummer|ust-?id(?:-?nr)?|rea|crn"
    r"|(?:company|charity|registration|business|trade) (?:reg\w{0,10} )?(?:no|number))"
    rf"\b{_GLUE}",
    re.I,
)
_MARKED = re.compile(r"(?:\b(?:n|no|nr|nº|num|numero|number|id)\b[^\w]{0,4}|[#°º:])\W{0,3}$", re.I)
_TOKEN = re.compile(r"[A-Z0-9]{1,20}(?:[-/._][A-Z0-9]{1,12}){0,5}(?!\w)", re.I)
_GROUP = re.compile(r" (?:[A-Z]{0,2}\d[\dA-Z]{0,7})(?![\w€$£%]|[.,]\d)")
_LETTERED = re.compile(r" (?=\D{0,6}\d)[A-Z0-9]{2,20}(?:[-/._][A-Z0-9]{1,12}){0,4}(?!\w)")
_UNIT = re.compile(
    r" ?(?:[€$£%]|[.,]\d|(?:euro?s?|eur|usd|gbp|gr?|grams?|gramm[io]|kg|ml|m|cm|mm|metri|met(?:re"
    r"|er)s?"
    r"|yards?|yds?|pounds?|quid|sterline|balls?|skeins?|gomitol[oi]|matass[ae]|pezzi|pz|pcs|items?"
    rf"|capi|volte|times|days?|giorni|weeks?|settiman[ae]|ply|punti|points|x|pm|am"
    rf"|{_MONTH}[a-z]{{0,7}})"
    r"\b)",
    re.I,
)
_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}(?:\1\d{2,4})?|(?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d(?:[/-]\d\d)?"
)
_AMOUNT = re.compile(
    r"\d{1,3}(?:\.\d{3})+|\d+\.\d{1,2}|\d{1,4}(?:x\d{1,4}){1,2}(?:[a-z]{1,2})?", re.I
)
_MEASURE = re.compile(
    r"\d{1,3}[a-z]{1,8}|[a-z]{1,4}\d{1,2}|\d{4,}[a-z]{2,8}|\d{1,3}(?:-\d{1,3})+", re.I
)
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z]).{5,}", re.I)
# Letters and digits in groups, as only numbering does: QF-20 441, LN-2024-00871, 2024-FE-00932.
_SHAPED = re.compile(
    r"(?<![\w/.-])(?:[A-Z]{1,5}\d{0,4}(?:[-/]\d{1,6}){1,4}(?: \d{3,4})?(?:[-/][A-Z]{1,2})?"
    r"|\d{2,4}[-/][A-Z]{2,4}[-/]\d{3,6})(?![\w-]|[.,]\d|[/€$£%])"
)
_DIGITS_OF_SHAPED = 5
_VEHICLE = re.compile(
    r"\b(?:targ(?:a|he|at[oaie])|(?:number|licen[cs]e) ?plates?|plates?|(?:car|van|lorry|truck) reg"
    r"|reg(?:istration)?(?= (?:no|number|plate|is|was|ended|[A-Z]{1,3}\d)|:)|furgon(?:e|cino)|van"
    r"|camion|lorry|automobile|macchina)\b[^\n.!?;\d]{0,24}?(?<!\w)"
    r"(?P<it>[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|[A-Z]{2}\d{2} ?[A-Z]{3}|[A-Z]\d{1,3} [A-Z]{3}"
    r"|[A-Z]{3} \d{1,3}[A-Z]?|[A-Z]{2,3} \d{3,4}|\d{2,3}-[A-Z]{1,2}-\d{1,6})(?!\w)",
    re.I,
)
_ORDINARY_LETTERS = listed(
    "a al alle an and are at by da dal del di e ed for from has i il in is la le my of on or per",
    "su the to was xs xl xxl",
)


def find_references(text: str, taken: Taken) -> None:
    """Take what stands behind a word for a reference, and what only a reference looks like."""
    kinds: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_STATE, "tax_code"),
        (_ORDER, "order_number"),
        (_DOCUMENT, "code"),
    )
    for pattern, kind in kinds:
        for match in pattern.finditer(text):
            end = _reference_end(text, match.end(), marked=bool(_MARKED.search(match.group())))
            if end:
                taken.add_free(match.end(), end, kind)
    for match in _SHAPED.finditer(text):
        if sum(map(str.isdecimal, match.group())) >= _DIGITS_OF_SHAPED:
            taken.add(match.start(), match.end(), "order_number")
    for match in _VEHICLE.finditer(text):
        letters = re.split(r"[\W\d]", match["it"].lower())
        if _ORDINARY_LETTERS.isdisjoint(letters) or match["it"].isupper():
            taken.add(match.start("it"), match.end("it"), "code")


def _reference_end(text: str, start: int, *, marked: bool) -> int:
    """Where the reference ends that begins here, or 0 when this is none."""
    token = _TOKEN.match(text, start)
    if token is None or text[start - 1] in "€$£":
        return 0
    end, first = token.end(), token.group()
    lettered = not any(map(str.isdecimal, first))
    if lettered and not (first.isupper() and len(first) <= 6):
        return 0
    if lettered:
        group = _LETTERED.match(text, end)
        if group is None:
            return 0
        end = group.end()
    for _ in range(4):
        group = _GROUP.match(text, end)
        # A second short number behind a whole reference is a quantity: "ordine 20398 10 gomitoli".
        if group is None or _UNIT.match(text, group.end()):
            break
        if len(group.group()) < 4 and end - start > 5 and end == token.end():
            break
        end = group.end()
    written = text[start:end]
    return end if _is_reference(written, text, end, marked=marked) else 0


def _is_reference(written: str, text: str, end: int, *, marked: bool) -> bool:
    digits = sum(map(str.isdecimal, written))
    letters = sum(map(str.isalpha, written))
    if _DATE.fullmatch(written) or _AMOUNT.fullmatch(written):
        return False
    if not letters:
        return digits >= (3 if marked else 4) and not _UNIT.match(text, end)
    if _MEASURE.fullmatch(written):
        return False
    if re.fullmatch(r"\d+[-/][a-z]{1,2}", written, re.I):
        return marked or digits >= 4  # 418/E, 5521-B
    groups = len(re.findall(r"\d+", written))
    return bool(_MIXED.fullmatch(written)) and (digits >= 3 or groups >= 2)
