"""Numbers that belong to a person: orders, customers, codes, taxes, dates of birth, telephones."""

from __future__ import annotations

import re

from understanding.personal_data.spans import Taken
from understanding.personal_data.words import listed

_GLUE = (
    r"(?:[ :=.,#°º/'’-]{0,3}\b(?:n|no|nr|nº|num|number|numero|n°|code|codice|ref|reference|id|is"
    r"|was|è|e|era|il|the|my|mio|di|del|ordine|order|con|with|sul|on)\b){0,4}[ :=.,#°º'’è/-]{0,5}"
)
_ORDER_LA = re.compile(
    r"(?<![^\W\d_])LA[ .:#_/\-\u2010-\u2015n°]{0,4}(?:(?:\d[ .\-]?){4}\d|\d{6,10})"
    r"(?:/\d{1,2})?(?![\w@])",
    re.I,
)
# As other shops number, or a slip of the pen: AL84460, AL - 81349, al-77210.
_ORDER_LETTERED = re.compile(
    r"(?<![\w.,/€$£+-])(?:[A-Z]{2}(?: ?[-\u2010-\u2015] ?)?|[a-z]{2}[-\u2010-\u2015])"
    r"\d{5,10}(?:/\d{1,2})?(?![\w@€$£%/-]|[.,]\d)"
)
_ORDER_ASKED = re.compile(
    r"\b(?:eta|status|stato|update|news|notizie|novità|aggiornament[oi])"
    r" (?:for|on|of|about|di|del|dell[oa']|su|sul|per)(?: (?:my|the|il|mio|la))? ?(?P<it>\d{6,8})"
    r"(?![\w@€$£%]|[.,]\d)",
    re.I,
)
_ORDER_SAID = re.compile(
    r"\b(?:ordin[ei]|orders?|ord|acquist[oi]|purchase|rma|reso|fattura|invoice|pratica|scontrino"
    rf"|booking|prenotazione)\b{_GLUE}"
    r"(?P<it>(?:[A-Z]{1,3}[ -]?)?(?:\d{4,10}|\d(?:[ .-]?\d){4,7}|\d{2,3} \d{2,3}))"
    r"(?![\w@€$£%]|[.,-]\d| ?(?:euro|eur|gr?|m|punti|points)\b)",
    re.I,
)
_DAY_WRITTEN = re.compile(r"[0-3]?\d([.-])[01]?\d\1(?:20)?\d\d|20\d\d-[01]\d-[0-3]\d")
_ORDER_HASH = re.compile(r"(?<![\w&])# ?\d{4,8}(?![\w])")
_ORDER_BARE = re.compile(
    r"(?<![\w@.,/€$£+-])(?<!\d )\d{5}"
    r"(?![\w@€$£%/]|[.,-]\d| \d| ?(?:euro|eur|gr?|gramm\w|grams?|m|metri|met(?:re|er)s?|punti"
    r"|points|km|ml|pounds?|sterline|followers?|persone|people|passi|steps)\b)",
    re.I,
)
_ARTICLE_BEFORE = re.compile(
    r"\b(?:articol[oi]|articles?|art|items?|sku|ean|modell[oi]|models?|products?|prodott[oi]"
    r"|pattern"
    r"|schema|lott[oi]|dye ?lot|lot|bagno)\b[ .:#°]{0,3}(?:(?:n|no|nr|num|numero|number|code"
    r"|codice|è"
    r"|is)\b[ .:#°]{0,3}){0,2}$",
    re.I,
)
_CUSTOMER = re.compile(
    r"\b(?:(?:codice|numero|n\.?|id)\s(?:di\s)?(?:client[ei]|socio|socia|tessera|fidelity|fedeltà"
    r"|card|utente|club)|(?:customer|client|member(?:ship)?|loyalty|account|club)(?:\scard)?\s"
    r"(?:number|no\.?|id|code|ref\w{0,6})|tessera|loyalty card|cod\.?\s?cliente)"
    r"(?:\s(?:club|aurora|fedeltà|fidelity|club aurora))?"
    rf"{_GLUE}(?P<it>(?=[A-Z-]{{0,6}} ?[\d-]{{0,2}}\d)[A-Z]{{0,5}}[ -]?\d(?:[ -]?\d){{2,14}})"
    r"(?![\w@])",
    re.I,
)
_CUSTOMER_SHORT = re.compile(
    r"\b(?:client[ei]|customer|account|utente|user|member|soci[oa]|tessera)\b[ :#=-]{1,3}"
    r"(?:(?:n|no|nr|è|is)\b[.:]? ?)?(?P<it>[A-Z]{1,5}-?\d{3,10}|\d{3,10}-?[A-Z]{1,4})(?![\w@])",
    re.I,
)
_CUSTOMER_NUMBERED = re.compile(
    r"\b(?:client[ei]|customer|account|utente|member|soci[oa])\s(?:(?:n|no|nr|num|numero|number)\b"
    r"[.:°]{0,2} ?(?P<it>\d[\d-]{2,10})|(?P<dashed>\d{2,6}-\d{2,8}))(?![\w@])",
    re.I,
)
_CODE = re.compile(
    r"(?:\b(?:codic[ei]|codes?|cod|otp|pin|cvv2?|cvc2?|puk|passcode|one[- ]time|usa e getta"
    r"|verifica|verification)\b)"
    r"(?P<of>(?:[ :=]{1,3}(?:che|mi|è|e'|avete|hai|inviato|mandato|arrivato|ricevuto|di|verifica"
    r"|verification|sicurezza|security|conferma|confirmation|accesso|access|login|otp|via|per|mail"
    r"|sms|email|e-mail|is|was|the|i|got|you|sent|me|received|here|eccolo|questo|this|that|ho|il|la"
    r"|mio|my|code|codice|numero|number|sarebbe|dovrebbe|essere|says|dice|carta|della|of|for|from"
    r"|to|in|on|your|just|came|nella|un|a|one|time)\b['’]?){0,9})"
    r"[ :=.,\-–è\n]{1,4}(?P<it>\d{3}[ -]?\d{3}|\d{2} \d{2} \d{2}|\d{4}|\d{6,8}"
    r"|\d(?: \d){5}|(?<=cvv )\d{3}|(?<=cvc )\d{3})"
    r"(?![\w€$£%]|[.,]\d)",
    re.I,
)
_CODE_BEHIND = re.compile(
    r"(?<![\w.,€$£+])(?P<it>\d{3}[ -]?\d{3})\s?(?:,|è|is|-|=)?\s?(?:è|is|era|was)?\s?"
    r"(?:(?:come|as|quale|per) )?(?:(?:il|the|my|a|un|an)\s)?(?:\w{2,14} ){0,2}?"
    r"(?:codice|code|otp|pin|passcode)\b",
    re.I,
)
_CODE_TOLD = re.compile(
    r"\b(?:text|sms|message|messaggio|msg|email|mail|code|codice|otp|app)\b[^\n\d]{0,40}?"
    r"(?<![\w.,€$£+#/-])(?P<it>\d{3}[ -]?\d{3})(?![\w€$£%/-]|[.,]\d| \d)",
    re.I,
)
_CODE_ALONE = re.compile(r"\W{0,3}(?P<it>\d{3}[ -]?\d{3}|\d(?: \d){5})\W{0,3}")
# Shipments, documents and bank transfers: long, with digits, and called what they are.
_CALLED = re.compile(
    r"\b(?:track\w{0,6}|tracciam\w{1,6}|spedizione|vettura|ldv|awb|parcel|shipment|consignment"
    r"|passport|passaporto|carta d['’ ]?identit[àa]'?|documento|patente|licen[cs]e|id card|identity"
    r"|cro|trn|transazione|transaction|riferimento|reference|ref)\b(?:[^\n.,;!?]{0,25}?[ :#=])"
    r"(?P<it>(?=[A-Z-]{0,8}\d)[A-Z0-9](?:[ -]?[A-Z0-9]){6,24})(?![\w@])",
    re.I,
)
_DIGITS_ENOUGH = 5
_LONG = re.compile(r"(?<![\w@./-])(?=[A-Z0-9]*\d{6})[A-Z0-9]{8,34}(?![\w@/])", re.I)
_DOCUMENT = re.compile(r"(?<![\w-])[A-Z]{2,4}-(?:\d{4}/)?\d{4,8}(?![\w-])")
_COMPANY_CARD = re.compile(
    r"\b(?:card|carta|tessera)\b(?:[ :#]|n\.|no\.|number|numero|club|fedeltà|socio|is|è){1,6}"
    r"(?P<it>[A-Z]{1,4}-?\d{4,8}|\d{3} ?\d{3,5})(?![\w€$£]| \d|[.,]\d)",
    re.I,
)
_SDI = re.compile(
    r"\b(?:sdi|destinatario|univoco)\b[ :=]{0,3}(?:è |e' )?"
    r"(?P<it>(?=[A-Z]{0,6}\d)[A-Z0-9]{6,7})(?!\w)",
    re.I,
)
_DIGIT_WORD = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|hundred|thousand"
    r"|uno|due|tre|quattro|cinque|sei|sette|otto|nove|doppio|triplo)"
)
# Pairs, too: "ventidue", "forty-one".
_PAIR_WORD = (
    r"(?:dieci|undici|dodici|tredici|quattordici|quindici|sedici|dicia(?:ssette|nnove)|diciotto"
    r"|(?:vent|trent|quarant|cinquant|sessant|settant|ottant|novant)(?:[ai]?(?:uno|due|tr[eé]"
    r"|quattro"
    r"|cinque|sei|sette|otto|nove)|[ai])|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    r"|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
)
_NUMBER_WORDS = listed(
    "zero oh one two three four five six seven eight nine double triple hundred thousand uno due",
    "tre quattro cinque sei sette otto nove doppio triplo dieci undici dodici tredici quattordici",
    "quindici sedici diciassette diciotto diciannove ten eleven twelve thirteen fourteen fifteen",
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
) | {
    ten + unit
    for ten in listed("vent trent quarant cinquant sessant settant ottant novant")
    for unit in listed(
        "i a uno due idue adue tré itré atré itre atre iquattro aquattro icinque acinque isei asei",
        "isette asette otto inove anove",
    )
}
_SPOKEN_WORD = rf"(?:{_DIGIT_WORD}|{_PAIR_WORD})"
_SPOKEN_NUMBER = re.compile(rf"\b{_SPOKEN_WORD}(?:[ ,-]{{1,2}}{_SPOKEN_WORD}){{5,20}}\b", re.I)
_PARTLY_SPOKEN = re.compile(
    rf"(?<![\w.,])(?:\+?\d{{1,6}} )?{_DIGIT_WORD}"
    rf"(?:[ ,-]{{1,2}}(?:{_DIGIT_WORD}|\d{{1,9}})){{2,14}}"
    r"(?![\w€$£%])",
    re.I,
)
_PHONE_DIGITS = 8
_CVV = re.compile(r"\b(?:cvv2?|cvc2?|pin|puk)\b[^\n\d]{0,40}(?P<it>\d{3,8})(?!\d)", re.I)
_PASSWORD = re.compile(
    r"\b(?:password|passwd|pwd|psw)\b(?:\s(?:\w{1,12}\s){0,3}?(?:è|is|era|was)\s|\s?[:=]\s?|\s)"
    r"(?P<it>(?=\S{0,40}\d)\S{4,60}(?<![.,?]))",
    re.I,
)
_TAX = re.compile(
    r"(?<![\w])(?:[A-Z]{6} ?\d{2} ?[A-EHLMPR-T]\d{2} ?[A-Z]\d{3} ?[A-Z]"
    r"|[A-Z]{3} [A-Z]{3} \d{2} ?[A-EHLMPR-T] ?\d{2} [A-Z] ?\d{3} ?[A-Z]"
    r"|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|\d{3}-\d{2}-\d{4})(?![\w-])",
    re.I,
)
_VAT = re.compile(
    r"\b(?:p\.? ?iva|partita iva|vat|iva|p\.i\.|piva|utr|national insurance|ni number|tax)\b"
    r"(?:[ .:]{1,3}(?:n|no|nr|num|number|numero|id|code|is|è|e|reg\w{0,10}|la|mia|my)\b){0,4}"
    r"[ .:=°è-]{0,4}(?P<it>(?:[A-Z]{2} ?)?\d(?: ?\d){7,11})(?!\d)",
    re.I,
)
_VAT_PREFIXED = re.compile(r"(?<!\w)(?:IT ?\d{11}|GB ?\d{3} ?\d{4} ?\d{2})(?!\w)", re.I)
_FISCAL_SAID = re.compile(
    r"\b(?:codice fiscale|cod\.? ?fisc\.?|c\.?f\.?)\b[ :.]{0,3}(?:(?:è|e'|il|mio|is)\s){0,3}"
    r"(?P<it>(?=[A-Z]{0,9}\d)[A-Z0-9]{11,17})(?!\w)",
    re.I,
)

