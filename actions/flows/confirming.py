"""The last step: yes, or something else first. A no is left to the rules, which drop the form."""

from __future__ import annotations

from actions.flows.matter import CONFIRM, Data
from actions.phrases import phrases, word_count
from actions.turn import Turn

_YES = phrases(
    """
    conferm~
    va bene
    vai
    ok(?:ay)?
    perfetto
    esatto
    giusto
    procedi
    s[iì]
    confirm~
    go ahead
    yes
    yep
    sure
    correct
    that's right
    please do
    """
)
_WORDS_OF_A_YES = 5


def heard(turn: Turn) -> Data | None:
    """A yes, tapped or said; anything longer may be a correction."""
    short = word_count(turn.words) <= _WORDS_OF_A_YES and "?" not in turn.words
    said = turn.intent == "affirm" or (turn.intent != "deny" and bool(_YES.search(turn.words)))
    if (said and short) or turn.entity("choice") == "confirm":
        return {CONFIRM: True}
    return None
