"""The policy that is shipped: who is handed over, and what the agent reads."""

from collections.abc import Mapping
from typing import Any

import pytest

from integrations.escalation import (
    SIGNALS,
    Customer,
    Decision,
    Facts,
    Policy,
    Signal,
    decide,
    load,
)
from integrations.escalation.desk_settings import LIMITS
from tests.integrations.escalation.policies import SHIPPED

GOLD = Customer("recognised", "gold")
SILVER = Customer("verified", "silver")
BASE = Customer("recognised", "base")
UNKNOWN = Customer()


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(SHIPPED / "escalation.yml")


def one(
    policy: Policy,
    name: str,
    data: Mapping[str, Any] | None = None,
    customer: Customer = UNKNOWN,
    earlier: Mapping[str, int] | None = None,
) -> Decision:
    return decide(policy, Facts([Signal(name, data or {})], "bot", customer, earlier or {}))


@pytest.mark.parametrize(
    ("name", "data", "customer", "rule"),
    [
        ("handoff_requested", {"reason": "asked", "collected": {}}, UNKNOWN, "asked-for-a-person"),
        ("rejected", {"streak": 2}, UNKNOWN, "not-understood-twice"),
        ("rejected", {"streak": 3}, GOLD, "not-understood-twice"),
        ("complaint", {}, GOLD, "complaint-of-a-valued-customer"),
        ("complaint", {}, SILVER, "complaint-of-a-valued-customer"),
        ("complaint", {}, Customer("recognised", "base", True), "complaint-with-an-open-case"),
        ("problem", {"topic": "delivery_problem"}, GOLD, "gold-customer-with-a-problem"),
        ("verification_failed", {"count": 3}, UNKNOWN, "verification-failed"),
        ("question_repeated", {"intent": "order_status", "count": 3}, BASE, "same-question-again"),
        ("no_reply", {}, UNKNOWN, "no-reply-from-the-bot"),
        ("engine_failed", {"minutes": 3.5}, UNKNOWN, "bot-not-working"),
        ("returned", {"agent_present": True}, BASE, "returned-to-their-agent"),
    ],
)
def test_a_person_takes_over(
    policy: Policy, name: str, data: Mapping[str, Any], customer: Customer, rule: str
) -> None:
    decision = one(policy, name, data, customer)
    assert decision.handoff
    assert decision.rules[0] == rule
    assert decision.reasons[0].code == rule
    assert decision.first_answer_minutes > 0


@pytest.mark.parametrize(
    ("name", "data", "customer"),
    [
        ("rejected", {"streak": 1}, GOLD),
        ("problem", {"topic": "delivery_problem"}, SILVER),
        ("problem", {"topic": "delivery_problem"}, UNKNOWN),
        ("verification_failed", {"count": 2}, UNKNOWN),
        ("question_repeated", {"intent": "order_status", "count": 2}, UNKNOWN),
        ("action_failed", {"name": "order_status"}, GOLD),
        ("engine_failed", {"minutes": 2.9}, GOLD),
        ("returned", {"agent_present": False}, GOLD),
    ],
)
def test_the_bot_goes_on(
    policy: Policy, name: str, data: Mapping[str, Any], customer: Customer
) -> None:
    decision = one(policy, name, data, customer)
    assert decision == Decision(False, (), (), "normal", "send", 0)


def test_one_cross_message_is_only_noted(policy: Policy) -> None:
    decision = one(policy, "angry", {"level": 0.99}, GOLD)
    assert not decision.handoff
    assert not decision.offer
    assert [reason.it for reason in decision.reasons] == ["Sembra arrabbiato"]
    assert not one(policy, "urgent", {"level": 0.99}, GOLD).handoff


def test_anger_that_lasts_is_handed_over_with_high_priority(policy: Policy) -> None:
    decision = one(policy, "angry", {"level": 0.6}, UNKNOWN, {"angry": 1})
    assert decision.handoff
    assert (decision.rules[0], decision.priority) == ("angry-again", "high")
    assert decision.reasons[0].it == "Arrabbiato per la 2ª volta in questa conversazione"


