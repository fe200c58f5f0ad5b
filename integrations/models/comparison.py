"""Whether a model on trial is as good as the live one: shares with their uncertainty, and a rule.

The interval of a difference of two shares is Newcombe's hybrid score interval (R. G. Newcombe,
"Interval estimation for the difference between independent proportions", Statistics in Medicine
17 (1998), method 10), made of two intervals after E. B. Wilson (1927). It holds for few
conversations and for shares near nought, where the usual one doesn't. The unit is the conversation:
its messages are not independent of one another.

A withdrawal is looked for in three measures every quarter of a minute, and one chance finding would
do. So its error is shared out: among the measures (Bonferroni), and among as many looks as so much
looking amounts to, as simulated trials show (tests/integrations/models/test_trials.py). A promotion
needs all measures at once, and its error isn't shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any, Literal

from integrations.models.canary_policy import MEASURES, CanaryPolicy

GOOD_RATING = 4
# What looking all the time amounts to, in looks: an early one sees much of what a later one sees.
_LOOKS = 4


@dataclass(frozen=True)
class Served:
    """What came of a model's turns in some time. `rejected`, `escalated`: conversations."""

    turns: int = 0
    conversations: int = 0
    rejected: int = 0
    escalated: int = 0
    ratings: int = 0
    satisfied: int = 0
    stars: float | None = None


@dataclass(frozen=True)
class Difference:
    """By how much the canary is worse in one measure: a share's difference within its bounds.

    `low` holds with the surer confidence of a withdrawal, `high` with that of a promotion.
    `state`: fine (certainly not worse than allowed), worse (certainly worse), open, few (too few
    were rated, so it doesn't count).
    """

    measure: str
    live: float | None
    canary: float | None
    worse_by: float | None
    low: float | None
    high: float | None
    allowed: float
    state: Literal["fine", "worse", "open", "few"]


@dataclass(frozen=True)
class Verdict:
    """What the rule says, and the code of its reason: `worse`, `time_over`, `good`, `too_early`,
    `undecided`."""

    decision: Literal["wait", "promote", "withdraw"]
    reason: str
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """For the console and the history."""
        return asdict(self) | {"differences": [asdict(each) for each in self.differences]}


def judge(policy: CanaryPolicy, live: Served, canary: Served, hours: float) -> Verdict:
    """What to do with a canary that has been on trial for so many hours."""
    found = tuple(_differences(policy, live, canary))
    states = {each.state for each in found}
    if "worse" in states and canary.conversations >= policy.conversations_to_withdraw:
        return Verdict("withdraw", "worse", found)
    enough = (
        canary.turns >= policy.minimum_turns
        and canary.conversations >= policy.minimum_conversations
        and hours >= policy.minimum_hours
    )
    if enough and states <= {"fine", "few"}:
        return Verdict("promote", "good", found)
    if hours >= policy.longest_hours:
        # Promoting what nobody has tried would be no trial.
        end = policy.at_the_end if enough and "worse" not in states else "withdraw"
        return Verdict(end, "time_over", found)
    return Verdict("wait", "undecided" if enough else "too_early", found)


def _differences(policy: CanaryPolicy, live: Served, canary: Served) -> Sequence[Difference]:
    counted = {
        "rejection": ((canary.rejected, canary.conversations), (live.rejected, live.conversations)),
        "escalation": (
            (canary.escalated, canary.conversations),
            (live.escalated, live.conversations),
        ),
        # Worse is: fewer satisfied, so the unsatisfied are counted.
        "satisfaction": (
            (canary.ratings - canary.satisfied, canary.ratings),
            (live.ratings - live.satisfied, live.ratings),
        ),
    }
    few = min(live.ratings, canary.ratings) < policy.minimum_ratings
    return [
        _difference(policy, measure, theirs, ours, few=few and measure == "satisfaction")
        for measure, (theirs, ours) in counted.items()
    ]


def _difference(
    policy: CanaryPolicy, measure: str, canary: tuple[int, int], live: tuple[int, int], *, few: bool
) -> Difference:
    allowed = policy.allowed(measure)
    shares = [_share(*live), _share(*canary)]
    shown = [None if s is None else 1 - s if measure == "satisfaction" else s for s in shares]
    if shares[0] is None or shares[1] is None:
        state: Literal["few", "open"] = "few" if few else "open"
        return Difference(measure, shown[0], shown[1], None, None, None, allowed, state)
    confidence = policy.confidence_percent / 100
    low, _ = interval(canary, live, 1 - (1 - confidence) / (len(MEASURES) * _LOOKS))
    _, high = interval(canary, live, confidence)
    return Difference(
        measure,
        shown[0],
        shown[1],
        shares[1] - shares[0],
        low,
        high,
        allowed,
        "few" if few else "worse" if low > allowed else "fine" if high <= allowed else "open",
    )


def interval(
    first: tuple[int, int], second: tuple[int, int], confidence: float
) -> tuple[float, float]:
    """Bounds of share(first) - share(second), each with this one-sided confidence.

    Each is (how many had it, of how many).
    """
    z = NormalDist().inv_cdf(confidence)
    (p1, low1, high1), (p2, low2, high2) = _wilson(*first, z), _wilson(*second, z)
    below = sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    above = sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return p1 - p2 - below, p1 - p2 + above


def _wilson(hits: int, of: int, z: float) -> tuple[float, float, float]:
    """A share and its score interval."""
    share = hits / of
    middle = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return share, (middle - spread) / scale, (middle + spread) / scale


def _share(hits: int, of: int) -> float | None:
    return hits / of if of else None
