"""Codes for the checkout, from `texts/promotions.yml`, as of one day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_bridge.demo.model import Promotion
from crm_bridge.demo.tables import table

_ROWS: list[dict[str, Any]] = table("promotions")


def promotions(today: date) -> tuple[Promotion, ...]:
    """Every code; what is over or still to come is so on any day."""
    return tuple(_promotion(today, row) for row in _ROWS)


def _promotion(today: date, row: dict[str, Any]) -> Promotion:
    used, most = row.get("uses", (0, None))
    return Promotion(
        code=row["code"],
        percent=row.get("percent"),
        amount=Decimal(row["amount"]) if "amount" in row else None,
        minimum=Decimal(row["minimum"]) if "minimum" in row else None,
        first_order_only=row.get("first_order_only", False),
        valid_from=_day(today, row.get("from")),
        valid_until=_day(today, row.get("until")),
        uses=used,
        most_uses=most,
        note_it=row["note_it"],
        note_en=row["note_en"],
    )


def _day(today: date, row: dict[str, Any] | None) -> date | None:
    if row is None:
        return None
    if "days" in row:
        return today + timedelta(days=row["days"])
    month, day = map(int, row["last"].split("-"))
    this_year = date(today.year, month, day)
    return this_year if this_year < today else date(today.year - 1, month, day)
