"""Which lines of an order are meant, and how many pieces, in the customer's words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from actions.phrases import phrases

Item = dict[str, Any]
# Position of a line → the pieces that were said, None where only the line was.
Lines = dict[int, "int | None"]

_ALL = phrases(
    """
    tutt[oaie](?: (?:quanti|quanto|l'ordine|il pacco))?
    l'intero ordine
    entramb[ie]
    all
    all of (?:it|them)
    everything
    (?:the )?(?:whole|entire) (?:order|lot|thing)
    both
    the lot
    """
)
# In a first message "all" says many things: here it says what goes back.
_ALL_OF_IT = phrases(
    """
    (?:rend|restitu|rimand|rispedi|mand|cambi|riporta)\\S* (?:indietro )?(?:\\S+ )?tutt[oaie]
    tutt[oaie] (?:quant[oie]|l'ordine|il pacco|la merce|indietro)
    l'intero ordine
    entramb[ie]
    (?:return|send|exchange)~ (?:back )?(?:it all|them all|all|everything|both)
    (?:whole|entire) (?:order|lot|parcel)
    all of (?:it|them)
    everything
    """
)
_EXCEPT = re.compile(r"\b(?:tranne|eccetto|meno|escluso|but|except|apart from)\b", re.IGNORECASE)
_AND = re.compile(r"[,;\n&+]|\b(?:e|ed|and|più|plus)\b", re.IGNORECASE)
_ORDINALS = {
    "prim": 1, "second": 2, "terz": 3, "quart": 4, "first": 1, "third": 3, "fourth": 4,
}  # fmt: skip
_NUMBERS = {
    "un": 1, "uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6,
    "sette": 7, "otto": 8, "nove": 9, "dieci": 10, "undici": 11, "dodici": 12, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})(?:[oaie]|st|nd|rd|th)?\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"(?<![\w,.-])(\d{1,3})(?![\w-]|[.,]\d)")
_A_NUMBER = rf"(?<![\w,.-])(\d{{1,3}}|{'|'.join(_NUMBERS)})"
# What pieces are called: a number before such a word counts them, "4 mm" doesn't.
_PIECES = (
    r"(?:gomitol|matass|rocch|pezz|capi\b|paia|articol|confezion|skein|ball|hank|piece|pair|item)"
)
_COUNTED = re.compile(rf"{_A_NUMBER}\s+(?:\w+\s+)?{_PIECES}")
_OUT_OF = re.compile(rf"{_A_NUMBER}\s+(?:\w+\s+)?(?:su|dei|delle|out of|of (?:the|my|them)?)\s*\d*")
_ONLY = re.compile(
    rf"(?:ne (?:rend|restitu|mand|cambi)\w*|(?:rend|restitu)\w*ne|solo|soltanto|only|just)"
    rf"\s+{_A_NUMBER}\b"
)
# "Un" is an article more often than a number.
_ARTICLE = frozenset({"un"})
_YARN = re.compile(r"\d+ g\)|\b(?:merino|alpaca|mohair|filato|yarn)\b", re.IGNORECASE)
_YARN_WORDS = frozenset({"gomit", "matas", "filat", "lana", "yarn", "yarns", "skein", "balls"})
# One thing by several names: the stem that stands for them.
_SAME = {
    stem: names[0]
    for names in (
        ("magli", "jumpe", "sweat", "pullo"),
        ("berre", "cappe", "hat", "beani"),
        ("guant", "glove", "mitte"),
        ("ferri", "needl"),
        ("calze", "calzi", "socks"),
        ("sciar", "scarf"),
        ("scial", "shawl"),
        ("gilet", "vest"),
        ("buono", "gift", "vouch"),
        ("sapon", "soap"),
    )
    for stem in names
}
# In a name as well as in what is said of it.
_SAYS_NOTHING = frozenset({"tagli", "misur", "size", "color", "colou", "per", "con", "the", "with"})
# Enough of a word to tell `gomitoli` from `gomitolo`, and `cardigan` from `cardato`.
_STEM = 5
_TITLE = 20


def short(name: str) -> str:
    """`Mucrone Granito (lana aran, 100 g)` → `Mucrone Granito`: who bought it knows what it is."""
    return name.split(" (", maxsplit=1)[0]


def title(name: str) -> str:
    """The name on a button: whole words, as many as fit."""
    words = short(name).split(",", maxsplit=1)[0].split()
    while len(words) > 1 and len(" ".join(words)) > _TITLE:
        words.pop()
    while len(words) > 1 and len(words[-1]) <= 2:
        words.pop()
    return " ".join(words)[:_TITLE]


def means_all(text: str, *, wish: bool = False) -> bool:
    """Whether the words mean every line or every piece; `wish`: nobody has asked for it yet."""
    return bool((_ALL_OF_IT if wish else _ALL).search(text))


def named(text: str, items: list[Item]) -> Item | None:
    """The one line whose name the words share more of than of any other's; None if unclear."""
    said = _stems(text)
    shared = sorted(((len(said & _names(line)), -n) for n, line in enumerate(items)), reverse=True)
    if not shared or not shared[0][0] or (len(shared) > 1 and shared[0][0] == shared[1][0]):
        return None
    return items[-shared[0][1]]


def lines_in(text: str, items: list[Item], *, wish: bool = False) -> Lines:
    """The lines that the words name, each with its pieces; `wish`: nobody has asked for it yet.

    "Everything but the needles" names all the others.
    """
    left_out = _EXCEPT.search(text)
    if left_out and means_all(text[: left_out.start()]):
        kept = lines_in(text[left_out.end() :], items)
        if kept:
            return {i["position"]: i["quantity"] for i in items if i["position"] not in kept}
    found: Lines = {}
    for part in _AND.split(text):
        line = named(part, items)
        if line is not None:
            found.setdefault(line["position"], _count(part, line, wish=wish))
    whole = named(text, items) if len(found) <= 1 else None
    if whole is not None and found.get(whole["position"]) is None:
        found[whole["position"]] = _count(text, whole, wish=wish)
    return found


def chosen(text: str, items: list[Item]) -> Item | None:
    """The line that an answer to "which one?" means: by its place, "the second", or "2"."""
    ordinal = _ORDINAL.search(_plain(text))
    number = _NUMBER.fullmatch(text.strip(" ."))
    place = _ORDINALS[ordinal[1]] if ordinal else int(number[1]) if number else 0
    return items[place - 1] if 0 < place <= len(items) else None


def pieces(text: str, most: int) -> int | None:
    """How many pieces an answer says, from 1 to `most`; None when it doesn't."""
    if means_all(text):
        return most
    plain = _plain(text)
    clear = _COUNTED.search(plain) or _ONLY.search(plain)
    digits = _NUMBER.search(text)
    words = [w for w in re.findall(r"\w+", plain) if w in _NUMBERS and w not in _ARTICLE]
    said = clear[1] if clear else digits[1] if digits else words[0] if words else ""
    return _number(said, most)


def counted(text: str, line: Item) -> int | None:
    """How many pieces of a line a first message says, where a number clearly counts them."""
    if means_all(text, wish=True):
        return int(line["quantity"])
    plain = _plain(text)
    own = "|".join(re.escape(stem) for stem in _stems(short(str(line["name"])))) or r"\b\B"
    by_name = re.search(rf"{_A_NUMBER}\s+(?:\w+\s+)?(?:{own})", plain)
    match = _COUNTED.search(plain) or by_name or _ONLY.search(plain) or _OUT_OF.search(plain)
    return _number(match[1], line["quantity"]) if match else None


def told(lines: list[Item]) -> str:
    """`2 × Merino Oropa, Cardigan Bessa`."""
    names = [
        f"{line['quantity']} × {short(str(line['name']))}"
        if line["quantity"] != 1
        else short(str(line["name"]))
        for line in lines
    ]
    return ", ".join(names)


def _count(text: str, line: Item, *, wish: bool) -> int | None:
    return counted(text, line) if wish else pieces(text, line["quantity"])


def _number(said: str, most: int) -> int | None:
    count = int(said) if said.isdigit() else _NUMBERS.get(said, 0)
    return count if 0 < count <= most else None


def _names(line: Item) -> set[str]:
    """What a line may be called."""
    name = str(line["name"])
    stems = _stems(short(name))
    return stems | {"yarn"} if _YARN.search(name) else stems


def _stems(text: str) -> set[str]:
    stems = {word[:_STEM] for word in _WORD.findall(_plain(text))} - _SAYS_NOTHING
    called = {_SAME.get(stem, stem) for stem in stems}
    return called | {"yarn"} if called & _YARN_WORDS else called


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
