"""Reads `policy/escalation.yml` and compiles it, or says every mistake with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from integrations.escalation.conditions import Condition
from integrations.escalation.policy import (
    PRIORITIES,
    Outcome,
    Policy,
    Priority,
    Replies,
    Rule,
    Words,
    strength,
)
from integrations.escalation.signals import SIGNALS
from integrations.escalation.source import LANGUAGES, Value, read, suggestion
from integrations.escalation.template import Template, TemplateError
from integrations.escalation.when import read_when

CONTEXT_PLACEHOLDERS = ("tier", "level", "times")
LONGEST_PROMISE_MINUTES = 7 * 24 * 60


def load(path: Path | str) -> Policy:
    """The compiled policy.

    Raises PolicyError with all mistakes of the file, each as `file:line: what; what to do`.
    """
    root = read(path)
    fields = root.fields(required=("tiers", "rules"), optional=("words",)) or {}
    tiers = _tiers(fields["tiers"]) if "tiers" in fields else ()
    words = _words(fields["words"]) if "words" in fields else {}
    rules = _rules(fields["rules"], tiers) if "rules" in fields else []
    root.report.check()
    return Policy(tuple(sorted(rules, key=strength)), words)


def _tiers(value: Value) -> tuple[str, ...]:
    entries = value.entries() or []
    return tuple(tier for entry in entries if (tier := entry.text()) is not None)


def _words(value: Value) -> Words:
    known = {field for fields in SIGNALS.values() for field in fields} | set(CONTEXT_PLACEHOLDERS)
    words: dict[str, dict[str, Mapping[str, str]]] = {}
    for field, values in value.pairs() or ():
        if field not in known:
            values.wrong(f"no signal carries '{field}'", suggestion(field, known))
            continue
        words[field] = {}
        for name, texts in values.pairs() or ():
            both = texts.both_languages()
            if both is not None:
                words[field][name] = both
    return words


def _rules(value: Value, tiers: tuple[str, ...]) -> list[Rule]:
    entries = value.entries()
    if entries == []:
        value.wrong("there are no rules", "write at least one")
    rules: list[Rule] = []
    names: dict[str, int] = {}
    for entry in entries or ():
        fields = entry.fields(required=("name", "when", "then", "reason"))
        if fields is None:
            continue
        name = fields["name"].text() if "name" in fields else None
        if name is not None and name in names:
            fields["name"].wrong(
                f"the rule name '{name}' is already used on line {names[name]}",
                "give each rule its own name",
            )
        elif name is not None:
            names[name] = fields["name"].line
        when = read_when(fields["when"], tiers) if "when" in fields else None
        then = _then(fields["then"]) if "then" in fields else None
        reason = _reason(fields["reason"], when) if "reason" in fields else None
        if name and when and then and reason:
            rules.append(Rule(name, when, then, reason, when.names))
    return rules


def _then(value: Value) -> Outcome | None:
    details = ("priority", "replies", "first_answer_minutes")
    fields = value.fields(required=("handoff",), optional=("offer", *details))
    if fields is None or "handoff" not in fields:
        return None
    handoff = fields["handoff"].boolean()
    if handoff is None:
        return None
    if not handoff:
        for name in details:
            if name in fields:
                fields[name].wrong(
                    f"`{name}` means nothing without a hand-over",
                    "remove it, or write `handoff: true`",
                )
        offer = fields["offer"].boolean() if "offer" in fields else False
        return Outcome(handoff=False, offer=bool(offer))
    if "offer" in fields:
        fields["offer"].wrong(
            "a rule either hands over or offers a person", "remove one of `handoff` and `offer`"
        )
    whole = value.fields(required=("handoff", *details), optional=("offer",)) or {}
    if any(name not in whole for name in details):
        return None
    priority = whole["priority"].one_of(PRIORITIES)
    replies = whole["replies"].one_of(("send", "drop"))
    minutes = whole["first_answer_minutes"].integer(1, LONGEST_PROMISE_MINUTES)
    if priority is None or replies is None or minutes is None:
        return None
    return Outcome(
        handoff=True,
        priority=cast(Priority, priority),
        replies=cast(Replies, replies),
        first_answer_minutes=minutes,
    )


def _reason(value: Value, when: Condition | None) -> Mapping[str, Template] | None:
    fields = value.fields(required=("it", "en"))
    if fields is None:
        return None
    allowed = set(CONTEXT_PLACEHOLDERS)
    for name in when.names if when else SIGNALS:
        allowed |= {field for field, kind in SIGNALS[name].items() if kind != "group"}
    templates: dict[str, Template] = {}
    for language, text_value in fields.items():
        text = text_value.text()
        if text is None:
            continue
        try:
            template = Template.parse(text)
        except TemplateError as error:
            text_value.wrong(
                f"{text_value.name}: {error}", "write {name}, and {{ for a brace itself"
            )
            continue
        for name in sorted(template.names - allowed):
            text_value.wrong(
                f"{text_value.name} has the placeholder '{{{name}}}', "
                "which no signal of this rule carries",
                suggestion(name, allowed),
            )
        templates[language] = template
    return templates if len(templates) == len(LANGUAGES) else None
