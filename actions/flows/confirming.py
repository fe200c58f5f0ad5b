"""The last step: yes, or something else first. A no is heard by the form, which drops it all."""

from __future__ import annotations

import re

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
    giust[oa]
    corrett[oa]
    procedi
    certo
    s[iì]
    fallo
    confirm~
    go ahead
    yes
    yep
    yeah
    sure
    correct
    that's right
    all good
    please do
    """
)
# "It isn't right", "yes, but three": not yet.
_NOT_YET = re.compile(
    r"\b(?:non|no|nope|not|ma|però|pero|anzi|tranne|solo|soltanto|but|except|only|instead|invece"
    r"|aspetta|wait|actually|anche|pure|also|too|sbagliat\w+|wrong|incorrect)\b|n['’]t\b|\d",
    re.IGNORECASE,
)
_WORDS_OF_A_YES = 10


def heard(turn: Turn) -> Data | None:
    """A yes, tapped or said; anything that takes something back may be a correction."""
    if turn.entity("choice") == CONFIRM:
        return {CONFIRM: True}
    if turn.is_payload and turn.intent in ("affirm", "deny"):
        # Some other question's button.
        return None
    words = turn.words
    if turn.intent == "deny" or "?" in words or _NOT_YET.search(words):
        return None
    # A thumb needs no words.
    said = turn.intent == "affirm" or _YES.search(words) or "👍" in words
    return {CONFIRM: True} if said and word_count(words) <= _WORDS_OF_A_YES else None
