"""Shares of counted things, with what chance makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Standard normal quantile of a 95 % interval.
_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """A share of counted things with its 95 % interval (Wilson 1927), all 0 to 1."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """0 where nothing was counted."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        if not self.of:
            return 0.0, 1.0
        z2 = _Z * _Z / self.of
        middle = (self.value + z2 / 2) / (1 + z2)
        half = _Z * math.sqrt(self.value * (1 - self.value) / self.of + z2 / 4 / self.of)
        half /= 1 + z2
        return max(0.0, middle - half), min(1.0, middle + half)
