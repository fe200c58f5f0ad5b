"""Intents, entities, slots, forms and actions: named but not known, known but not used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from studio.validate.examples import RULED, Example, marks
from studio.validate.findings import Finding
from studio.validate.project import (
    OWN_ACTIONS,
    OWN_INTENTS,
    OWN_SLOTS,
    Place,
    Project,
    Response,
)

_PAYLOAD = re.compile(r"/(\w+)\s*(\{.*\})?", re.DOTALL)
_BLANK = re.compile(r"{([^\n{}]+?)}")
LONGEST_MEANING = 20


@dataclass
class Used:
    """Every name that something speaks of, with where it does first."""

    intents: dict[str, Place] = field(default_factory=dict)
    entities: dict[str, Place] = field(default_factory=dict)
    slots: dict[str, Place] = field(default_factory=dict)
    actions: dict[str, Place] = field(default_factory=dict)
    forms: dict[str, Place] = field(default_factory=dict)
    # Slots with a value that a rule waits for.
    values: dict[tuple[str, str], Place] = field(default_factory=dict)


def check(project: Project) -> Iterator[Finding]:
    """Every name that is used exists, and every one that exists is used."""
    if project.domain is None:
        return
    told, used = in_tellings(project), _elsewhere(project)
    intents, entities, slots, forms, actions = (
        project.declared(part) for part in ("intents", "entities", "slots", "forms", "actions")
    )
    yield from _unknown("intent", told.intents | used.intents, set(intents) | OWN_INTENTS)
    yield from _unknown("entity", told.entities | used.entities, set(entities))
    yield from _unknown("slot", told.slots | used.slots, set(slots) | OWN_SLOTS)
    yield from _unknown("form", told.forms | used.forms, set(forms))
    sayable = set(actions) | set(forms) | set(project.responses) | OWN_ACTIONS
    bot_actions = {name: at for name, at in told.actions.items() if not name.startswith("utter_")}
    yield from _unknown("action", bot_actions, sayable)
    responses = {name: at for name, at in told.actions.items() if name.startswith("utter_")}
    yield from _unknown("response", responses, set(project.responses))
    yield from _values(project, told)
    yield from _unused_intents(project, intents, told)
    texts = project.code.texts
    for name, place in entities.items():
        if name not in used.entities and name not in texts:
            what = f"no example, slot, button or code speaks of the entity {name}"
            yield place.finding("unused-entity", what, "Remove it, or use it.")
    blanks = _blanks(project)
    for name, place in slots.items():
        needed = name in told.slots or name in used.slots or name in texts or name in blanks
        if not needed and not project.mentioned(name):
            what = f"no rule, form, response or code reads or sets the slot {name}"
            yield place.finding("unused-slot", what, "Remove it, or use it.")
    for name, place in forms.items():
        if name not in told.forms and name not in told.actions:
            yield place.finding("unused-form", f"no rule starts {name}", "Write its rules.")
    yield from _actions(project, actions, told)


def in_tellings(project: Project) -> Used:
    """What rules and stories name."""
    used = Used()
    for file, kind, number, told in project.tellings:
        for part in ("condition", "steps"):
            listed = told.get(part)
            for place, step in enumerate(listed if isinstance(listed, list) else ()):
                if not isinstance(step, dict):
                    continue
                way = (kind, number, part, place)
                _step(step, Place(file.name, file.line(*way)), used)
                either = step.get("or")
                for choice, one in enumerate(either if isinstance(either, list) else ()):
                    if isinstance(one, dict):
                        _step(one, Place(file.name, file.line(*way, "or", choice)), used)
    return used


def _step(step: dict[str, Any], at: Place, used: Used) -> None:
    if isinstance(step.get("intent"), str):
        used.intents.setdefault(step["intent"].split("/")[0], at)
    for entity in step.get("entities") or ():
        name = next(iter(entity), None) if isinstance(entity, dict) else entity
        used.entities.setdefault(str(name), at)
    if isinstance(step.get("action"), str):
        used.actions.setdefault(step["action"], at)
    if isinstance(step.get("active_loop"), str):
        used.forms.setdefault(step["active_loop"], at)
    for slot in step.get("slot_was_set") or ():
        pairs = slot.items() if isinstance(slot, dict) else [(slot, None)]
        for name, value in pairs:
            used.slots.setdefault(str(name), at)
            if isinstance(value, str):
                used.values.setdefault((str(name), value), at)


def _elsewhere(project: Project) -> Used:
    """What examples, mappings, forms, conditions, buttons and code name."""
    used = Used()
    for example in (e for listed in project.training.values() for e in listed):
        _example(example, used)
    for _, about, at in project.entries("slots"):
        for mapping in about.get("mappings") or ():
            if isinstance(mapping, dict):
                _mapping(mapping, at, used)
    for _, about, at in project.entries("forms"):
        for slot in about.get("required_slots") or ():
            used.slots.setdefault(str(slot), at)
    for response in project.responses.values():
        _response(response, used)
    for slot, (file, line) in project.code.slots.items():
        used.slots.setdefault(slot, Place(file, line))
    return used


def _example(example: Example, used: Used) -> None:
    at = Place(example.file, example.line)
    used.intents.setdefault(example.intent, at)
    for one in marks(example.text) if "[" in example.text else ():
        if one.entity and not one.problem:
            used.entities.setdefault(one.entity, at)


def _mapping(mapping: dict[str, Any], at: Place, used: Used) -> None:
    if isinstance(mapping.get("entity"), str):
        used.entities.setdefault(mapping["entity"], at)
    if isinstance(mapping.get("intent"), str):
        used.intents.setdefault(mapping["intent"], at)
    for condition in mapping.get("conditions") or ():
        if isinstance(condition, dict) and isinstance(condition.get("active_loop"), str):
            used.forms.setdefault(condition["active_loop"], at)


def _response(response: Response, used: Used) -> None:
    for number, variation in enumerate(response.variations):
        for condition in variation.get("condition") or ():
            if isinstance(condition, dict) and isinstance(condition.get("name"), str):
                used.slots.setdefault(condition["name"], response.place(number, "condition"))
        for position, button in enumerate(variation.get("buttons") or ()):
            written = button.get("payload", "") if isinstance(button, dict) else ""
            named = payload(str(written))
            if named is not None:
                at = response.place(number, "buttons", position)
                used.intents.setdefault(named[0], at)
                for entity in named[1]:
                    used.entities.setdefault(entity, at)


def payload(written: str) -> tuple[str, list[str]] | None:
    """Intent and entities of a button's payload, None if it can't be read."""
    # Rasa fills blanks in payloads, so braces that are meant are doubled.
    found = _PAYLOAD.fullmatch(written.replace("{{", "{").replace("}}", "}"))
    if found is None:
        return None
    try:
        details = json.loads(found[2] or "{}")
    except json.JSONDecodeError:
        return None
    return found[1], [str(name) for name in details] if isinstance(details, dict) else []


def _blanks(project: Project) -> set[str]:
    return {
        blank
        for response in project.responses.values()
        for variation in response.variations
        for blank in _BLANK.findall(str(variation.get("text", "")))
    }


def _unknown(kind: str, named: dict[str, Place], there: set[str]) -> Iterator[Finding]:
    part = {"entity": "entities"}.get(kind, f"{kind}s")
    for name, place in named.items():
        if name not in there:
            near = get_close_matches(name, there, 1, cutoff=0.8)
            where = "data/responses/" if kind == "response" else f"domain.yml under {part}:"
            do = f"Did you mean {near[0]}?" if near else f"Add it to {where}, or correct it."
            yield place.finding(f"unknown-{kind}", f"there is no {kind} {name}", do)


def _values(project: Project, told: Used) -> Iterator[Finding]:
    allowed = {
        name: [str(value) for value in about.get("values") or ()]
        for name, about, _ in project.entries("slots")
        if about.get("type") == "categorical"
    }
    for (slot, value), place in told.values.items():
        if slot in allowed and value not in allowed[slot]:
            near = get_close_matches(value, allowed[slot], 1)
            do = f"Did you mean {near[0]}?" if near else f"Add it to the values of {slot}."
            yield place.finding("unknown-value", f"{slot} never is '{value}'", do)


def _unused_intents(project: Project, intents: dict[str, Place], told: Used) -> Iterator[Finding]:
    trained = {e.intent for listed in project.training.values() for e in listed}
    for name, place in intents.items():
        if name not in told.intents:
            what = f"no rule or story says what happens after {name}: the bot would stay silent"
            yield place.finding("unused-intent", what, "Write a rule for it in data/rules/.")
        if name not in trained and name not in RULED:
            what = f"{name} has no examples in any language"
            do = f"Write data/nlu/it/{name}.yml and data/nlu/en/{name}.yml."
            yield place.finding("intent-without-examples", what, do)
    yield from _meanings(project, intents)


def _meanings(project: Project, intents: dict[str, Place]) -> Iterator[Finding]:
    file, config = project.file("data/meanings.yml"), project.file("config.yml")
    if file is None or not isinstance(file.data, dict):
        return
    never = set(RULED) | {"out_of_scope"}
    if config is not None and isinstance(config.data, dict):
        for component in config.data.get("pipeline") or ():
            never |= set(component.get("never_asked") or ())
    for name, place in intents.items():
        if name not in file.data and name not in never:
            what = f"{name} has no name on a button in {file.name}"
            do = "Add a line with it and en there, or list it under never_asked in config.yml."
            yield place.finding("intent-without-meaning", what, do)
    for name, said in file.data.items():
        place = Place(file.name, file.line(str(name)))
        if name not in intents:
            do = "Correct its name, or remove the line."
            yield place.finding("unknown-intent", f"there is no intent {name}", do)
        for language in ("it", "en"):
            text = said.get(language) if isinstance(said, dict) else None
            if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_MEANING:
                what = (
                    f"{name} needs a text in '{language}' of at most {LONGEST_MEANING} characters"
                )
                yield place.finding("wrong-shape", what, "Write it as {it: …, en: …}.")


def _actions(project: Project, actions: dict[str, Place], told: Used) -> Iterator[Finding]:
    called = set(told.actions) | OWN_ACTIONS
    for form, about, _ in project.entries("forms"):
        called.add(f"validate_{form}")
        for slot in about.get("required_slots") or ():
            called |= {f"action_ask_{form}_{slot}", f"action_ask_{slot}"}
    policies = project.file("config.yml")
    if policies is not None:
        called |= set(re.findall(r"\baction_\w+", policies.text))
    written = project.code
    for name, place in actions.items():
        if name.startswith("utter_"):
            continue
        if name not in called:
            what = f"no rule, story or form runs {name}"
            yield place.finding("unused-action", what, "Remove it, or write a rule that runs it.")
        if not written.says(name):
            what = f"no code in actions/ is called {name}"
            do = "Write the action, or correct its name."
            yield place.finding("action-without-code", what, do)
