"""Whole trials under the shipped rule, looked at again and again: how often chance decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from integrations.models.canary_policy import load
from integrations.models.comparison import Served, judge

POLICY = load(Path(__file__).parents[3] / "policy" / "canary.yml")
TRIALS = 120
# Nine of ten conversations are the live model's.
LIVE_SHARE = 9
EVERY = 5
MOST = 2500


@dataclass
class Counted:
    """Conversations of a model that rejects and escalates with these chances."""

    rejects: float
    escalates: float
    conversations: int = 0
    rejected: int = 0
    escalated: int = 0
    ratings: int = 0
    satisfied: int = 0

    def talk(self, random: Random) -> None:
        self.conversations += 1
        self.rejected += random.random() < self.rejects
        if random.random() < self.escalates:
            self.escalated += 1
            if random.random() < 0.3:
                self.ratings += 1
                self.satisfied += random.random() < 0.8

    def served(self) -> Served:
        return Served(
            3 * self.conversations,
            self.conversations,
            self.rejected,
            self.escalated,
            self.ratings,
            self.satisfied,
        )


def trial(random: Random, live: Counted, canary: Counted) -> str:
    """How it ended, looked at after every few conversations."""
    while canary.conversations < MOST:
        for _ in range(EVERY):
            canary.talk(random)
            for _ in range(LIVE_SHARE):
                live.talk(random)
        decision = judge(POLICY, live.served(), canary.served(), hours=24).decision
        if decision != "wait":
            return decision
    return "undecided"


@pytest.mark.parametrize(
    ("live", "canary", "decision", "at_least"),
    [
        ((0.10, 0.10), (0.10, 0.10), "promote", 0.93),
        ((0.20, 0.15), (0.20, 0.15), "promote", 0.93),
        ((0.10, 0.10), (0.20, 0.10), "withdraw", 0.95),
    ],
)
def test_chance_seldom_decides(
    live: tuple[float, float], canary: tuple[float, float], decision: str, at_least: float
) -> None:
    random = Random(7)
    ends = Counter(trial(random, Counted(*live), Counted(*canary)) for _ in range(TRIALS))
    assert ends[decision] / TRIALS >= at_least, ends
