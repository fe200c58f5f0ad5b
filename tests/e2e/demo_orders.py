"""Orders of the demo company to play with: their buyers and where their codes go.

Codes are limited to a few an hour for each order, buyer and handle, so every test takes a buyer
that no other uses. The four people of the guided demo are left to the other tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from ops.system import System
from tests.e2e.gateway_records import rows

HEROES = ("Giulia", "Emma", "Paolo", "Tom")

_NEWEST_OF_EACH = """
    SELECT o.number, o.status, p.tier, p.email, p.first_name, p.last_name, p.language, p.phone
    FROM orders o JOIN people p ON p.id = o.person_id
    WHERE p.email IS NOT NULL
      AND o.number = (SELECT max(number) FROM orders WHERE person_id = p.id)
    ORDER BY o.number DESC
"""


@dataclass(frozen=True)
class Buyer:
    """Somebody of the demo company, with their newest order."""

    number: str
    status: str
    tier: str
    email: str
    first_name: str
    last_name: str
    language: str
    phone: str


def buyers(system: System, language: str) -> list[Buyer]:
    """Everybody who speaks it and isn't in the guided demo, the newest order first."""
    return [
        Buyer(
            number=row.number,
            status=row.status,
            tier=row.tier,
            email=row.email,
            first_name=row.first_name,
            last_name=row.last_name,
            language=row.language,
            phone=row.phone,
        )
        for row in rows(system, "bridge", _NEWEST_OF_EACH)
        if row.language == language and row.first_name not in HEROES
    ]


class Buyers:
    """Hands out each buyer once."""

    def __init__(self, system: System) -> None:
        self._left = {language: buyers(system, language) for language in ("it", "en")}

    def next(self, language: str, status: str = "", tier: str = "") -> Buyer:
        """A buyer of those left, of that tier and if possible with an order of that status."""
        left = [b for b in self._left[language] if tier in ("", b.tier)]
        fitting = [b for b in left if status in ("", b.status)]
        # Those with parcels under way are kept for who asks for them.
        chosen = (fitting or left)[0 if status or tier else -1]
        self._left[language].remove(chosen)
        return chosen