_MONTH = (
    r"(?:gen(?:naio)?|feb(?:braio)?|mar(?:zo)?|apr(?:ile)?|mag(?:gio)?|giu(?:gno)?|lug(?:lio)?"
    r"|ago(?:sto)?|set(?:tembre)?|ott(?:obre)?|nov(?:embre)?|dic(?:embre)?|jan(?:uary)?"
    r"|feb(?:ruary)?|march|april|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|november|dec(?:ember)?)(?![^\W\d_])\.?"
)
_DAY = (
    rf"(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}(?:\s?[./-]\s?\d{{2,4}})?|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|(?:the )?\d{{1,2}}(?:st|nd|rd|th|°|º)?\s(?:of |di )?{_MONTH}(?:,? (?:del )?\d{{2,4}})?"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|(?:19|20)\d\d)"
)
_BIRTH = re.compile(
    r"\b(?:nat[oaie]|data (?:di )?nascita|nascita|born|date of birth|birth ?date|d\.?o\.?b\.?"
    r"|birthday|compleanno|compio gli anni|ho compiuto|classe"
    r"|sono del(?= (?:19\d\d|200\d)))\b"
    rf"[^\n?!\d]{{0,40}}?(?<!\d)(?P<it>{_DAY})(?![\d])",
    re.I,
)
_BIRTH_ASKED = re.compile(
    r"\b(?:data di nascita|date of birth|birth ?date|d\.?o\.?b\b)[^\d]{0,60}?"
    rf"(?<!\d)(?P<it>{_DAY})(?!\d)",
    re.I,
)
_HAS_YEAR = re.compile(r"(?:19|20)\d\d$|[./-]\d{2}$")
_WEAK_BIRTH = re.compile(r"(?:birthday|compleanno|ho compiuto|classe)", re.I)


