"""Whether two outcomes of the same message are the same to a customer.

Replies are compared without what differs by itself: order numbers, names, dates, times, amounts,
the links that carry them, and which of a response's wordings was picked.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.rehearsal.recording import Exchange, Outcome
from studio.rehearsal.wordings import Wordings
from understanding.personal_data import redact

_MONTHS = (
    r"(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre"
    r"|dicembre|january|february|march|april|may|june|july|august|september|october|november"
    r"|december)"
)
_DAYS = (
    r"(?:luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|oggi|domani|ieri|dopodomani|today|tomorrow"
    r"|yesterday)"
)
_DATE = re.compile(
    rf"\b(?:{_DAYS},? )?(?:\d{{1,2}}(?:st|nd|rd|th|º|°)? {_MONTHS}|{_MONTHS} \d{{1,2}})"
    rf"(?:,? \d{{4}})?"
    rf"|\b{_DAYS}\b|\b\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?\b",
    re.I,
)
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_BLANK = re.compile(r"\s+")
_AS_SAID = Wordings()


class Difference(enum.StrEnum):
    """How a rehearsed outcome stands to the recorded one."""

    SAME = "same"
    CHANGED = "changed"
    NOT_COMPARED = "not_compared"
    """There was nothing to compare with: nobody read it then, or a person answered."""


@dataclass(frozen=True)
class Comparison:
    """One message: what came of it then and now."""

    then: Exchange | None
    now: Exchange
    reading: Difference
    reply: Difference

    @property
    def parts(self) -> bool:
        """Whether the conversation goes another way here."""
        return Difference.CHANGED in (self.reading, self.reply)


def compare(then: Exchange | None, now: Exchange, wordings: Wordings = _AS_SAID) -> Comparison:
    """One message then and now; `then` is None for one that was never said."""
    if then is None:
        return Comparison(None, now, Difference.NOT_COMPARED, Difference.NOT_COMPARED)
    replies = _replies(then.outcome, now.outcome, wordings)
    return Comparison(then, now, _readings(then, now), replies)


def compare_all(
    then: Sequence[Exchange | None], now: Sequence[Exchange], wordings: Wordings = _AS_SAID
) -> list[Comparison]:
    """Message by message; what has no counterpart is not compared."""
    padded = [*then, *[None] * (len(now) - len(then))]
    return [compare(one, other, wordings) for one, other in zip(padded, now, strict=False)]


def _readings(then: Exchange, now: Exchange) -> Difference:
    one, other = then.outcome.reading, now.outcome.reading
    if one is None or then.message.text != now.message.text:
        return Difference.NOT_COMPARED
    if other is None:
        return Difference.NOT_COMPARED if now.outcome.ended == "relayed" else Difference.CHANGED
    return Difference.SAME if one.intent == other.intent else Difference.CHANGED


def _replies(then: Outcome, now: Outcome, wordings: Wordings) -> Difference:
    if then.by_person or not then.replies:
        # A person's words, or two messages that were answered together.
        return Difference.NOT_COMPARED
    if now.ended == "relayed" and not now.replies:
        return Difference.CHANGED
    same = plain(then.replies, wordings) == plain(now.replies, wordings)
    return Difference.SAME if same else Difference.CHANGED


def plain(replies: Sequence[str], wordings: Wordings = _AS_SAID) -> str:
    """Replies as one text without names, numbers, dates, links and a choice between wordings."""
    text = redact(wordings.settle("\n".join(replies))).text
    text = _DATE.sub("<day>", _LINK.sub("<link>", text))
    text = _NUMBER.sub("0", text.replace("LA-10000", "<order>"))
    return _BLANK.sub(" ", text).strip().casefold()
