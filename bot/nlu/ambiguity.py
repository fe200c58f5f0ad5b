"""When to ask which of two things is meant, learnt from held-out examples.

A message whose two best intents are close together is put back to the customer as two buttons. How
close is chosen by what each outcome costs them: a wrong answer is the worst, a question when the
answer was known is a nuisance.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

# The cost of a wrong answer is 1, of a right one 0.
ASKED_FOR_NOTHING = 0.25
ASKED_AND_NEITHER = 1.1
LEADS = tuple(round(0.02 * step, 2) for step in range(16))
# Asking more often than this would make a bot that only asks.
MOST_ASKED = 0.08


class Held(Protocol):
    """Predictions about held-out examples: best and second label, lead of the best, true label
    (-1: none of those known)."""

    predicted: np.ndarray
    second: np.ndarray
    margin: np.ndarray
    truth: np.ndarray


def choose_lead(held: Held, kept: np.ndarray) -> float:
    """The lead below which asking costs customers less than answering.

    `kept` (n, bool) are the examples that aren't rejected. 0 means never to ask; so does a `held`
    in which nothing is known.
    """
    known = kept & (held.truth >= 0) & (held.predicted >= 0) & (held.second >= 0)
    if not known.any():
        return 0.0
    right = held.predicted[known] == held.truth[known]
    either = right | (held.second[known] == held.truth[known])
    # Asking spares the customer a wrong answer only if one of the two is what they meant.
    gain = np.where(right, 0.0, 1.0) - np.where(either, ASKED_FOR_NOTHING, ASKED_AND_NEITHER)
    margin = held.margin[known]
    gains = []
    for lead in LEADS:
        asked = margin < lead
        gains.append(float(gain[asked].sum()) if asked.mean() <= MOST_ASKED else -np.inf)
    return LEADS[int(np.argmax(gains))]