def find_own_orders(text: str, taken: Taken) -> None:
    """LA-20398, however it is spaced, #20398, and the like of other shops."""
    for match in _ORDER_LA.finditer(text):
        taken.add(match.start(), match.end(), "order_number")
    for match in _DOCUMENT.finditer(text):
        taken.add(match.start(), match.end(), "order_number")
    for match in _ORDER_HASH.finditer(text):
        taken.add(match.start(), match.end(), "order_number")


def find_marked_orders(text: str, taken: Taken) -> None:
    """Numbers that are called an order's."""
    for match in _ORDER_SAID.finditer(text):
        if _DAY_WRITTEN.fullmatch(match["it"]):
            continue
        taken.add(match.start("it"), match.end("it"), "order_number")
    for match in _ORDER_ASKED.finditer(text):
        taken.add(match.start("it"), match.end("it"), "order_number")


def find_bare_orders(text: str, taken: Taken) -> None:
    """Five digits, or letters and digits, by themselves: besides, only articles have such."""
    for pattern in (_ORDER_LETTERED, _ORDER_BARE):
        for match in pattern.finditer(text):
            if _ARTICLE_BEFORE.search(text, max(0, match.start() - 30), match.start()):
                continue
            taken.add(match.start(), match.end(), "order_number")


def find_numbers_of_state(text: str, taken: Taken) -> None:
    """Codice fiscale, partita IVA, VAT and National Insurance numbers, social security."""
    for match in _TAX.finditer(text):
        taken.add(match.start(), match.end(), "tax_code")
    for match in _VAT_PREFIXED.finditer(text):
        taken.add(match.start(), match.end(), "tax_code")
    for pattern in (_FISCAL_SAID, _VAT, _SDI):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "tax_code")


