"""How rules combine, and what `decide` promises for any input."""

import itertools
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.escalation import SIGNALS, Customer, Facts, Policy, Signal, decide, load
from tests.integrations.escalation.policies import HAND_OVER, SHIPPED, policy_file, rule

POLICY = load(SHIPPED / "escalation.yml")


def then(priority: str, replies: str = "send", minutes: int = 30) -> str:
    return (
        f"{{handoff: true, priority: {priority}, replies: {replies}, "
        f"first_answer_minutes: {minutes}}}"
    )


def test_the_strongest_priority_decides_and_everybody_gives_a_reason(tmp_path: Path) -> None:
    policy = load(
        policy_file(
            tmp_path,
            rule("noted", "signal: complaint", "{handoff: false}"),
            rule("normal", "signal: rejected", then("normal", "send", 5)),
            rule("offered", "signal: complaint", "{handoff: false, offer: true}"),
            rule("urgent", "signal: no_reply", then("urgent", "drop", 40)),
            rule("high", "signal: complaint", then("high", "send", 20)),
        )
    )
    names = ("complaint", "rejected", "no_reply")
    decision = decide(policy, Facts([Signal(name) for name in names]))
    assert decision.rules == ("urgent", "high", "normal", "offered", "noted")
    assert [reason.code for reason in decision.reasons] == list(decision.rules)
    assert decision.priority == "urgent"
    assert decision.replies == "drop"
    assert decision.first_answer_minutes == 5
    assert not decision.offer


def test_between_equals_the_rule_written_first_decides(tmp_path: Path) -> None:
    policy = load(
        policy_file(
            tmp_path,
            rule("first", "signal: complaint", then("high", "drop")),
            rule("second", "signal: complaint", then("high", "send")),
        )
    )
    decision = decide(policy, Facts([Signal("complaint")]))
    assert decision.rules == ("first", "second")
    assert decision.replies == "drop"


@pytest.mark.parametrize(
    ("when", "data", "matches"),
    [
        ("signal: rejected\nwhere: {streak: {at_least: 2}}", {"streak": 2}, True),
        ("signal: rejected\nwhere: {streak: {at_least: 2}}", {"streak": 1}, False),
        ("signal: rejected\nwhere: {streak: {at_least: 2, at_most: 3}}", {"streak": 4}, False),
        ("signal: rejected\nwhere: {streak: 2}", {"streak": 2.0}, True),
        ("signal: rejected\nwhere: {streak: {equals: 1}}", {"streak": True}, False),
        ("signal: rejected\nwhere: {streak: [1, 3]}", {"streak": 3}, True),
        ("signal: [complaint, rejected]", {}, True),
        ("signal: rejected\nowner: bot", {}, True),
        ("signal: rejected\nowner: [agent, queued]", {}, False),
        ("signal: rejected\ncustomer: {tier: [gold, silver]}", {}, True),
        ("signal: rejected\ncustomer: {tier: base}", {}, False),
        ("signal: rejected\ncustomer: {level: [recognised, verified]}", {}, True),
        ("signal: rejected\ncustomer: {level: unknown}", {}, False),
        ("signal: rejected\ncustomer: {open_case: false}", {}, True),
        ("signal: rejected\ncustomer: {open_case: true}", {}, False),
        ("any:\n  - signal: complaint\n  - signal: rejected", {}, True),
        ("all:\n  - signal: complaint\n  - signal: rejected", {}, False),
        ("signal: rejected\nany:\n  - owner: agent\n  - customer: {tier: gold}", {}, True),
    ],
)
def test_conditions(tmp_path: Path, when: str, data: dict[str, Any], matches: bool) -> None:
    policy = load(policy_file(tmp_path, rule(when=when)))
    facts = Facts([Signal("rejected", data)], "bot", Customer("verified", "gold", False))
    assert decide(policy, facts).handoff is matches


def test_booleans_and_texts_are_compared_by_kind(tmp_path: Path) -> None:
    policy = load(
        policy_file(
            tmp_path,
            rule("there", "signal: returned\nwhere: {agent_present: true}"),
            rule("topic", "signal: problem\nwhere: {topic: [other, complaint]}"),
        )
    )
    assert not decide(policy, Facts([Signal("returned", {"agent_present": 1})])).handoff
    assert not decide(policy, Facts([Signal("returned", {"agent_present": "true"})])).handoff
    assert decide(policy, Facts([Signal("returned", {"agent_present": True})])).handoff
    assert decide(policy, Facts([Signal("problem", {"topic": "other"})])).handoff


