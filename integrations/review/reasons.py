"""Why a message deserves a designer's look, and what happened after it: pure functions.

Nothing here knows the database: `reading.py` gives a conversation's window.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from understanding.sameness import normalised

# A message's reasons are kept as bits in this order.
REASONS = (
    "rejected",
    "ambiguous",
    "low_confidence",
    "repeated",
    "corrected",
    "escalated",
    "labelled",
)
NEXT = ("answered", "rephrased", "handed_over", "gave_up", "solved", "low_rating", "went_on")
REJECTED, AMBIGUOUS = "nlu_fallback", "nlu_ambiguous"
# Of the messages of tests/nlu (fresh, again) that are read with less confidence than this more than
# a third is read wrongly; of those with more, one in a hundred.
LOW_CONFIDENCE = 0.7
# Who writes again within this time says the same thing again, if it looks like it.
REPHRASED_S = 600.0
SAME_WORDS = 0.5
# A silence of this length is an answer, too.
SILENCE_S = 3600.0
# A case that is open for longer says nothing more about the message that opened it.
CASE_S = 14 * 86_400.0
# After the end of a case a rating may still come.
RATING_S = 86_400.0
LOW_RATING = 2
# What isn't a wish: words around one.
SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "correct", "repeat", "praise"})
_ASKS_FOR_A_PERSON = "talk_to_human"
# Read rightly or not, these say nothing of what was wanted.
_NO_WISH = SOCIAL | {
    *(_ASKS_FOR_A_PERSON, REJECTED, AMBIGUOUS, "inform"),
    *("ask_bot", "small_talk", "complaint", "threat_to_leave"),
}
_OUT_OF_SCOPE = "out_of_scope"
# Shorter ones stand in every sentence.
_LETTERS_OF_A_WORD = 4


@dataclass(frozen=True)
class Turn:
    """What the bot did about a message; `handoff` is the case that the turn opened.

    `asks`: the form that is open after it, with the step that it asks; `aside`: something other
    than the form's next question was done or answered.
    """

    id: str
    created_at: float
    finished_at: float
    model: str | None
    signals: Sequence[Mapping[str, Any]]
    acted: bool
    asked: bool
    handoff: str | None
    asks: tuple[str, str | None] | None = None
    aside: bool = False


@dataclass(frozen=True)
class Case:
    """A handoff: what an agent says was wanted, how it ended."""

    id: str
    requested_at: float
    closed_at: float | None
    rating: int | None
    wanted: str | None
    wanted_words: str | None


@dataclass(frozen=True)
class Said:
    """A message that the bot read. `tapped`: the intent of a button, for what wasn't typed;
    `answers`: the form that was open when it came, with the step that it asked."""

    id: str
    seq: int
    at: float
    text: str
    reading: Mapping[str, Any]
    tapped: str | None
    turn: Turn | None
    answers: tuple[str, str | None] | None = None

    @property
    def intent(self) -> str:
        """What the bot read."""
        return str(self.reading.get("intent") or "")

    @property
    def rejected(self) -> bool:
        """Whether the bot did not understand; an open form may need no intent."""
        return bool(self.reading.get("rejected", self.intent == REJECTED))


@dataclass(frozen=True)
class Judgement:
    """Why a message is worth a look, what followed, and when that can't change any more: None if
    it can't now, else when to look again."""

    reasons: frozenset[str]
    next: str
    due_at: float | None


def judge(
    said: Sequence[Said], place: int, cases: Mapping[str, Case], *, last_at: float, now: float
) -> Judgement:
    """Judge the message at `place` of a window, oldest first.

    `last_at`: when anything last happened in the conversation; `cases` by id.
    """
    message = said[place]
    following = said[place + 1] if place + 1 < len(said) else None
    reasons = set(_at_once(message))
    if following is not None and _corrects(message, following):
        reasons.add("corrected")
    if following is not None and _said_again(message, following):
        reasons.add("repeated")
    case = _case(message, following, cases)
    if _escalated(said, place):
        reasons.add("escalated")
    happened = _next(message, following, case, reasons, silent=now - last_at >= SILENCE_S)
    return Judgement(frozenset(reasons), happened, _due(following, case, last_at, now))


def labelled(said: Sequence[Said], case: Case) -> list[str]:
    """The messages that led to a case, which its label belongs to: ids.

    That is the last message before it that wished for something other than a person, and what was
    not understood just before; if there is none, what opened the case.
    """
    before = [each for each in said if each.tapped is None and each.at <= case.requested_at]
    for place in range(len(before) - 1, -1, -1):
        message = before[place]
        if message.intent in SOCIAL or message.intent == _ASKS_FOR_A_PERSON:
            continue
        led = [message.id]
        while message.rejected and place > 0 and before[place - 1].rejected:
            place -= 1  # noqa: PLW2901 — the outer loop ends here
            led.append(before[place].id)
        return led
    return [before[-1].id] if before else []


def bits(reasons: Collection[str]) -> int:
    """Reasons as one number."""
    return sum(1 << place for place, name in enumerate(REASONS) if name in reasons)


def names(number: int) -> list[str]:
    """The reasons of a number."""
    return [name for place, name in enumerate(REASONS) if number & (1 << place)]


