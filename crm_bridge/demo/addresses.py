"""Where orders are sent: one invented address a person, from `texts/streets.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from crm_bridge.demo.model import Order, Person
from crm_bridge.demo.people import Profile
from crm_bridge.demo.tables import chance, table

_CONTENT: dict[str, Any] = table("streets")


def addressed(seed: int, profiles: Sequence[Profile], placed: Sequence[Order]) -> list[Order]:
    """The orders, each with its buyer's address as on a label."""
    rng = chance(seed, "addresses")
    homes = {
        profile.person.id: _hero(profile) if profile.hero else _somewhere(rng, profile.person)
        for profile in profiles
    }
    return [replace(order, ships_to=homes[order.person]) for order in placed]


def _hero(profile: Profile) -> str:
    return str(_CONTENT["heroes"][profile.person.first_name])


def _somewhere(rng: Random, person: Person) -> str:
    country: dict[str, Any] = _CONTENT["countries"][person.country]
    label: str = country["label"]
    return label.format(
        street=rng.choice(country["streets"]),
        number=rng.randint(1, 90),
        place=_CONTENT["places"][person.city],
    )
