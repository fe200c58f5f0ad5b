"""Products, what people put in one basket, and what the parcel costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from crm_bridge.demo.model import Language, OrderItem, Product
from crm_bridge.demo.tables import table

SIZES = ("S", "M", "L", "XL")
_CONTENT: dict[str, Any] = table("catalogue")


def _yarns() -> list[Product]:
    return [
        Product(
            sku=f"{yarn['code']}-{code}",
            name_it=f"{yarn['line']} {colour_it} ({yarn['it']})",
            name_en=f"{yarn['line']} {colour_en} ({yarn['en']})",
            kind="yarn",
            price=Decimal(yarn["price"]),
        )
        for yarn in _CONTENT["yarns"]
        for code, colour_it, colour_en in yarn["colours"]
    ]


def _others() -> list[Product]:
    return [
        Product(row["sku"], row["it"], row["en"], row["kind"], Decimal(row["price"]))
        for row in _CONTENT["others"]
    ]


PRODUCTS: tuple[Product, ...] = (*_yarns(), *_others())
BY_SKU: dict[str, Product] = {product.sku: product for product in PRODUCTS}
UNITS: dict[str, str] = {yarn["code"]: yarn["unit"] for yarn in _CONTENT["yarns"]}


@dataclass(frozen=True, slots=True)
class Zone:
    """Where parcels of one price go: postage in EUR, transit in working days."""

    postage: Decimal
    free_from: Decimal | None
    days: tuple[int, int]
    carriers: tuple[str, ...]


def _zone(row: dict[str, Any]) -> Zone:
    free_from = row["free_from"]
    return Zone(
        postage=Decimal(row["postage"]),
        free_from=None if free_from is None else Decimal(free_from),
        days=(row["days"][0], row["days"][1]),
        carriers=tuple(row["carriers"]),
    )


_ZONES: dict[str, Zone] = {name: _zone(row) for name, row in _CONTENT["zones"].items()}
_LETTER = Decimal(_CONTENT["letter_postage"])
LAST_EVENTS: dict[str, dict[str, list[str]]] = _CONTENT["last_events"]


def zone_of(country: str) -> Zone:
    """The zone of an ISO 3166 alpha-2 country."""
    return _ZONES[_CONTENT["zone_of"][country]]


def shipping_cost(items: Sequence[OrderItem], country: str) -> Decimal:
    """What the parcel costs; shade cards alone travel as a letter, gift cards don't count."""
    kinds = {BY_SKU[item.sku].kind for item in items}
    if kinds == {"samples"}:
        return _LETTER
    goods = sum(
        (item.price * item.quantity for item in items if BY_SKU[item.sku].kind != "voucher"),
        Decimal(0),
    )
    zone = zone_of(country)
    if zone.free_from is not None and goods >= zone.free_from:
        return Decimal("0.00")
    return zone.postage


def item(sku: str, quantity: int, language: Language, size: str | None = None) -> OrderItem:
    """A line of an order, named in the buyer's language; garments carry their size."""
    product = BY_SKU[sku]
    name = product.name(language)
    if size is not None:
        name += f", taglia {size}" if language == "it" else f", size {size}"
    return OrderItem(sku, name, quantity, product.price)


def basket(rng: Random, language: Language) -> tuple[OrderItem, ...]:
    """What one person might buy at once: a sweater's worth of one yarn, a kit, a garment …"""
    baskets = _CONTENT["baskets"]
    chosen = rng.choices(baskets, weights=[row["weight"] for row in baskets])[0]
    items: list[OrderItem] = []
    for line in chosen["lines"]:
        if rng.random() >= line.get("chance", 1):
            continue
        group = rng.choice(line["of"])
        skus = [p.sku for p in PRODUCTS if p.kind == group or p.sku.startswith(f"{group}-")]
        sku = rng.choice([s for s in skus if all(s != old.sku for old in items)])
        size = rng.choices(SIZES, weights=(3, 5, 4, 2))[0] if group == "garment" else None
        items.append(item(sku, rng.randint(*line["quantity"]), language, size))
    return tuple(items)