def find_customer_ids(text: str, taken: Taken) -> None:
    """What is called a customer's, member's or loyalty card's number."""
    for pattern in (_CUSTOMER, _COMPANY_CARD, _CUSTOMER_SHORT):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "company_customer_id")
    for match in _CUSTOMER_NUMBERED.finditer(text):
        taken.add(*match.span(match.lastgroup or 0), "company_customer_id")


def find_long_codes(text: str, taken: Taken) -> None:
    """Numbers of shipments, documents and transfers, and whatever else has as many digits."""
    for match in _CALLED.finditer(text):
        it = match["it"]
        if " " in it and any(map(str.isalpha, it)):
            it = it.split(" ")[0]
        if sum(map(str.isdecimal, it)) >= _DIGITS_ENOUGH:
            taken.add(match.start("it"), match.start("it") + len(it), "code")
    for match in _LONG.finditer(text):
        taken.add(match.start(), match.end(), "code")


def find_spoken_phones(text: str, taken: Taken) -> None:
    """Telephone numbers in words: "three three three zero …"."""
    spoken = text.lower().replace(",", " ").replace("-", " ").split()
    if sum(word in _NUMBER_WORDS for word in spoken) < 2:
        return
    for match in _SPOKEN_NUMBER.finditer(text):
        taken.add(match.start(), match.end(), "phone")
    for match in _PARTLY_SPOKEN.finditer(text):
        # A word is a digit, "double" and its digit are two.
        words = len(re.findall(r"[^\W\d_]+", match.group()))
        if words + sum(map(str.isdecimal, match.group())) >= _PHONE_DIGITS and words > 1:
            taken.add(match.start(), match.end(), "phone")


