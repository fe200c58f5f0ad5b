"""The company as its letters name it."""

from __future__ import annotations

from typing import NamedTuple


class House(NamedTuple):
    """Name, seat (parts with commas between them) and VAT number."""

    company: str
    address: str
    vat: str

    @property
    def lines(self) -> list[str]:
        """The seat as on a label, town and country together."""
        parts = [part.strip() for part in self.address.split(",") if part.strip()]
        return [*parts[:1], ", ".join(parts[1:])] if len(parts) > 1 else parts
