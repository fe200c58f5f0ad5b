"""Reads `policy/canary.yml`: when a model on trial is promoted, and when it is withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from integrations.escalation.source import Value, read

MEASURES = ("rejection", "escalation", "satisfaction")
LIMITS: Mapping[str, tuple[int, int]] = {
    "minimum_turns": (1, 10_000_000),
    "minimum_conversations": (1, 10_000_000),
    "minimum_hours": (0, 24 * 90),
    "longest_hours": (1, 24 * 90),
    "confidence_percent": (51, 99),
    "conversations_to_withdraw": (1, 10_000_000),
    "minimum_ratings": (1, 1_000_000),
}
"""The plain numbers of the file with the least and the most that make sense."""


@dataclass(frozen=True)
class CanaryPolicy:
    """The rule; the defaults hold where there is no such file."""

    minimum_turns: int = 300
    minimum_conversations: int = 100
    minimum_hours: int = 4
    longest_hours: int = 72
    confidence_percent: int = 95
    conversations_to_withdraw: int = 20
    minimum_ratings: int = 20
    at_the_end: Literal["withdraw", "promote"] = "withdraw"
    allowed_worsening_percent: Mapping[str, float] = field(
        default_factory=lambda: {"rejection": 3.0, "escalation": 3.0, "satisfaction": 15.0}
    )

    def allowed(self, measure: str) -> float:
        """By how much a share (0 to 1) may be worse."""
        return self.allowed_worsening_percent[measure] / 100


def load(path: Path) -> CanaryPolicy:
    """The rule; raises PolicyError with all mistakes, each as `file:line: what; what to do`."""
    if not path.exists():
        return CanaryPolicy()
    root = read(path)
    names = (*LIMITS, "at_the_end", "allowed_worsening_percent")
    fields = root.fields(required=names) or {}
    numbers: dict[str, int] = {}
    for name, (least, most) in LIMITS.items():
        if name in fields and (number := fields[name].integer(least, most)) is not None:
            numbers[name] = number
    if numbers.get("minimum_hours", 0) >= numbers.get("longest_hours", 24 * 90):
        fields["longest_hours"].wrong(
            "longest_hours isn't longer than minimum_hours", "allow more hours"
        )
    allowed: dict[str, float] = {}
    if "allowed_worsening_percent" in fields:
        allowed = _allowed(fields["allowed_worsening_percent"])
    end = fields["at_the_end"].one_of(("withdraw", "promote")) if "at_the_end" in fields else None
    root.report.check()
    return CanaryPolicy(
        at_the_end=cast(Literal["withdraw", "promote"], end),
        allowed_worsening_percent=allowed,
        **numbers,
    )


def _allowed(value: Value) -> dict[str, float]:
    found: dict[str, float] = {}
    for measure, given in (value.fields(required=MEASURES) or {}).items():
        number = given.number()
        if number is not None and not 0 <= number <= 100:
            given.wrong(f"{given.name} must be from 0 to 100", "write a percentage")
        elif number is not None:
            found[measure] = number
    return found
