"""Promotions as the API shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from crm_bridge.fields import Document

State = Literal["valid", "expired", "not_started", "used_up"]


class PromotionView(Document):
    """What a code is good for today; `discount` and `note` are in the language asked for.

    `minimum` is for the goods without postage, in euros; `valid_until` is its last day.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "code": "BENVENUTO10",
                    "state": "valid",
                    "discount": "10%",
                    "minimum": 40.0,
                    "first_order_only": True,
                    "valid_until": None,
                    "note": "Vale 60 giorni dall'iscrizione alla newsletter.",
                }
            ]
        },
    )

    code: str
    state: State
    discount: str
    minimum: float | None
    first_order_only: bool
    valid_until: str | None
    note: str | None
