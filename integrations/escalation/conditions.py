"""What a rule's `when` can say, compiled from YAML once and matched against every turn.

Matching only ever asks for things to be present, never for signals to be absent: that is what
keeps one more signal from undoing a hand-over. Every match is total: data of a wrong type simply
doesn't match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Evidence = list[Mapping[str, Any]]
"""The data of the signals that made a condition hold; its order means nothing."""


@dataclass(frozen=True)
class Situation:
    """One turn's facts, cleaned: signals grouped by name, everything else of the right type."""

    signals: Mapping[str, Sequence[Mapping[str, Any]]]
    owner: str
    level: str
    tier: str | None
    open_case: bool
    earlier: Mapping[str, int]


class Condition(Protocol):
    """One node of a compiled `when`."""

    def match(self, situation: Situation) -> Evidence | None:
        """The evidence when the condition holds, else None."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """The signals it speaks of."""
        ...

    @property
    def needs_a_signal(self) -> bool:
        """Whether it can't hold in a turn without signals."""
        ...


def as_number(value: object) -> float | None:
    """A finite number, or None: true, NaN, infinity and "2" are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -1e12 < value < 1e12 else None


@dataclass(frozen=True)
class NumberTest:
    """`at_least` and `at_most`, both included."""

    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: object) -> bool:
        number = as_number(value)
        if number is None:
            return False
        return (self.at_least is None or number >= self.at_least) and (
            self.at_most is None or number <= self.at_most
        )


@dataclass(frozen=True)
class OneOf:
    """`equals`, or a list of values: the same value of the same kind (1 is not true)."""

    values: tuple[str | float | bool, ...]

    def holds(self, value: object) -> bool:
        if isinstance(value, bool):
            return any(value is wanted for wanted in self.values)
        if isinstance(value, str):
            return value in self.values
        number = as_number(value)
        return number is not None and any(
            not isinstance(wanted, bool) and number == wanted for wanted in self.values
        )


FieldTest = NumberTest | OneOf


@dataclass(frozen=True)
class SignalPresent:
    """At least one signal of these names in the turn whose data pass every test.

    `times` counts the turn's own matching signals together with the earlier ones of that name in
    the conversation; earlier ones alone never match.
    """

    signals: tuple[str, ...]
    where: tuple[tuple[str, FieldTest], ...] = ()
    times: NumberTest | None = None

    def match(self, situation: Situation) -> Evidence | None:
        evidence: Evidence = []
        for name in self.signals:
            found = [
                data
                for data in situation.signals.get(name, ())
                if all(test.holds(data.get(field)) for field, test in self.where)
            ]
            times = len(found) + situation.earlier.get(name, 0)
            if self.times is None or self.times.holds(times):
                evidence += found
        return evidence or None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.signals)

    @property
    def needs_a_signal(self) -> bool:
        return True


@dataclass(frozen=True)
class OwnerIs:
    """Who has the conversation now."""

    owners: tuple[str, ...]

    def match(self, situation: Situation) -> Evidence | None:
        return [] if situation.owner in self.owners else None

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    @property
    def needs_a_signal(self) -> bool:
        return False


@dataclass(frozen=True)
class CustomerIs:
    """What the bridge says of the customer; empty or None means that it isn't asked."""

    tiers: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    open_case: bool | None = None

    def match(self, situation: Situation) -> Evidence | None:
        holds = (
            (not self.tiers or situation.tier in self.tiers)
            and (not self.levels or situation.level in self.levels)
            and (self.open_case is None or situation.open_case is self.open_case)
        )
        return [] if holds else None

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    @property
    def needs_a_signal(self) -> bool:
        return False


@dataclass(frozen=True)
class AllOf:
    """Every part holds; the evidence is that of all."""

    parts: tuple[Condition, ...]

    def match(self, situation: Situation) -> Evidence | None:
        evidence: Evidence = []
        for part in self.parts:
            found = part.match(situation)
            if found is None:
                return None
            evidence += found
        return evidence

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names for part in self.parts))

    @property
    def needs_a_signal(self) -> bool:
        return any(part.needs_a_signal for part in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds; the evidence is that of all that do."""

    parts: tuple[Condition, ...]

    def match(self, situation: Situation) -> Evidence | None:
        matches = [found for part in self.parts if (found := part.match(situation)) is not None]
        return [data for found in matches for data in found] if matches else None

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names for part in self.parts))

    @property
    def needs_a_signal(self) -> bool:
        return all(part.needs_a_signal for part in self.parts)
