"""Percentiles, pairs, and the figure that comes of them. Pure functions."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table; `note` says what stands behind it, or why there is no value."""

    name: str
    value: float | None
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """As bench/results/latest.json holds it."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "baseline": _rounded(self.baseline),
            "ratio": _rounded(self.ratio),
            "target": self.target or None,
            "met": self.met,
            "note": self.note,
        }


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was measured. Raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The usual median. Raises StatisticsError without values."""
    return float(statistics.median(values))


def paired_median(first: Sequence[float], second: Sequence[float]) -> float:
    """The median of the differences `first - second`, pair by pair."""
    return median([a - b for a, b in zip(first, second, strict=True)])


def interval(values: Sequence[float], rounds: int = 1000, seed: int = 1) -> tuple[float, float]:
    """A 95% bootstrap interval of the median."""
    r = random.Random(seed)
    medians = sorted(median(r.choices(values, k=len(values))) for _ in range(rounds))
    return percentile(medians, 2.5), percentile(medians, 97.5)


def _rounded(value: float | None) -> float | None:
    """Three significant digits say all there is to know on a shared machine."""
    if value is None or value == 0:
        return value
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return round(value, digits)
