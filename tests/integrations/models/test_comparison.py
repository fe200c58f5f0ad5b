"""The rule that promotes and withdraws, and the statistics behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from integrations.escalation.source import PolicyError
from integrations.models.canary_policy import CanaryPolicy, load
from integrations.models.comparison import Served, Verdict, interval, judge

SHIPPED = Path(__file__).parents[3] / "policy" / "canary.yml"
POLICY = load(SHIPPED)
LIVE = Served(
    turns=20_000, conversations=5000, rejected=500, escalated=400, ratings=300, satisfied=240
)
GOOD = Served(
    turns=8000, conversations=2000, rejected=200, escalated=160, ratings=120, satisfied=96
)


def decide(canary: Served, hours: float = 24, policy: CanaryPolicy = POLICY) -> tuple[str, str]:
    verdict = judge(policy, LIVE, canary, hours)
    return verdict.decision, verdict.reason


def state(verdict: Verdict, measure: str) -> str:
    [found] = [each for each in verdict.differences if each.measure == measure]
    return found.state


def test_the_interval_is_newcombes() -> None:
    # Example (a) of the 1998 paper's table II, method 10: 56/70 - 48/80, two-sided 95 %.
    low, high = interval((56, 70), (48, 80), 0.975)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    # Example (g): none in either.
    low, high = interval((0, 10), (0, 10), 0.975)
    assert (round(low, 4), round(high, 4)) == (-0.2775, 0.2775)


def test_as_good_as_the_live_one_is_promoted() -> None:
    assert decide(GOOD) == ("promote", "good")


@pytest.mark.parametrize(
    ("canary", "hours"),
    [
        (GOOD, 3.9),
        (replace(GOOD, turns=299), 24),
        (Served(turns=300, conversations=99, rejected=0, escalated=0), 24),
    ],
)
def test_too_little_seen_is_no_reason_to_promote(canary: Served, hours: float) -> None:
    assert decide(canary, hours) == ("wait", "too_early")


@pytest.mark.parametrize(
    "worse", [{"rejected": 500}, {"escalated": 400}, {"satisfied": 48}], ids=str
)
def test_certainly_worse_is_withdrawn_at_once(worse: dict[str, int]) -> None:
    assert decide(replace(GOOD, **worse), hours=0.2) == ("withdraw", "worse")


def test_a_few_conversations_withdraw_nothing() -> None:
    assert decide(Served(turns=19, conversations=19, rejected=19), 1) == ("wait", "too_early")
    assert decide(Served(turns=20, conversations=20, rejected=20), 1) == ("withdraw", "worse")


def test_what_is_not_certain_goes_on() -> None:
    somewhat = Served(turns=600, conversations=150, rejected=18, escalated=14)
    assert decide(somewhat) == ("wait", "undecided")


def test_the_trial_ends_some_day() -> None:
    somewhat = Served(turns=600, conversations=150, rejected=18, escalated=14)
    assert decide(somewhat, hours=72) == ("withdraw", "time_over")
    generous = replace(POLICY, at_the_end="promote")
    assert decide(somewhat, hours=72, policy=generous) == ("promote", "time_over")
    # Nobody wrote: nothing was tried.
    assert decide(Served(), hours=72, policy=generous) == ("withdraw", "time_over")


def test_satisfaction_counts_once_enough_rated() -> None:
    unloved = replace(GOOD, ratings=19, satisfied=0)
    assert state(judge(POLICY, LIVE, unloved, 24), "satisfaction") == "few"
    assert decide(unloved) == ("promote", "good")
    assert decide(replace(unloved, ratings=40)) == ("withdraw", "worse")


def test_shares_are_shown_as_people_think_of_them() -> None:
    verdict = judge(POLICY, LIVE, GOOD, 24)
    shown = {each.measure: (each.live, each.canary) for each in verdict.differences}
    assert shown["rejection"] == (0.1, 0.1)
    assert shown["satisfaction"] == (0.8, 0.8)


def test_a_folder_without_the_file_has_the_shipped_rule(tmp_path: Path) -> None:
    assert load(tmp_path / "canary.yml") == POLICY


def test_mistakes_are_named_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "canary.yml"
    text = SHIPPED.read_text("utf-8").replace("longest_hours: 72", "longest_hours: 3")
    file.write_text(text.replace("rejection: 3", "rejection: 300"), "utf-8")
    with pytest.raises(PolicyError) as error:
        load(file)
    assert "longest_hours isn't longer" in str(error.value)
    assert "rejection must be from 0 to 100" in str(error.value)