def _at_once(message: Said) -> list[str]:
    found = []
    confidence = float(message.reading.get("confidence") or 0.0)
    if message.rejected:
        found.append("rejected")
    elif message.intent == AMBIGUOUS:
        found.append("ambiguous")
    elif message.intent != REJECTED and message.answers is None and confidence < LOW_CONFIDENCE:
        found.append("low_confidence")
    signals = message.turn.signals if message.turn is not None else ()
    for signal in signals:
        data = signal.get("data") or {}
        if signal.get("name") == "question_repeated" and data.get("intent") == message.intent:
            found.append("repeated")
    return found


def _corrects(message: Said, following: Said) -> bool:
    if following.tapped is not None:
        ranked = {other.get("intent") for other in message.reading.get("ranking") or ()}
        another = following.tapped in ranked and following.tapped != message.intent
        # Tapping one of the two that the bot asks about is an answer, not a correction.
        return another and message.intent not in (AMBIGUOUS, REJECTED)
    if following.intent == "correct":
        return True
    # «No» to a question is an answer; to something done or told it says that it was wrong.
    turn = message.turn
    return following.intent == "deny" and turn is not None and turn.acted and not turn.asked


def _said_again(message: Said, following: Said) -> bool:
    """Whether a form's question was answered in vain, and then once more in other words.

    The bot took the first for something else, saw to that and put its question again. So it does
    with what is asked in between, too, but that isn't said twice.
    """
    turn = message.turn
    if turn is None or message.answers is None or turn.asks != message.answers:
        return False
    if not (turn.aside or message.intent == _OUT_OF_SCOPE) or "?" in message.text:
        return False
    if message.intent in _NO_WISH or {message.tapped, following.tapped} != {None}:
        return False
    one, other = _words(message.text), _words(following.text)
    shared = one & other
    alike = len(shared) > 1 and len(shared) >= SAME_WORDS * min(len(one), len(other))
    return following.at - message.at <= REPHRASED_S and (alike or (bool(one) and one == other))


def _words(text: str) -> set[str]:
    """The words of a text that are long enough to mean something."""
    words = normalised(text).split()
    return {word for word in words if len(word) >= _LETTERS_OF_A_WORD and word.isalpha()}


def _escalated(said: Sequence[Said], place: int) -> bool:
    """Whether it is worth a look that the conversation went to a person.

    Who plainly asks for a person was understood. What they had said just before is the message to
    look at then: the bot believed to have understood it, and they wanted no more of its answers.
    """
    message = said[place]
    if _asks_for_a_person(message):
        return False
    turn = message.turn
    if turn is not None and turn.handoff is not None:
        together = [each for each in said if each.turn is not None and each.turn.id == turn.id]
        asked = any(_asks_for_a_person(each) for each in together)
        return not (asked and message.intent in SOCIAL)
    following = said[place + 1] if place + 1 < len(said) else None
    if following is None or following.turn is None or following.turn.handoff is None:
        return False
    wished = message.tapped is None and message.answers is None and message.intent not in _NO_WISH
    at_once = following.at - message.at <= SILENCE_S
    return wished and at_once and not message.rejected and _asks_for_a_person(following)


def _asks_for_a_person(message: Said) -> bool:
    """Whether a message plainly asks for a person, and for nothing else."""
    sure = float(message.reading.get("confidence") or 0.0) >= LOW_CONFIDENCE
    plain = message.tapped is None and not message.rejected and not message.reading.get("also")
    return plain and sure and message.intent == _ASKS_FOR_A_PERSON


def _case(message: Said, following: Said | None, cases: Mapping[str, Case]) -> Case | None:
    """The case that followed from a message: opened by its turn or by the next thing said."""
    for each in (message, following):
        if each is not None and each.turn is not None and each.turn.handoff is not None:
            return cases.get(each.turn.handoff)
    return None


def _next(
    message: Said,
    following: Said | None,
    case: Case | None,
    reasons: Collection[str],
    *,
    silent: bool,
) -> str:
    if case is not None:
        low = case.rating is not None and case.rating <= LOW_RATING
        return "low_rating" if low else "handed_over"
    if following is not None:
        if following.tapped is None and following.intent in ("thank", "praise"):
            return "solved"
        return "rephrased" if _rephrases(message, following) else "went_on"
    unhelped = {"rejected", "ambiguous", "low_confidence", "repeated"} & set(reasons)
    return "gave_up" if silent and unhelped else "answered"


def _rephrases(message: Said, following: Said) -> bool:
    if following.tapped is not None or following.at - message.at > REPHRASED_S:
        return False
    if following.intent in SOCIAL or following.intent == _ASKS_FOR_A_PERSON:
        return False
    if message.rejected or following.intent == message.intent:
        return True
    first, second = set(normalised(message.text).split()), set(normalised(following.text).split())
    return len(first & second) >= SAME_WORDS * max(1, len(first | second))


def _due(following: Said | None, case: Case | None, last_at: float, now: float) -> float | None:
    if case is not None:
        if case.closed_at is not None:
            until = case.closed_at + RATING_S
            over = case.rating is not None or now >= until
        else:
            until = case.requested_at + CASE_S
            over = now >= until
        return None if over else until
    if following is not None:
        # It may open a case itself, which it does in its own turn.
        return None
    return None if now - last_at >= SILENCE_S else last_at + SILENCE_S
