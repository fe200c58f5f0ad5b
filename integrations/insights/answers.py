"""What the page shows, from a period's numbers. Pure; rates are None where nothing was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.insights.counting import What
from integrations.insights.flows import (
    DONE,
    GOING_ON,
    HANDED_OVER,
    INTERRUPTED,
    LEFT,
    SILENT,
)

FATES = (DONE, LEFT, SILENT, HANDED_OVER, INTERRUPTED, GOING_ON)
DROPPED = (LEFT, SILENT, HANDED_OVER, INTERRUPTED, GOING_ON)
# Lists on the page are no longer than this; the rest is rare.
ROWS = 50


def rates(numbers: Counter[What]) -> dict[str, Any]:
    """The headline of a period, or of a day."""
    messages = {
        name: numbers[What("message", name)] for name in ("understood", "rejected", "ambiguous")
    }
    put = sum(messages.values())
    sessions = {
        fate: _sum(numbers, "session", fate=fate) for fate in ("self_service", HANDED_OVER, LEFT)
    }
    ended = sum(sessions.values())
    return {
        "messages": put,
        **messages,
        "understanding": _share(messages["understood"], put),
        "rejection": _share(messages["rejected"], put),
        "sessions": ended,
        "self_service": sessions["self_service"],
        "gave_up": sessions[LEFT],
        "self_service_rate": _share(sessions["self_service"], ended),
        "handoffs": _sum(numbers, "handoff"),
    }


def reasons(
    numbers: Counter[What], before: Counter[What], titles: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Escalations by rule, the most frequent first, with how customers rated what followed."""
    rules = _names(numbers, "handoff")
    rows: list[dict[str, Any]] = []
    for rule in rules:
        marks = {
            int(what.detail): count
            for what, count in numbers.items()
            if what.measure == "rating" and what.name == rule
        }
        rated = sum(marks.values())
        rows.append(
            {
                "rule": rule,
                "title": dict(titles.get(rule, {})),
                "count": _sum(numbers, "handoff", rule),
                "before": _sum(before, "handoff", rule),
                "states": {
                    what.fate: count
                    for what, count in numbers.items()
                    if what.measure == "handoff" and what.name == rule
                },
                "rated": rated,
                "rating": sum(m * c for m, c in marks.items()) / rated if rated else None,
            }
        )
    return sorted(rows, key=lambda row: (-row["count"], row["rule"]))[:ROWS]


def flows(numbers: Counter[What]) -> list[dict[str, Any]]:
    """Every flow with its steps in the order in which they are asked, the most used first."""
    rows: list[dict[str, Any]] = [
        {
            "flow": flow,
            "started": numbers[What("flow", flow, fate="started")],
            "fates": {fate: numbers[What("flow", flow, fate=fate)] for fate in FATES},
            "messages": _median(
                {
                    int(what.detail): count
                    for what, count in numbers.items()
                    if what.measure == "length" and what.name == flow
                }
            ),
            "steps": _steps(numbers, flow),
        }
        for flow in _names(numbers, "flow")
    ]
    return sorted(rows, key=lambda row: (-row["started"], row["flow"]))[:ROWS]


def gaps(numbers: Counter[What], latest: Mapping[tuple[str, str], float]) -> list[dict[str, Any]]:
    """What no article answered, or not well, by intent and nearest article."""
    found = {(what.name, what.detail) for what in numbers if what.measure == "gap"}
    rows: list[dict[str, Any]] = []
    for intent, article in found:
        fates = {
            fate: numbers[What("gap", intent, article, fate)]
            for fate in ("unanswered", "chosen", "not_helped")
        }
        row = {"intent": intent, "article": article or None, **fates}
        rows.append({**row, "count": sum(fates.values()), "last_at": latest.get((intent, article))})
    return sorted(rows, key=lambda row: (-row["count"], -(row["last_at"] or 0)))[:ROWS]


def articles(numbers: Counter[What]) -> list[dict[str, Any]]:
    """How often each article answered, and how often that didn't help."""
    rows: list[dict[str, Any]] = [
        {
            "article": name,
            "given": numbers[What("article", name, fate="given")],
            "not_helped": numbers[What("article", name, fate="not_helped")],
        }
        for name in _names(numbers, "article")
    ]
    return sorted(rows, key=lambda row: (-row["not_helped"], -row["given"]))[:ROWS]


def wishes(numbers: Counter[What]) -> list[dict[str, Any]]:
    """What agents say that customers wanted; `intent` is None for words of their own."""
    rows: list[dict[str, Any]] = [
        {"intent": name or None, "count": numbers[What("wanted", name)]}
        for name in _names(numbers, "wanted")
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["intent"] or ""))[:ROWS]


def series(days: Mapping[str, Counter[What]], every: Iterable[str]) -> list[dict[str, Any]]:
    """The headline day by day, days without anything included."""
    return [{"day": day, **rates(days.get(day, Counter()))} for day in every]


def _steps(numbers: Counter[What], flow: str) -> list[dict[str, Any]]:
    names = {what.detail for what in numbers if what.measure == "step" and what.name == flow}
    rows: list[tuple[float, dict[str, Any]]] = []
    for step in names:

        def of(fate: str, step: str = step) -> int:
            return numbers[What("step", flow, step, fate)]

        asked = of("asked")
        place = numbers[What("place", flow, step)] / asked if asked else 0.0
        rows.append(
            (
                place,
                {
                    "step": step or None,
                    "asked": asked,
                    "answered": of("answered"),
                    "again": of("again"),
                    "ended": {fate: of(fate) for fate in DROPPED},
                },
            )
        )
    return [row for _, row in sorted(rows, key=lambda each: (each[0], str(each[1]["step"])))]


def _names(numbers: Counter[What], measure: str) -> Sequence[str]:
    return sorted({what.name for what in numbers if what.measure == measure})


def _sum(
    numbers: Counter[What], measure: str, name: str | None = None, fate: str | None = None
) -> int:
    return sum(
        count
        for what, count in numbers.items()
        if what.measure == measure
        and (name is None or what.name == name)
        and (fate is None or what.fate == fate)
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _median(histogram: Mapping[int, int]) -> float | None:
    """The median of values given with how often each came."""
    total = sum(histogram.values())
    if not total:
        return None
    middle = ((total - 1) // 2, total // 2)
    found: list[int] = []
    passed = 0
    for value in sorted(histogram):
        passed += histogram[value]
        while len(found) < len(middle) and passed > middle[len(found)]:
            found.append(value)
    return sum(found) / 2
