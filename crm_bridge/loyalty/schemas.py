"""Points as the API shows them."""

from __future__ import annotations

from pydantic import ConfigDict

from crm_bridge.fields import Document


class LoyaltyView(Document):
    """What a person has earned. `worth` is in euros, for whole hundreds of points alone.

    `expiring` points are good until the end of the day `next_expiry`; null and 0 when none expire.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "points": 240,
                    "worth": 10.0,
                    "tier": "silver",
                    "next_expiry": "2027-02-14",
                    "expiring": 48,
                }
            ]
        },
    )

    points: int
    worth: float
    tier: str | None
    next_expiry: str | None
    expiring: int