def test_anger_while_a_case_is_open_is_handed_over(policy: Policy) -> None:
    decision = one(policy, "angry", {"level": 0.6}, Customer("recognised", "base", True))
    assert (decision.handoff, decision.priority) == (True, "high")
    assert decision.rules[0] == "angry-with-an-open-case"


@pytest.mark.parametrize(
    ("name", "data", "rule", "priority"),
    [
        ("handoff_requested", {}, "asked-for-a-person-urgently", "urgent"),
        ("complaint", {}, "urgent-complaint", "high"),
        ("rejected", {"streak": 2}, "urgent-and-not-understood", "high"),
    ],
)
def test_urgency_raises_the_priority(
    policy: Policy, name: str, data: Mapping[str, Any], rule: str, priority: str
) -> None:
    calm = one(policy, name, data)
    signals = [Signal(name, data), Signal("urgent", {"level": 0.7})]
    pressed = decide(policy, Facts(signals, "bot", UNKNOWN, {}))
    assert pressed.handoff
    assert (pressed.rules[0], pressed.priority) == (rule, priority)
    assert calm.priority != priority


def test_the_card_of_another_hand_over_says_how_the_customer_sounds(policy: Policy) -> None:
    signals = [Signal("handoff_requested"), Signal("angry", {"level": 0.9}), Signal("urgent")]
    reasons = [reason.it for reason in decide(policy, Facts(signals)).reasons]
    assert reasons[-2:] == ["Sembra arrabbiato", "Ha fretta"]


def test_a_first_complaint_is_noted_and_a_person_offered(policy: Policy) -> None:
    decision = one(policy, "complaint", {}, BASE)
    assert not decision.handoff
    assert decision.offer
    assert decision.replies == "send"
    assert [reason.en for reason in decision.reasons] == ["Made a complaint"]


@pytest.mark.parametrize(
    "facts",
    [
        Facts([Signal("complaint")], earlier={"complaint": 1}),
        Facts([Signal("complaint"), Signal("complaint")]),
    ],
    ids=["in a later turn", "in the same turn"],
)
def test_a_second_complaint_is_handed_over(policy: Policy, facts: Facts) -> None:
    decision = decide(policy, facts)
    assert decision.handoff
    assert decision.reasons[0].it == "Si lamenta per la 2ª volta in questa conversazione"


def test_an_action_that_fails_again_is_handed_over(policy: Policy) -> None:
    decision = one(policy, "action_failed", {"name": "order_status"}, earlier={"action_failed": 2})
    assert decision.handoff
    assert decision.reasons[0].en == "Something the bot tried keeps failing (order_status, 3 times)"


def test_earlier_signals_alone_hand_nothing_over(policy: Policy) -> None:
    earlier = {"complaint": 5, "action_failed": 5, "rejected": 5}
    assert not one(policy, "rejected", {"streak": 1}, earlier=earlier).handoff
    assert not decide(policy, Facts([], earlier=earlier)).handoff


def test_reasons_say_it_in_both_languages(policy: Policy) -> None:
    decision = one(policy, "problem", {"topic": "delivery_problem"}, GOLD)
    assert decision.reasons[0].it == "Cliente oro con un problema: consegna"
    assert decision.reasons[0].en == "A gold customer has a problem: delivery"


def test_who_asked_for_a_person_comes_first_among_reasons(policy: Policy) -> None:
    signals = [Signal("rejected", {"streak": 2}), Signal("handoff_requested"), Signal("complaint")]
    decision = decide(policy, Facts(signals, customer=GOLD))
    assert decision.rules == (
        "asked-for-a-person",
        "complaint-of-a-valued-customer",
        "not-understood-twice",
        "first-complaint",
    )


def test_the_operators_page_explains_every_signal_and_setting() -> None:
    page = (SHIPPED.parent / "docs" / "escalation.md").read_text(encoding="utf-8")
    names = [*SIGNALS, *(field for spec in SIGNALS.values() for field in spec), *LIMITS]
    assert [name for name in names if f"`{name}`" not in page] == []
