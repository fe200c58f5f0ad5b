"""The small bridge's orders: the demo customers', and some that something can be done about."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from tests.actions import fake_after_sales as after_sales


def day(offset: int) -> str:
    """An ISO date, `offset` days from today."""
    return (datetime.now(timezone.utc).date() + timedelta(days=offset)).isoformat()


def moment(offset: int) -> str:
    """An ISO time in UTC, `offset` days from now."""
    return (datetime.now(timezone.utc) + timedelta(days=offset)).isoformat()[:19] + "Z"


def order(
    number: str, status: str, items: list[tuple[str, int]] | None = None, **shipment: Any
) -> dict[str, Any]:
    """An order of two lines unless `items` (name, pieces) says more; keywords fill its shipment."""
    parcel = {
        "carrier": "BRT",
        "tracking": "BRT" + number[-5:] + "77",
        "status": "in_transit",
        "shipped_at": moment(-3),
        "estimated_delivery": None,
        "delivered_at": None,
        "last_event": "Partito da Biella",
    }
    return {
        "number": number,
        "status": status,
        "placed_at": moment(-5),
        "total": "61.50",
        "currency": "EUR",
        "items": [
            {"position": place, "name": name, "quantity": pieces, "price": price}
            for place, (name, pieces, price) in enumerate(_lines(items))
        ],
        "shipment": {**parcel, **shipment} if shipment or status == "shipped" else None,
        "allowed": {
            "cancel": status in ("placed", "paid"),
            "change_address": status in ("placed", "paid"),
            "return_until": _return_until(status, shipment.get("delivered_at")),
        },
        "ships_to": "Via della Lana 12, 13900 Biella, Italia",
        "returns": [],
        "refund": None,
    }


def _lines(items: list[tuple[str, int]] | None) -> list[tuple[str, int, str]]:
    if items is None:
        return [("Merino Oropa", 4, "11.50"), ("Ferri 4 mm", 1, "15.50")]
    return [(name, pieces, "10.00") for name, pieces in items]


def _return_until(status: str, delivered_at: str | None) -> str | None:
    if status != "delivered" or delivered_at is None:
        return None
    until = datetime.fromisoformat(delivered_at[:10]) + timedelta(days=after_sales.DAYS)
    return until.isoformat() + "Z" if until.date() >= datetime.now(timezone.utc).date() else None


def demo_orders() -> dict[str, list[dict[str, Any]]]:
    """Orders of each demo customer, newest first."""
    return {
        "giulia": [order("LA-20398", "shipped", estimated_delivery=day(2))],
        "emma": [order("LA-20391", "shipped", carrier="DPD", estimated_delivery=day(-4))],
        "paolo": [order("LA-20372", "delivered", delivered_at=moment(-9))],
        "tom": [order("LA-20400", "paid")],
        **after_sales_orders(),
        "nora": [order("LA-20399", "placed")],
        "piet": [order("LA-20397", "packed")],
        "olga": [order("LA-20396", "paid")],
    }


def after_sales_orders() -> dict[str, list[dict[str, Any]]]:
    """Orders that something can be done about: these belong to nobody of the real demo."""
    here = moment(-6)
    yarn, needles = ("Mucrone Granito (lana aran, 100 g)", 6), ("Ferri circolari in bambù 4 mm", 1)
    cardigan = ("Cardigan Betulla, taglia M", 1)
    paid_back = order("LA-20341", "returned", delivered_at=moment(-40))
    due = order("LA-20342", "returned", delivered_at=moment(-30))
    undone = order("LA-20343", "cancelled")
    paid_back["refund"] = {"amount": 46.0, "status": "sent", "at": moment(-3),
                           "expected_by": day(2)}  # fmt: skip
    due["refund"] = {"amount": 61.5, "status": "due", "at": moment(-2), "expected_by": day(4)}
    paid_back["returns"] = [_came_back("R-2B3C4", "refunded", 46.0)]
    due["returns"] = [_came_back("R-5D6E7", "received", 61.5)]
    posted = order("LA-20344", "delivered", delivered_at=here)
    posted["returns"] = [_came_back("R-8F9G2", "announced", 46.0)]
    sold_out = order("LA-20346", "delivered", delivered_at=here)
    for line in sold_out["items"]:
        line["sent"] = line["quantity"]
    return {
        "carla": [
            order("LA-20381", "delivered", [yarn, needles, cardigan], delivered_at=here),
        ],
        "bruno": [
            order("LA-20384", "delivered", [cardigan], delivered_at=here),
            order("LA-20383", "delivered", [yarn, needles], delivered_at=moment(-12)),
            order("LA-20310", "delivered", [cardigan], delivered_at=moment(-60)),
        ],
        "kate": [
            order(
                "LA-20386",
                "delivered",
                [("Betulla cardigan, size M", 1), ("Brughiera Fern (wool tweed, 50 g)", 6)],
                delivered_at=here,
            ),
        ],
        "ugo": [paid_back],
        "vera": [due],
        "dario": [undone],
        "posted": [posted],
        "sold": [sold_out],
    }


def _came_back(reference: str, status: str, amount: float) -> dict[str, Any]:
    return {"reference": reference, "kind": "return", "status": status,
            "announced_at": moment(-8), "amount": amount}  # fmt: skip