def find_codes(text: str, taken: Taken) -> None:
    """One-time codes, PINs and passwords by the words around them."""
    for pattern in (_CODE, _CODE_BEHIND, _CODE_TOLD, _CVV, _PASSWORD):
        for match in pattern.finditer(text):
            taken.add(match.start("it"), match.end("it"), "code")
    alone = _CODE_ALONE.fullmatch(text) if len(text) < 30 else None
    if alone:
        taken.add(alone.start("it"), alone.end("it"), "code")


def find_births(text: str, taken: Taken) -> None:
    """Dates that are said to be somebody's birth; beside "birthday" only with their year."""
    for match in _BIRTH.finditer(text):
        if _WEAK_BIRTH.match(match.group()) and not _HAS_YEAR.search(match["it"]):
            continue
        taken.add(match.start("it"), match.end("it"), "date_of_birth")
    for match in _BIRTH_ASKED.finditer(text):
        if _HAS_YEAR.search(match["it"]):
            taken.add(match.start("it"), match.end("it"), "date_of_birth")


_PHONE_RUN = re.compile(
    r"(?<![\w@#€£$])(?<!\d[.,/-])(?:\+|00)?\(?\+?\d(?:[ ()./\-\u2010-\u2015\u00a0]{0,3}\d){6,16}"
    r"(?![\w@€£$%]|[,.]\d)"
)
_CALLS = re.compile(
    r"(?:\b(?:tel|telefono|telefonic[oa]|cell|cellulare|mobile|phone|whatsapp|wa|fisso|landline"
    r"|chiam\w{1,8}|telefon\w{1,8}|richiam\w{1,8}|call|ring|text|reach|recapito|contact\w{0,3}|mob"
    r"|contatt\w{1,7}|numero|number|sms|casa)\b\.?|[☎📞📱])[^\n!?]{0,30}$",
    re.I,
)
_NO_PHONE = re.compile(
    r"\b(?:track\w{0,6}|tracciam\w{1,6}|spedizion[ei]|vettura|ldv|coll[oi]|parcel|shipment|awb"
    r"|consignment|ean|barcode|barre|lott[oi]|lot|bagno|transazione|transaction|prezzo|price)\b"
    r"[^\n.,;!?\d]{0,20}$|[€£$#] ?$",
    re.I,
)
_DATE = re.compile(r"\d{1,2}[./ -]\d{1,2}[./ -](?:\d{4}|\d{2})(?: \d{1,2})?|20\d{2}-\d{2}-\d{2}.*")


def find_phones(text: str, taken: Taken) -> None:
    """Telephone numbers by their shape: Italian, British, Irish, American, with a prefix."""
    for match in _PHONE_RUN.finditer(text):
        written = match.group()
        before = text[max(0, match.start() - 48) : match.start()]
        if _NO_PHONE.search(before) or _DATE.fullmatch(written):
            continue
        if _is_phone(written, said=bool(_CALLS.search(before))):
            taken.add(match.start(), match.end(), "phone")


def _is_phone(written: str, *, said: bool) -> bool:
    digits = "".join(sign for sign in written if sign.isdigit())
    count = len(digits)
    if count > 16:
        return False
    if written.lstrip("(").startswith(("+", "00")):
        return count >= 8
    if said:
        return count <= 14
    if digits[0] == "3":
        return count in (9, 10) or (digits.startswith("39") and count in (11, 12))
    if digits[0] == "0":
        return 8 <= count <= 11
    american = r"\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}|1[ .-]\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}"
    return bool(re.fullmatch(american, written))
