"""Sixty invented people, their addresses, and how they write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Any, Literal

from crm_bridge.demo.model import Identity, Language, Person
from crm_bridge.demo.tables import chance, table
from crm_bridge.demo.working_days import midnight

PEOPLE = 60
HERO_NAMES = ("Giulia", "Emma", "Paolo", "Tom")
Style = Literal["plain", "lower", "rough"]

_CONTENT: dict[str, Any] = table("people")
_ITALIANS = 39
_DOMAINS = ("example.com", "example.org", "example.net")
_LONGEST_DAYS = 600


@dataclass(frozen=True, slots=True)
class Profile:
    """A person and what only their sentences need: grammatical gender and way of typing."""

    person: Person
    woman: bool
    style: Style

    @property
    def hero(self) -> bool:
        """Whether docs and tests rely on this person, who then takes part in nothing by chance."""
        return self.person.first_name in HERO_NAMES


def people(today: date, seed: int) -> list[Profile]:
    """Heroes first, then the others; `created_at`, `tier` and consents are settled later."""
    rng = chance(seed, "people")
    profiles = [_hero(today, row) for row in _CONTENT["heroes"]]
    taken = {profile.person.phone for profile in profiles}
    missing = {"it": _ITALIANS, "en": PEOPLE - _ITALIANS}
    for profile in profiles:
        missing[profile.person.language] -= 1
    names = {language: _names(rng, _CONTENT[language]) for language in missing}
    places = {language: _places(rng, _CONTENT[language]["places"]) for language in missing}
    italians: list[Language] = ["it"] * missing["it"]
    others: list[Language] = ["en"] * missing["en"]
    turns = italians + others
    rng.shuffle(turns)
    for language in turns:
        number = len(profiles) + 1
        name, place = next(names[language]), next(places[language])
        profiles.append(_somebody(rng, today, language, number, name, place, taken))
    return profiles


def _names(rng: Random, pool: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """First name, surname, woman; four in five are women, and no surname comes twice."""
    women, men = list(pool["women"]), list(pool["men"])
    surnames = list(pool["surnames"])
    for names in (women, men, surnames):
        rng.shuffle(names)
    women_cycle, men_cycle = cycle(women), cycle(men)
    for surname in surnames:
        woman = rng.random() < 0.8
        yield next(women_cycle if woman else men_cycle), surname, woman


def _places(rng: Random, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Countries in turn, each as often as it weighs, so that none is left out."""
    deck = [row for row in rows for _ in range(row["weight"])]
    rng.shuffle(deck)
    return cycle(deck)


def _somebody(
    rng: Random,
    today: date,
    language: Language,
    number: int,
    name: tuple[str, str, bool],
    place: dict[str, Any],
    taken: set[str],
) -> Profile:
    first, last, woman = name
    phone = _phone(rng, place["phone"], taken)
    person = Person(
        id=f"p-{number:04d}",
        first_name=first,
        last_name=last,
        email=f"{_plain(first)}.{_plain(last)}@{rng.choice(_DOMAINS)}",
        phone=phone,
        language=language,
        city=rng.choice(place["cities"]),
        country=place["country"],
        tier="base",
        created_at=midnight(today) - timedelta(days=_LONGEST_DAYS),
        consents=(),
        identities=_identities(rng, language, first, last, phone),
    )
    style = rng.choices(("plain", "lower", "rough"), weights=(6, 2, 2))[0]
    return Profile(person, woman, _as_style(style))


def _as_style(name: str) -> Style:
    return "lower" if name == "lower" else "rough" if name == "rough" else "plain"


def _hero(today: date, row: dict[str, Any]) -> Profile:
    number = HERO_NAMES.index(row["first_name"]) + 1
    person = Person(
        id=f"p-{number:04d}",
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        language=row["language"],
        city=row["city"],
        country=row["country"],
        tier="base",
        created_at=midnight(today) - timedelta(days=row["joined_days_ago"]),
        consents=(),
        identities=tuple(
            Identity(channel, "default", handle, verified)
            for channel, handle, verified in row["identities"]
        ),
    )
    return Profile(person, row["woman"], "plain")


def _phone(rng: Random, pattern: str, taken: set[str]) -> str:
    while True:
        phone = re.sub("#", lambda _: str(rng.randrange(10)), pattern)
        if phone not in taken:
            taken.add(phone)
            return phone


def _identities(
    rng: Random, language: Language, first: str, last: str, phone: str
) -> tuple[Identity, ...]:
    weights: dict[str, int] = _CONTENT["channels"][language]
    wanted = rng.choices((1, 2, 3), weights=(3, 5, 3))[0]
    channels: list[str] = []
    while len(channels) < wanted:
        channel = rng.choices(list(weights), weights=list(weights.values()))[0]
        if channel not in channels:
            channels.append(channel)
    # No network gives out handles like these, so that no real account is ever taken for them.
    name = f"{_plain(first)}.{_plain(last)}"
    handles = {
        "api": f"app-{_plain(first)}-{rng.randrange(16**4):04x}",
        "telegram": f"demo-{rng.randrange(10**8, 10**9)}",
        "whatsapp": re.sub(r"\D", "", phone),
        "instagram": f"demo-{name}",
        "messenger": f"demo-{rng.randrange(10**15, 10**16)}",
        "webchat": f"web-{rng.randrange(16**8):08x}",
        "x": f"demo-{_plain(last)}{rng.randrange(10, 99)}",
    }
    return tuple(Identity(channel, "default", handles[channel], False) for channel in channels)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", letters.lower())
