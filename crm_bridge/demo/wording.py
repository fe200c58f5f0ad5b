"""Dates, money, names and spelling as people write them in the two languages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from random import Random

from crm_bridge.demo.catalogue import UNITS
from crm_bridge.demo.model import Language, OrderItem
from crm_bridge.demo.people import Style

_DAYS = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "it": (
        *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
        *("luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_NEAR: dict[Language, dict[int, str]] = {
    "it": {-1: "ieri", 0: "oggi", 1: "domani"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}
_UNITS = {
    ("it", "ball"): ("gomitolo", "gomitoli", "un", "i", "uno dei", "quanti"),
    ("it", "skein"): ("matassa", "matasse", "una", "le", "una delle", "quante"),
    ("en", "ball"): ("ball", "balls", "a", "the", "one of the", "how many"),
    ("en", "skein"): ("skein", "skeins", "a", "the", "one of the", "how many"),
}
_ACCENTS = str.maketrans(
    {accented: f"{plain}'" for accented, plain in zip("àèéìòùÈ", "aeeiouE", strict=True)}
)
_EMOJI = re.compile(r"\s*[\U0001F300-\U0001FAFF☺❤️🙈💛]+")


def day_name(day: date, language: Language, said_on: date) -> str:
    """`lunedì 3 marzo`, `Monday 3 March`, or yesterday, today, tomorrow as seen on `said_on`."""
    near = _NEAR[language].get((day - said_on).days)
    if near is not None:
        return near
    number = "1º" if language == "it" and day.day == 1 else str(day.day)
    return f"{_DAYS[language][day.weekday()]} {number} {_MONTHS[language][day.month - 1]}"


def on_day(day: date, language: Language, said_on: date) -> str:
    """The same as an adverb: `on Monday 3 March`, `yesterday`."""
    name = day_name(day, language, said_on)
    return f"on {name}" if language == "en" and " " in name else name


def greeting(hour: int, language: Language) -> str:
    """How people greet at that local hour, in lower case."""
    if language == "it":
        return "buongiorno" if hour < 17 else "buonasera"
    return "good morning" if hour < 12 else "good afternoon" if hour < 18 else "good evening"


def money(amount: Decimal, language: Language) -> str:
    """`86,90 €` or `€86.90`."""
    return f"{amount:.2f} €".replace(".", ",") if language == "it" else f"€{amount:.2f}"


def short_name(line: OrderItem) -> str:
    """What people call it: `Bessa Ginepro`, `cardigan Betulla`, `Betulla cardigan`."""
    name = re.split(r" \(|, ", line.name)[0]
    common_noun = name.split()[0] in {"Cardigan", "Maglione", "Gilet"}
    return name[0].lower() + name[1:] if common_noun else name


def unit_words(line: OrderItem, language: Language) -> dict[str, str]:
    """Ball or skein with its articles; nothing for what isn't yarn."""
    unit = UNITS.get(line.sku.split("-")[0])
    if unit is None:
        return {}
    one, many, a, the, one_of, how_many = _UNITS[language, unit]
    words = {
        "unit": one,
        "units": many,
        "a_unit": f"{a} {one}",
        "the_units": f"{the} {many}",
        "one_of": one_of,
        "how_many": how_many,
    }
    return words | {key.capitalize(): sentence(text) for key, text in words.items()}


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def spelled_number(rng: Random, number: str) -> str:
    """An order number as customers type it."""
    digits = number.removeprefix("LA-")
    return rng.choice((number, number, number.lower(), f"LA{digits}", f"#{digits}", digits))


def roughened(text: str, style: Style, language: Language) -> str:
    """A customer's sentence in their own way of typing."""
    if style == "plain":
        return text
    if style == "lower":
        return text.lower().rstrip(".")
    text = _EMOJI.sub("", text).rstrip(".!")
    if language == "it":
        return text.translate(_ACCENTS)
    return text.replace("'", "")
