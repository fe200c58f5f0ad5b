"""The escalation decision: a pure, total function of what was noticed in a turn.

How rules combine:
- every rule that matches gives its reason; `Decision.rules` and `Decision.reasons` list them by
  strength: hand-overs before offers before notes, then by priority (urgent, high, normal), then in
  the order of the file;
- the conversation is handed over when any matching rule says so;
- the first hand-over in that list decides the priority and whether this turn's replies go out;
- the time promised for a first answer is the shortest of all matching hand-overs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from integrations.escalation.conditions import Condition, Evidence, Situation, as_number
from integrations.escalation.signals import Signal
from integrations.escalation.source import LANGUAGES
from integrations.escalation.template import Template

Priority = Literal["normal", "high", "urgent"]
Replies = Literal["send", "drop"]
Words = Mapping[str, Mapping[str, Mapping[str, str]]]
"""field → value → language → what people call it."""

PRIORITIES: tuple[Priority, ...] = ("urgent", "high", "normal")
LONGEST_VALUE = 80
"""Characters of a signal's value that a reason shows; the rest is cut."""
_EMPTY: Mapping[str, Any] = MappingProxyType({})
_YES_NO = {"it": ("no", "sì"), "en": ("no", "yes")}


@dataclass(frozen=True)
class Customer:
    """What the bridge says of the customer; the defaults are somebody unknown."""

    level: str = "unknown"
    tier: str | None = None
    open_case: bool = False


@dataclass(frozen=True)
class Facts:
    """What a decision is made of.

    `signals` are this turn's. `earlier` counts, by name, the signals that the conversation has
    already had (since its last hand-over ended); only rules with `times` look at it.
    """

    signals: Iterable[Signal]
    owner: str = "bot"
    customer: Customer = Customer()
    earlier: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """Why a rule spoke, for the agent's card. `code` is the rule's name."""

    code: str
    it: str
    en: str


@dataclass(frozen=True)
class Decision:
    """What the policy says. Without a hand-over: priority normal, replies sent, no promise (0).

    `offer` is true when nothing is handed over but the customer should be offered a person.
    """

    handoff: bool
    rules: tuple[str, ...]
    reasons: tuple[Reason, ...]
    priority: Priority
    replies: Replies
    first_answer_minutes: int
    offer: bool = False


@dataclass(frozen=True)
class Outcome:
    """A rule's `then`."""

    handoff: bool
    offer: bool = False
    priority: Priority = "normal"
    replies: Replies = "send"
    first_answer_minutes: int = 0


@dataclass(frozen=True)
class Rule:
    """One compiled rule; `names` are the signals without which it can't match."""

    name: str
    when: Condition
    then: Outcome
    reason: Mapping[str, Template]
    names: frozenset[str]


@dataclass(frozen=True)
class Policy:
    """The rules by strength (see the module's text), and how values are called in reasons."""

    rules: tuple[Rule, ...]
    words: Words = field(default_factory=dict)


def strength(rule: Rule) -> tuple[int, int]:
    """The sorting key of a rule; the file's order breaks ties because sorting is stable."""
    kind = 0 if rule.then.handoff else 1 if rule.then.offer else 2
    return kind, PRIORITIES.index(rule.then.priority)


NOTHING = Decision(False, (), (), "normal", "send", 0)


def decide(policy: Policy, facts: Facts) -> Decision:
    """What to do after a turn. Never raises: signals that are unknown or malformed don't count."""
    situation = _situation(facts)
    if not situation.signals:
        return NOTHING
    matches: list[tuple[Rule, Evidence]] = []
    for rule in policy.rules:
        if rule.names.isdisjoint(situation.signals):
            continue
        evidence = rule.when.match(situation)
        if evidence is not None:
            matches.append((rule, evidence))
    if not matches:
        return NOTHING
    reasons = tuple(_reason(policy, rule, evidence, situation) for rule, evidence in matches)
    names = tuple(rule.name for rule, _ in matches)
    handoffs = [rule.then for rule, _ in matches if rule.then.handoff]
    if not handoffs:
        offer = any(rule.then.offer for rule, _ in matches)
        return Decision(False, names, reasons, "normal", "send", 0, offer)
    return Decision(
        handoff=True,
        rules=names,
        reasons=reasons,
        priority=handoffs[0].priority,
        replies=handoffs[0].replies,
        first_answer_minutes=min(then.first_answer_minutes for then in handoffs),
    )


def _situation(facts: Facts) -> Situation:
    """The facts with everything of a wrong type left out: they come from other processes."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for signal in facts.signals:
        name = _text(signal.name)
        if name is not None:
            grouped.setdefault(name, []).append(_mapping(signal.data))
    customer = facts.customer
    return Situation(
        signals=grouped,
        owner=_text(facts.owner) or "",
        level=_text(customer.level) or "unknown",
        tier=_text(customer.tier),
        open_case=customer.open_case is True,
        earlier={
            name: int(number)
            for name, count in _mapping(facts.earlier).items()
            if (number := as_number(count)) is not None and number > 0
        },
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _EMPTY


def _reason(policy: Policy, rule: Rule, evidence: Evidence, situation: Situation) -> Reason:
    texts = {}
    for language in LANGUAGES:
        template = rule.reason[language]
        texts[language] = template.render(
            {
                name: _said(
                    _values(name, rule, evidence, situation), language, policy.words.get(name, {})
                )
                for name in template.names
            }
        )
    return Reason(rule.name, **texts)


def _values(name: str, rule: Rule, evidence: Evidence, situation: Situation) -> list[object]:
    """What a placeholder stands for; several values when several signals made the rule match."""
    if name == "times":
        return [
            len(situation.signals.get(signal, ())) + situation.earlier.get(signal, 0)
            for signal in rule.names
        ]
    if name == "tier":
        return [situation.tier]
    if name == "level":
        return [situation.level]
    return [data.get(name) for data in evidence]


def _said(values: list[object], language: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """The values in words: the highest of numbers, every one of texts, "?" when there is none."""
    numbers = [number for value in values if (number := as_number(value)) is not None]
    if numbers:
        return f"{max(numbers):.1f}".removesuffix(".0")
    if any(isinstance(value, bool) for value in values):
        return _YES_NO[language][any(value is True for value in values)]
    texts = {
        known[value][language] if value in known else _one_line(value)
        for value in values
        if isinstance(value, str)
    } - {""}
    return ", ".join(sorted(texts))[:LONGEST_VALUE] or "?"


def _one_line(value: str) -> str:
    """A value without line breaks or invisible characters, cut to a length that fits a card."""
    return " ".join("".join(c if c.isprintable() else " " for c in value[:LONGEST_VALUE]).split())
