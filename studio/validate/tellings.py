"""Rules that contradict each other or a story, seen without the engine.

Rasa's own check (`engine`) is thorough and slow; this one sees at once what can be seen in the
text: the same situation, and two different things to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from studio.validate.findings import Finding
from studio.validate.project import Place, Project

# A step as a tuple: its kind first.
Step = tuple[str, str]
_LISTEN: Step = ("action", "action_listen")


@dataclass(frozen=True)
class Way:
    """One way through a rule or story, its `or`s chosen."""

    name: str
    kind: str
    place: Place
    condition: frozenset[Step]
    steps: tuple[Step, ...]
    places: tuple[Place, ...]


def check(project: Project) -> Iterator[Finding]:
    """Contradictions, each named once."""
    ways = list(_ways(project))
    rules = [way for way in ways if way.kind == "rules"]
    seen = set()
    by_start: dict[tuple[frozenset[Step], Step], list[Way]] = {}
    for way in rules:
        if way.steps:
            by_start.setdefault((way.condition, way.steps[0]), []).append(way)
    for alike in by_start.values():
        for one, other in combinations(alike, 2):
            if one.place != other.place and (one.place, other.place) not in seen:
                found = _between(one, other)
                if found is not None:
                    seen.add((one.place, other.place))
                    yield found
    for story in (way for way in ways if way.kind == "stories"):
        yield from _against_rules(story, by_start)


def _between(one: Way, other: Way) -> Finding | None:
    for place in range(max(len(one.steps), len(other.steps))):
        mine, theirs = (
            way.steps[place] if place < len(way.steps) else _LISTEN for way in (one, other)
        )
        if mine == theirs:
            continue
        if "action" in (mine[0], theirs[0]) and {mine[0], theirs[0]} == {"action"}:
            what = (
                f"after the same steps the rule '{other.name}' does {theirs[1]}, but "
                f"'{one.name}' ({one.place.file}:{one.place.line}) does {mine[1]}"
            )
            do = "Give one of them a condition, another beginning, or join them."
            at = other.places[place] if place < len(other.places) else other.place
            return at.finding("contradicting-rules", what, do)
        return None
    what = f"'{other.name}' says the same as '{one.name}' ({one.place.file}:{one.place.line})"
    return other.place.finding("duplicate-rule", what, "Remove one of the two.")


def _against_rules(
    story: Way, by_start: dict[tuple[frozenset[Step], Step], list[Way]]
) -> Iterator[Finding]:
    """Where a story, outside any form, does something else than the rules that fit."""
    loop = False
    for begin, step in enumerate(story.steps):
        if step[0] == "loop":
            loop = step[1] != "null"
        if step[0] != "intent" or loop:
            continue
        fitting = by_start.get((frozenset(), step), [])
        for ahead, done in enumerate(story.steps[begin + 1 :], 1):
            if done[0] == "intent" or not fitting:
                break
            wanted = {way.steps[ahead] for way in fitting if ahead < len(way.steps)}
            if done[0] == "action" and wanted and done not in wanted:
                rule = fitting[0]
                what = (
                    f"the story '{story.name}' does {done[1]} where the rule '{rule.name}' "
                    f"({rule.place.file}:{rule.place.line}) does {min(wanted)[1]}"
                )
                do = "Correct the story, or give the rule a condition."
                yield story.places[begin + ahead].finding("contradicting-rules", what, do)
                break
            fitting = [
                way for way in fitting if ahead < len(way.steps) and way.steps[ahead] == done
            ]


def _ways(project: Project) -> Iterator[Way]:
    for file, kind, number, told in project.tellings:
        steps = told.get("steps")
        if not isinstance(steps, list):
            continue
        here = Place(file.name, file.line(kind, number))
        choices, places = [], []
        for position, step in enumerate(steps):
            if not isinstance(step, dict):
                continue
            either = step.get("or")
            options = either if isinstance(either, list) else [step]
            choices.append([one for option in options for one in _steps(option)] or [("?", "")])
            places.append(Place(file.name, file.line(kind, number, "steps", position)))
        condition = frozenset(one for entry in told.get("condition") or () for one in _steps(entry))
        name = str(told.get("rule") or told.get("story") or "")
        for chosen in product(*choices):
            yield Way(name, kind, here, condition, chosen, tuple(places))


def _steps(step: Any) -> list[Step]:
    if not isinstance(step, dict):
        return []
    if "intent" in step:
        entities = json.dumps(step.get("entities") or [], sort_keys=True, default=str)
        return [
            (
                "intent",
                f"{step['intent']} {entities}" if step.get("entities") else str(step["intent"]),
            )
        ]
    if "action" in step:
        return [("action", str(step["action"]))]
    if "active_loop" in step:
        loop = step["active_loop"]
        return [("loop", "null" if loop is None else str(loop))]
    if "slot_was_set" in step:
        return [("slot", json.dumps(step["slot_was_set"], sort_keys=True, default=str))]
    return [("?", json.dumps(step, sort_keys=True, default=str))]
