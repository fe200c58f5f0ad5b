"""What the small bridge does with orders after they are placed: returns, addresses, invoices,
points and codes.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

OUR_FAULT = ("damaged", "wrong_item")
LABEL_COST = 4.90
DAYS = 30


def _later(days: int) -> str:
    return (datetime.now(timezone.utc).date() + timedelta(days=days)).isoformat()


PROMOTIONS: dict[str, dict[str, Any]] = {
    "BENVENUTO10": {
        "state": "valid",
        "discount": "10%",
        "minimum": 40.0,
        "first_order_only": True,
        "valid_until": None,
        "note": "Vale 60 giorni dall'iscrizione alla newsletter.",
    },
    "ESTATE15": {
        "state": "expired",
        "discount": "15%",
        "minimum": 60.0,
        "first_order_only": False,
        "valid_until": "2026-08-31",
        "note": None,
    },
    "LETTERA5": {
        "state": "valid",
        "discount": "5 €",
        "minimum": 50.0,
        "first_order_only": False,
        "valid_until": _later(38),
        "note": "Per chi riceve la newsletter. Non vale sui buoni regalo.",
    },
    "NEVE12": {
        "state": "not_started",
        "discount": "12%",
        "minimum": 80.0,
        "first_order_only": False,
        "valid_until": _later(47),
        "note": None,
    },
    "RUGIADA20": {
        "state": "used_up",
        "discount": "20%",
        "minimum": None,
        "first_order_only": False,
        "valid_until": None,
        "note": None,
    },
}


def refused(status: int, code: str) -> tuple[int, Any]:
    """An error as the bridge words it."""
    return status, {"error": {"code": code, "message": ""}}


def points(balance: int = 240, expiring: int = 40, in_days: int = 20) -> dict[str, Any]:
    """What a customer has earned."""
    expiry = (datetime.now(timezone.utc).date() + timedelta(days=in_days)).isoformat()
    return {
        "points": balance,
        "worth": float(balance // 100 * 5),
        "tier": "silver",
        "next_expiry": expiry if expiring else None,
        "expiring": expiring,
    }


def announced(order: dict[str, Any], body: dict[str, Any], number: int) -> tuple[int, Any]:
    """Answer an announced return; marks the order when it is taken."""
    delivered = (order.get("shipment") or {}).get("delivered_at")
    today = datetime.now(timezone.utc).date()
    arrived = datetime.fromisoformat(delivered[:10]).date() if delivered else None
    if order["status"] != "delivered" or arrived is None or today > arrived + timedelta(days=DAYS):
        return refused(409, "too_late")
    lines = {item["position"]: item for item in order["items"]}
    left = {place: item["quantity"] - item.get("sent", 0) for place, item in lines.items()}
    wanted = body.get("items") or [
        {"position": place, "quantity": count} for place, count in left.items() if count
    ]
    if not wanted:
        return refused(409, "already_returned")
    for line in wanted:
        item = lines.get(line["position"])
        if item is None or not 1 <= line["quantity"] <= item["quantity"]:
            return refused(422, "invalid")
        if line["quantity"] > left[line["position"]]:
            return refused(409, "already_returned")
    for line in wanted:
        item = lines[line["position"]]
        item["sent"] = item.get("sent", 0) + line["quantity"]
    exchange = body["kind"] == "exchange"
    free = body["reason"] in OUR_FAULT or exchange
    goods = sum(float(lines[line["position"]]["price"]) * line["quantity"] for line in wanted)
    view = {
        "reference": f"R-7K2M{number + 1}",
        "kind": body["kind"],
        "status": "announced",
        "order_number": order["number"],
        "items": [
            {"name": lines[line["position"]]["name"], "quantity": line["quantity"]}
            for line in wanted
        ],
        "amount": 0.0 if exchange else round(goods - (0 if free else LABEL_COST), 2),
        "currency": order["currency"],
        "reason": body["reason"],
        "free": free,
        "label_cost": None if free else LABEL_COST,
        "send_by": (arrived + timedelta(days=DAYS)).isoformat(),
        "announced_at": datetime.now(timezone.utc).isoformat()[:19] + "Z",
        "mailed": True,
    }
    fields = ("reference", "kind", "status", "announced_at", "amount")
    order["returns"].insert(0, {name: view[name] for name in fields})
    return 201, view


def sent_elsewhere(order: dict[str, Any], address: str) -> tuple[int, Any]:
    """Answer a change of address."""
    if not order.get("allowed", {}).get("change_address"):
        return refused(409, "too_late")
    order["ships_to"] = ", ".join(line.strip() for line in address.splitlines() if line.strip())
    return 200, order


def invoiced(order: dict[str, Any], owner: str | None) -> tuple[int, Any]:
    """Answer a request for an invoice; an `owner` of None has no e-mail address on file."""
    if order["status"] in ("placed", "cancelled"):
        return refused(409, "not_invoiced")
    if owner is None:
        return refused(409, "no_email")
    number = f"2026/{int(order['number'][-5:]) - 20000:06d}"
    return 200, {"number": number, "sent_to": f"{owner[0]}•••{owner[-1]}@example.com"}


def promotion(code: str) -> tuple[int, Any]:
    """Answer a question about a code."""
    name = "".join(code.split()).upper()
    if name not in PROMOTIONS:
        return refused(404, "not_found")
    return 200, {"code": name, **PROMOTIONS[name]}
