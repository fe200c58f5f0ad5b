"""Lanificio Aurora as of one day: `generate(today)` gives the same company for the same day.

The company is fictional. Nothing here is drawn from real people: names are invented, e-mail
addresses and phone numbers lie in ranges set aside for examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from crm_bridge.demo import after_sales
from crm_bridge.demo.addresses import addressed
from crm_bridge.demo.catalogue import PRODUCTS
from crm_bridge.demo.conversations import Past, past
from crm_bridge.demo.model import Consent, DemoCompany, Order, Person, Tier
from crm_bridge.demo.orders import orders
from crm_bridge.demo.people import Profile, people
from crm_bridge.demo.promotions import promotions
from crm_bridge.demo.tables import chance
from crm_bridge.demo.working_days import midnight

SEED = 1827
_SILVER_FROM, _GOLD_FROM = Decimal(300), Decimal(700)
_TIER_YEAR = timedelta(days=365)
_NOT_BOUGHT = {"cancelled", "returned"}


def generate(today: date, seed: int = SEED) -> DemoCompany:
    """The company's past up to the start of `today` (UTC), the same for the same arguments."""
    profiles = people(today, seed)
    placed = addressed(seed, profiles, orders(today, seed, profiles))
    said = past(today, seed, profiles, placed)
    rng = chance(seed, "people settled")
    people_by_id = {profile.person.id: profile.person for profile in profiles}
    back = after_sales.returns(today, seed, placed, people_by_id)
    return DemoCompany(
        today=today,
        people=tuple(_settled(rng, today, profile, placed, said) for profile in profiles),
        products=PRODUCTS,
        orders=tuple(placed),
        cases=said.cases,
        interactions=said.interactions,
        returns=tuple(back),
        refunds=tuple(after_sales.refunds(today, placed, back)),
        points=tuple(after_sales.ledger(placed, back)),
        promotions=promotions(today),
    )


def _settled(
    rng: Random, today: date, profile: Profile, placed: Sequence[Order], said: Past
) -> Person:
    person = profile.person
    own = [order for order in placed if order.person == person.id]
    first_seen = [order.placed_at for order in own]
    first_seen += [line.at for line in said.interactions if line.person == person.id]
    created_at = person.created_at
    if first_seen and not profile.hero:
        ahead = timedelta(seconds=rng.randrange(300, 60 * 86400))
        created_at = min(first_seen) - (ahead if rng.random() < 0.5 else timedelta(minutes=4))
    identities = tuple(
        replace(identity, verified=True)
        if (identity.channel, identity.handle) in said.verified
        else identity
        for identity in person.identities
    )
    return replace(
        person,
        tier=tier(own, midnight(today)),
        created_at=created_at,
        consents=_consents(rng, created_at),
        identities=identities,
    )


def tier(own: Sequence[Order], now: datetime) -> Tier:
    """The loyalty level: goods kept in the last twelve months, EUR 300 for silver, 700 for gold."""
    spent = sum(
        (
            order.total - order.shipping_cost
            for order in own
            if order.placed_at > now - _TIER_YEAR and order.status not in _NOT_BOUGHT
        ),
        Decimal(0),
    )
    if spent >= _GOLD_FROM:
        return "gold"
    return "silver" if spent >= _SILVER_FROM else "base"


def _consents(rng: Random, created_at: datetime) -> tuple[Consent, ...]:
    likely = {"newsletter": 0.6, "profiling": 0.45, "messages": 0.35}
    return tuple(
        Consent(purpose, rng.random() < share, created_at, "account settings")
        for purpose, share in likely.items()
    )
