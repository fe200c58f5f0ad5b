"""E-mail addresses, handles on social networks and links to a person's own page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from understanding.personal_data.spans import Kind, Taken

_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzàèéìòùABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'")
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_DOMAIN = re.compile(r"\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{1,63}){1,4}", re.ASCII)
_DOMAIN_TIGHT = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_SPACED_TOP = re.compile(r"(?:\s?\.\s|\s\.\s?)(?:it|com|net|org|eu|uk|ie|co\s?\.\s?uk)\b", re.I)
_KNOWN_TOP = re.compile(r"[\w.-]{1,80}\.(?:it|com|net|org|eu|uk|ie|info|io|fr|de|es|ch)\b", re.I)
_BARE_DOMAIN = re.compile(
    r"\s?(?:gmail|hotmail|outlook|yahoo|libero|live|icloud|virgilio|tiscali|alice|tin)\b", re.I
)

# nome chiocciola dominio punto it; name at domain dot com.
_AT_WORD = re.compile(
    r"\s?(?:\bchiocciola\b|[\[(]\s?(?:at|chiocciola)\s?[\])]|\bat\b)\s{0,2}", re.I
)
_SPOKEN_DOMAIN = re.compile(
    r"[\w-]{1,40}(?:(?:\s+(?:punto|dot)\s+|\s?[\[(](?:dot|punto)[\])]\s?|\s?\.\s?)[\w-]{1,30}){1,3}",
    re.I,
)
# "12 balls at 6.90", "wash at 60. any", "my neighbour at no. 23".
_NO_DOMAIN = re.compile(r"\d+\s?\.\s?\d+$|\d+\s?\.\s|(?:no|nr|num|number)\s?\.\s?\d", re.I)
_SPOKEN_LOCAL = re.compile(
    r"(?:(?:[\w.+-]{1,40}\s(?:punto|dot|trattino(?: basso)?|under ?score|lineetta(?: bassa)?|meno"
    r"|dash"
    r"|hyphen|più|plus)\s){0,4}|(?<!\w)(?:\w\s){2,24})[\w.+-]{1,64}$",
    re.I,
)
_SPOKEN_REACH = 120

_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?")
_NETWORK = (
    r"(?:instagram|insta|ig|facebook|fb|messenger|twitter|tiktok|telegram|tg|ravelry|pinterest"
    r"|snapchat|threads|discord|profil[oe]|profile|account|nickname|nick|handle|username"
    r"|nome utente|user ?name)"
)
_ANY_NETWORK = re.compile(rf"\b{_NETWORK}\b", re.I)
_NETWORK_HANDLE = re.compile(
    rf"\b{_NETWORK}\b(?:[ :=,]{{1,3}}(?:è|e'|is|sono|come|as|i'm|di|su|on|ravelry|instagram|il mio"
    r"|my|name|nome|handle|id|sul|on the|forum|the|qui|here|sito|site|vostro|your))"
    r"{0,5}[ :=,]{1,3}(?P<it>(?=[a-z])(?=[a-z.-]*[_\d]|[a-z]+\.[a-z])[\w.-]{3,30}(?<![.,]))",
    re.I,
)
# "su messenger sono Lana E Fili": what stands there is a name that somebody gave themselves.
_NETWORK_NAME = re.compile(
    rf"(?i:\b{_NETWORK}\b,? ?(?:sono|mi chiamo|i['’]?m|i am|as|come|mi trovate come|è|is|:))"
    r"(?: (?i:under|sotto|il profilo|the page))? [\"“]?"
    r"(?P<it>[A-ZÀ-Ý][\w'’]{1,20}(?: (?:[A-ZÀ-Ý&][\w'’]{0,20})){0,4})(?!\w)"
)
_HANDLE_ON = re.compile(
    r"(?<![\w@./-])(?P<it>[A-Za-z][A-Za-z0-9.]{0,24}_[A-Za-z0-9_.]{0,24}[A-Za-z0-9_])(?![\w@])"
)
_OWN = frozenset({"lanificioaurora", "lanificio_aurora", "lanificio.aurora"})

_LINK = re.compile(
    r"(?:https?://)?(?:[\w-]{1,30}\.){0,3}?(?:instagram|facebook|fb|twitter|tiktok|linkedin|ravelry"
    r"|pinterest|youtube|threads|snapchat|etsy|blogspot|wordpress|medium|github|substack|linktr|t"
    r"|wa|x|m)\.(?:com|me|net|it|ee|tv)/[^\s<>\"')\],;]{1,200}",
    re.I,
)
_OWN_SITE = re.compile(
    r"\b(?:mio|nostro|my|our)\s(?:(?:sito|site|blog|website|web ?page|pagina|homepage|portfolio"
    r"|shop|negozio)\b[^\n.]{0,20}?)"
    r"[ :](?P<it>(?:https?://|www\.)?[\w-]{2,40}(?:\.[\w-]{2,20}){1,3}(?:/[^\s<>\"']{0,100})?)",
    re.I,
)
_BLOG = re.compile(
    r"(?:https?://)?[\w-]{2,40}\.(?:blogspot|wordpress|tumblr|substack|altervista)\.(?:com|it|org)"
    r"(?:/\S{0,100})?",
    re.I,
)


def find_emails(text: str, taken: Taken) -> None:
    """E-mail addresses, also with blanks around the sign and spelt out."""
    at = text.find("@")
    last = 0
    while at >= 0:
        place = _email_at(text, at, last)
        if place:
            taken.add(*place, "email")
            last = place[1]
        at = text.find("@", max(at + 1, last))
    for sign in _AT_WORD.finditer(text):
        domain = _SPOKEN_DOMAIN.match(text, sign.end())
        spelt = sign.group().strip().lower() != "at"
        if not domain or not (spelt or re.search(r"\sdot\s|\.", domain.group())):
            continue
        if not spelt and _NO_DOMAIN.match(domain.group()):
            continue
        before = text[max(0, sign.start() - _SPOKEN_REACH) : sign.start()]
        local = _SPOKEN_LOCAL.search(before)
        if local:
            start = sign.start() - (len(local.group()))
            taken.add(start, domain.end(), "email")


def _email_at(text: str, at: int, floor: int) -> tuple[int, int] | None:
    begin = at
    blank = begin > floor and text[begin - 1] == " "
    if blank:
        begin -= 1
    end_local = begin
    while begin > floor and end_local - begin < _LONGEST_LOCAL and text[begin - 1] in _LOCAL:
        begin -= 1
    while begin < end_local and text[begin] in ".'-":
        begin += 1
    if begin == end_local:
        return None
    if blank and text[at + 1 : at + 2] != " " and not _KNOWN_TOP.match(text, at + 1):
        return None  # "sono @giulia.knits"
    domain = (_DOMAIN_TIGHT if not blank else _DOMAIN).match(text, at + 1) or _DOMAIN.match(
        text, at + 1
    )
    if domain is None:
        domain = None if blank else _BARE_DOMAIN.match(text, at + 1)
        return (begin, domain.end()) if domain else None
    end = domain.end()
    spaced = _SPACED_TOP.search(text, at + 1, min(len(text), at + 80))
    tight = _DOMAIN_TIGHT.match(text, at + 1)
    if tight:
        end = tight.end()
    elif spaced and spaced.end() <= domain.end():
        end = spaced.end()
    return begin, end


def find_links(text: str, taken: Taken) -> None:
    """Links to somebody's page on a network, and sites that are called one's own."""
    if "." not in text:
        return
    for pattern in (_LINK, _BLOG):
        if "/" in text or "blog" in text or "wordpress" in text:
            for match in pattern.finditer(text):
                taken.add(match.start(), match.end(), "url_personal")
    for match in _OWN_SITE.finditer(text):
        taken.add(match.start("it"), match.end("it"), "url_personal")


def find_handles(text: str, taken: Taken) -> None:
    """@name, and what is called somebody's name on a network."""
    taken.add_all(_handles(text))


def _handles(text: str) -> Iterator[tuple[int, int, Kind]]:
    if "@" in text:
        for match in _HANDLE.finditer(text):
            if match.group()[1:].lower() not in _OWN:
                yield match.start(), match.end(), "handle"
    if _ANY_NETWORK.search(text):
        for pattern in (_NETWORK_HANDLE, _NETWORK_NAME):
            for match in pattern.finditer(text):
                yield match.start("it"), match.end("it"), "handle"
    if "_" in text:
        for match in _HANDLE_ON.finditer(text):
            yield match.start("it"), match.end("it"), "handle"