def test_placeholders_of_several_signals(tmp_path: Path) -> None:
    reason = '{it: "{name} {times} {level} {tier}", en: "{name}, {times}"}'
    path = policy_file(tmp_path, rule(when="signal: action_failed", reason=reason))
    signals = [Signal("action_failed", {"name": name}) for name in ("b", "a", "b")]
    facts = Facts(signals, earlier={"action_failed": 2})
    assert decide(load(path), facts).reasons[0].it == "a, b 5 unknown ?"
    assert decide(load(path), facts).reasons[0].en == "a, b, 5"


def test_values_in_reasons_are_short_and_on_one_line(tmp_path: Path) -> None:
    path = policy_file(
        tmp_path, rule(when="signal: problem", reason='{it: "{topic}", en: "{topic}"}')
    )
    hostile = "a\n{x}\u202e\x00 b " + "z" * 10_000
    text = decide(load(path), Facts([Signal("problem", {"topic": hostile})])).reasons[0].en
    assert text.startswith("a {x} b zzz")
    assert len(text) <= 80


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just(10**400)
    | st.sampled_from([2, 3, 5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
fields = st.sampled_from(sorted({field for spec in SIGNALS.values() for field in spec}))
likely = st.sampled_from([2, 3, 4, True, "order_status", "delivery_problem"])
signals = st.builds(
    Signal,
    st.sampled_from(sorted(SIGNALS)) | st.text(max_size=10),
    st.dictionaries(fields | st.text(max_size=5), likely | values, max_size=4),
)
customers = st.builds(
    Customer,
    st.sampled_from(["unknown", "recognised", "verified"]),
    st.sampled_from(["gold", "silver", "base", None]),
    st.booleans(),
)
earlier = st.dictionaries(st.sampled_from(sorted(SIGNALS)), st.integers(-1, 4), max_size=3)
STRENGTH = {"normal": 0, "high": 1, "urgent": 2}


@given(st.lists(signals, max_size=5), signals, customers, earlier)
def test_one_more_signal_never_undoes_or_weakens_a_hand_over(
    noticed: list[Signal], more: Signal, customer: Customer, before: dict[str, int]
) -> None:
    without = decide(POLICY, Facts(noticed, "bot", customer, before))
    with_it = decide(POLICY, Facts([*noticed, more], "bot", customer, before))
    assert set(without.rules) <= set(with_it.rules)
    assert with_it.handoff >= without.handoff
    if without.handoff:
        assert STRENGTH[with_it.priority] >= STRENGTH[without.priority]
        assert with_it.first_answer_minutes <= without.first_answer_minutes


@given(st.lists(signals, max_size=4), customers, earlier)
def test_the_order_of_signals_means_nothing(
    noticed: list[Signal], customer: Customer, before: dict[str, int]
) -> None:
    decisions = {
        decide(POLICY, Facts(order, "bot", customer, before))
        for order in itertools.permutations(noticed)
    }
    assert len(decisions) == 1


anything = values | st.binary(max_size=5) | st.just(object())


@given(
    st.lists(st.builds(Signal, st.sampled_from(sorted(SIGNALS)) | anything, anything)),
    anything,
    st.builds(Customer, anything, anything, anything),
    anything | earlier,
)
def test_weird_facts_never_raise(
    noticed: list[Signal], owner: Any, customer: Customer, before: Any
) -> None:
    decision = decide(POLICY, Facts(noticed, owner, customer, before))
    assert decision.handoff == (decision.first_answer_minutes > 0)
    assert len(decision.reasons) == len(decision.rules)


def test_a_decision_costs_next_to_nothing() -> None:
    facts = Facts([Signal("rejected", {"streak": 2})], "bot", Customer("verified", "gold"))
    best = min(_seconds_for_100(POLICY, facts) for _ in range(50))
    assert best / 100 < 500e-6


def _seconds_for_100(policy: Policy, facts: Facts) -> float:
    started = time.thread_time()
    for _ in range(100):
        decide(policy, facts)
    return time.thread_time() - started


def test_a_policy_is_not_changed_by_deciding(tmp_path: Path) -> None:
    policy = load(policy_file(tmp_path, rule(then=HAND_OVER)))
    facts = Facts((Signal("complaint"),))
    assert decide(policy, facts) == decide(policy, facts)
    assert policy == load(tmp_path / "escalation.yml")
