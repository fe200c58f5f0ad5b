"""Dialogue templates: what was said, by whom, and at which moment of an order's life it fits.

Slots a text may use, where they make sense:
- of the order: order total placed shipped eta due delivered carrier tracking; of its item: product
  price qty, and for yarn unit units a_unit the_units one_of how_many, capitalised at will;
- of the person: name city o (the Italian ending, a or o);
- of the conversation: code case agent hello Hello.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Literal

from crm_bridge.demo.catalogue import BY_SKU
from crm_bridge.demo.model import CaseTopic, Language, Order, OrderItem, Role
from crm_bridge.demo.people import Profile
from crm_bridge.demo.tables import table
from crm_bridge.demo.wording import (
    day_name,
    greeting,
    money,
    on_day,
    sentence,
    short_name,
    spelled_number,
    unit_words,
)
from crm_bridge.demo.working_days import local_time

When = Literal[
    "any",
    "before",
    "paid",
    "transit",
    "late",
    "just_delivered",
    "delivered",
    "cancelled",
    "returned",
]
PRIVATE = ("api", "telegram", "webchat", "whatsapp", "instagram", "messenger", "x")
AGENTS = ("Marta", "Davide", "Elisa")
_ROLES: dict[str, Role] = {"c": "customer", "b": "bot", "a": "agent"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message in several wordings; an optional one belongs to a tail that may be missing."""

    role: Role
    intent: str | None
    optional: bool
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseTemplate:
    """The case that a dialogue opens, in the wordings of its variants."""

    topic: CaseTopic
    summary: tuple[str, ...]
    promise: str
    outcome: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A family of conversations; wording n of every turn belongs together."""

    id: str
    language: Language
    when: When
    item: str | None
    at_least: int
    channels: tuple[str, ...]
    public: Literal["comment", "mention"] | None
    case: CaseTemplate | None
    turns: tuple[Turn, ...]

    @property
    def variants(self) -> int:
        """How many conversations it holds that share no sentence."""
        return max(len(turn.texts) for turn in self.turns)

    @property
    def verifies(self) -> bool:
        """Whether the customer answers a one-time code."""
        return any("{code}" in text for turn in self.turns for text in turn.texts)

    @property
    def with_agent(self) -> bool:
        """Whether a person of the mill takes part."""
        return any(turn.role == "agent" for turn in self.turns)

    def line_of(self, order: Order) -> OrderItem | None:
        """The item it talks about, the largest of its kind; None when there is none."""
        lines = [
            line
            for line in order.items
            if (self.item is None or BY_SKU[line.sku].kind == self.item)
            and line.quantity >= self.at_least
        ]
        return max(lines, key=lambda line: line.quantity, default=None)


def parse_turn(row: list[str]) -> Turn:
    """A turn from `[c intent, text, …]`, `[b, text, …]` or `[a+, text, …]`."""
    head, *texts = row
    who, _, intent = head.partition(" ")
    return Turn(_ROLES[who[0]], intent or None, who.endswith("+"), tuple(texts))


def _parse(row: dict[str, Any], language: Language) -> Dialogue:
    case = row.get("case")
    return Dialogue(
        id=f"{language}-{row['id']}",
        language=language,
        when=row["when"],
        item=row.get("item"),
        at_least=row.get("at_least", 1),
        channels=tuple(row.get("channels", PRIVATE)),
        public=row.get("public"),
        case=None
        if case is None
        else CaseTemplate(
            case["topic"], tuple(case["summary"]), case["promise"], tuple(case["outcome"])
        ),
        turns=tuple(parse_turn(turn) for turn in row["turns"]),
    )


def _load(language: Language) -> tuple[Dialogue, ...]:
    return tuple(_parse(row, language) for row in table(f"dialogues_{language}"))


DIALOGUES: dict[Language, tuple[Dialogue, ...]] = {"it": _load("it"), "en": _load("en")}


def window(when: When, order: Order | None, end: datetime) -> tuple[datetime, datetime] | None:
    """The time in which that dialogue about that order could have happened, until `end`."""
    if order is None:
        return (end - timedelta(days=530), end) if when == "any" else None
    span = _span(when, order, end)
    if span is None:
        return None
    start, stop = span[0], min(span[1], end)
    return (start, stop) if stop - start >= timedelta(hours=2) else None


def _span(when: When, order: Order, end: datetime) -> tuple[datetime, datetime] | None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    placed, parcel = order.placed_at, order.shipment
    if when == "before":
        return placed - 6 * day, placed - hour
    if order.status == "cancelled":
        return (placed + hour, placed + 20 * hour) if when == "cancelled" else None
    if when == "paid" and order.status != "placed":
        return placed + 12 * hour, (parcel.shipped_at if parcel else end) - hour
    if parcel is None:
        return None
    due = datetime.combine(parcel.estimated_delivery, placed.timetz())
    arrived = parcel.delivered_at or end
    spans = {
        "transit": (parcel.shipped_at + 4 * hour, min(arrived, due) - hour),
        "late": (due + day, arrived - 2 * hour),
    }
    if parcel.delivered_at is not None:
        if order.status == "returned":
            spans["returned"] = (arrived + 12 * day, arrived + 22 * day)
        else:
            spans["just_delivered"] = (arrived + 2 * hour, arrived + 28 * hour)
            spans["delivered"] = (arrived + 3 * hour, arrived + 18 * day)
    return spans.get(when)


def slots(
    rng: Random,
    profile: Profile,
    order: Order | None,
    line: OrderItem | None,
    case: str,
    start: datetime,
) -> dict[str, str]:
    """The words that a conversation's texts are filled with, as people speak at its start."""
    person = profile.person
    language = person.language
    hello = greeting(local_time(start, person.country).hour, language)
    words = {
        "hello": hello,
        "Hello": sentence(hello),
        "name": person.first_name,
        "city": person.city.split(",")[0],
        "o": "a" if profile.woman else "o",
        "code": f"{rng.randrange(10**6):06d}",
        "agent": rng.choice(AGENTS),
        "case": case,
    }
    if order is not None:
        words |= _order_words(order, language, start.date())
    if line is not None:
        words |= unit_words(line, language)
        words |= {
            "product": short_name(line),
            "qty": str(line.quantity),
            "price": money(line.price, language),
        }
    return words


def _order_words(order: Order, language: Language, said_on: date) -> dict[str, str]:
    def on(moment: datetime) -> str:
        return on_day(moment.date(), language, said_on)

    words = {
        "order": order.number,
        "placed": on(order.placed_at),
        "total": money(order.total, language),
    }
    parcel = order.shipment
    if parcel is not None:
        words["shipped"] = on(parcel.shipped_at)
        words["due"] = on_day(parcel.estimated_delivery, language, said_on)
        words["eta"] = day_name(parcel.estimated_delivery, language, said_on)
        words["carrier"], words["tracking"] = parcel.carrier, parcel.tracking
        if parcel.delivered_at is not None:
            words["delivered"] = on(parcel.delivered_at)
    return words


def customers_words(rng: Random, words: dict[str, str]) -> dict[str, str]:
    """The same words with the order number as this customer types it."""
    if "order" not in words:
        return words
    return words | {"order": spelled_number(rng, words["order"])}
