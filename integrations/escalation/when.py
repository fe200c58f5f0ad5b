"""Compiles a rule's `when` from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from integrations.escalation.conditions import (
    AllOf,
    AnyOf,
    Condition,
    CustomerIs,
    FieldTest,
    NumberTest,
    OneOf,
    OwnerIs,
    SignalPresent,
)
from integrations.escalation.signals import SIGNALS, FieldType
from integrations.escalation.source import DEEPEST, Value, suggestion

OWNERS = ("bot", "queued", "agent", "wrap_up", "closed")
LEVELS = ("unknown", "recognised", "verified")


def read_when(value: Value, tiers: tuple[str, ...]) -> Condition | None:
    """The compiled condition, or None after noting what is wrong with it."""
    condition = _condition(value, tiers, depth=0)
    if condition is not None and not condition.needs_a_signal:
        value.wrong(
            f"{value.name} can hold without any signal, so the rule would match every turn",
            "add `signal: …` (to each part of an `any`)",
        )
        return None
    return condition


def _condition(value: Value, tiers: tuple[str, ...], depth: int) -> Condition | None:
    if depth > DEEPEST:
        value.wrong(f"{value.name} is nested too deep", "write it with fewer levels")
        return None
    fields = value.fields(optional=("signal", "where", "times", "owner", "customer", "any", "all"))
    if not fields:
        if value.is_empty and value.is_mapping:
            value.wrong(f"{value.name} says nothing", "add `signal: …`")
        return None
    parts: list[Condition | None] = []
    if not {"where", "times"}.isdisjoint(fields) or "signal" in fields:
        parts.append(_signal(fields))
    if "owner" in fields:
        owners = fields["owner"].some_of(OWNERS)
        parts.append(OwnerIs(owners) if owners else None)
    if "customer" in fields:
        parts.append(_customer(fields["customer"], tiers))
    if "any" in fields:
        parts.append(_group(AnyOf, fields["any"], tiers, depth))
    if "all" in fields:
        parts.append(_group(AllOf, fields["all"], tiers, depth))
    return _combined(AllOf, parts)


def _group(
    combine: type[AllOf] | type[AnyOf], value: Value, tiers: tuple[str, ...], depth: int
) -> Condition | None:
    entries = value.entries()
    if not entries:
        if entries is not None:
            value.wrong(f"{value.name} is empty", "list conditions under it")
        return None
    return _combined(combine, [_condition(entry, tiers, depth + 1) for entry in entries])


def _combined(
    combine: type[AllOf] | type[AnyOf], parts: Iterable[Condition | None]
) -> Condition | None:
    parts = list(parts)
    good = tuple(part for part in parts if part is not None)
    if len(good) < len(parts):
        return None
    return good[0] if len(good) == 1 else combine(good)


def _signal(fields: Mapping[str, Value]) -> Condition | None:
    """`signal` with its `where` and `times`."""
    if "signal" not in fields:
        for word in sorted({"where", "times"} & set(fields)):
            fields[word].wrong(f"`{word}` stands without a signal", "add `signal: …` beside it")
        return None
    names = fields["signal"].some_of(SIGNALS)
    before = len(fields["signal"].report.mistakes)
    where = _where(fields["where"], names) if "where" in fields and names else ()
    times = None
    if "times" in fields:
        # No `at_most`: one more signal must never make a rule stop matching.
        times = _number_test(fields["times"], allowed=("at_least",))
    if not names or len(fields["signal"].report.mistakes) > before:
        return None
    return SignalPresent(names, where, times)


def _where(value: Value, names: tuple[str, ...]) -> tuple[tuple[str, FieldTest], ...]:
    """The tests on a signal's data; each field must be carried by every signal named."""
    tests: list[tuple[str, FieldTest]] = []
    carried = set.intersection(*(set(SIGNALS[name]) for name in names))
    for field, test_value in value.pairs() or ():
        if field not in carried:
            test_value.wrong(
                f"signal {' and '.join(names)} has no field '{field}'",
                suggestion(field, carried) if carried else "remove the line",
            )
            continue
        test = _test(test_value, SIGNALS[names[0]][field])
        if test is not None:
            tests.append((field, test))
    return tuple(tests)


def _test(value: Value, kind: FieldType) -> FieldTest | None:
    if kind == "group":
        value.wrong(f"{value.name} is a group of values, which can't be tested", "remove the line")
        return None
    if not value.is_mapping:
        return _one_of(value, kind)
    if value.mentions("equals"):
        only = value.fields(required=("equals",)) or {}
        return _one_of(only["equals"], kind) if "equals" in only else None
    if kind != "number":
        value.wrong(f"{value.name} is a {kind}, not a number", "write the value, or `equals: …`")
        return None
    return _number_test(value)


def _number_test(
    value: Value, allowed: tuple[str, ...] = ("at_least", "at_most")
) -> NumberTest | None:
    fields = value.fields(optional=allowed)
    if not fields:
        if value.is_empty and value.is_mapping:
            value.wrong(f"{value.name} compares with nothing", "write `at_least: 2`")
        return None
    limits = {name: limit.number() for name, limit in fields.items()}
    if None in limits.values():
        return None
    test = NumberTest(limits.get("at_least"), limits.get("at_most"))
    if test.at_least is not None and test.at_most is not None and test.at_least > test.at_most:
        value.wrong(f"{value.name} can never hold", "`at_least` must not be above `at_most`")
    return test


def _one_of(value: Value, kind: FieldType) -> OneOf | None:
    entries = (value.entries() or []) if value.is_list else [value]
    if not entries:
        value.wrong(f"{value.name} is an empty list", "write the values it may have")
    readers = {"number": Value.number, "boolean": Value.boolean, "text": Value.text}
    found = [readers[kind](entry) for entry in entries]
    good = tuple(item for item in found if item is not None)
    return OneOf(good) if good and len(good) == len(found) else None


def _customer(value: Value, tiers: tuple[str, ...]) -> Condition | None:
    fields = value.fields(optional=("tier", "level", "open_case"))
    if not fields:
        if value.is_empty and value.is_mapping:
            value.wrong(f"{value.name} asks nothing", "add `tier`, `level` or `open_case`")
        return None
    wanted = fields["tier"].some_of(tiers) if "tier" in fields else ()
    levels = fields["level"].some_of(LEVELS) if "level" in fields else ()
    open_case = fields["open_case"].boolean() if "open_case" in fields else None
    if wanted is None or levels is None or (open_case is None and "open_case" in fields):
        return None
    return CustomerIs(wanted, levels, open_case)
