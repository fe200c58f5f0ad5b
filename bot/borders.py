"""How far a reading is from becoming another: what tells a close call from a clear one."""

from __future__ import annotations

from bot.nlu.deciding import AMBIGUOUS, REJECTED
from bot.nlu.thresholds import Thresholds
from bot.reader import Read

# No number decides what a rule decides; this is further than any probability.
RULED = 1.0


def distance(thresholds: Thresholds, read: Read) -> float:
    """How much probability (0 to 1, before calibration) must move for another decision.

    `RULED` where a rule decides, whatever the model says.
    """
    if read.ruled:
        return RULED
    over_score = read.judgement.score - thresholds.score
    over_margin = read.judgement.margin - thresholds.margin
    if read.reading.intent == REJECTED:
        # Both must be reached before it is believed.
        return max(-over_score, -over_margin)
    over_ambiguous = read.judgement.margin - thresholds.ambiguous
    if read.reading.intent == AMBIGUOUS:
        return min(over_score, over_margin, -over_ambiguous)
    if read.asks:
        return min(over_score, over_margin, over_ambiguous)
    # The next best intent takes over where the lead ends.
    return min(over_score, over_margin, read.judgement.margin)
