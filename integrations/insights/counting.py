"""A day counted up: from its sessions to numbers, and to the cases behind them. Pure.

What is counted is named by (measure, name, detail, fate):

- `message`: name `rejected`, `ambiguous` or `understood`
- `session`: fate `self_service`, `handed_over`, `left` or `going_on`
- `handoff`: name the rule, fate how the case stands; `rating`: name the rule, detail the mark
- `flow`: name the flow, fate `started` or how it ended; `length`: detail the messages until done
- `step`: name the flow, detail the step, fate `asked`, `again`, `answered`, or how it ended there;
  `place`: the sum of the places at which the step was asked
- `gap`: name the intent, detail the nearest article, fate `unanswered`, `chosen`, `not_helped`
- `article`: name the article, fate `given`, `not_helped`
- `wanted`: name the intent, empty for an agent's own words
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from integrations.insights import SESSION_S
from integrations.insights.flows import DONE, GAVE_UP, GOING_ON, HANDED_OVER, Attempt, attempts
from integrations.insights.sessions import Handoff, Said, Session, Turn
from integrations.insights.traces import ARTICLE_GIVEN, ARTICLE_NOT_HELPED, KNOWLEDGE_GAP

# Change it with what is counted: every day is then counted anew.
DEFINITIONS = 1
# Whoever needs longer is counted with these.
LONGEST = 50
SELF_SERVICE, LEFT = "self_service", "left"
CHARS = 120


class What(NamedTuple):
    """What is counted; see the module's text."""

    measure: str
    name: str = ""
    detail: str = ""
    fate: str = ""


class Key(NamedTuple):
    """Where, and what."""

    channel: str
    language: str
    what: What


@dataclass(frozen=True)
class Case:
    """A conversation behind a number; `message_id` is the message that it is about."""

    at: float
    channel: str
    language: str
    conversation_id: str
    message_id: str | None
    what: What


@dataclass
class Counted:
    """A day's numbers and cases."""

    counts: Counter[Key] = field(default_factory=Counter)
    cases: list[Case] = field(default_factory=list)


def count(sessions: Iterable[Session], *, now: float) -> Counted:
    """Sessions that began on one day, as things stand at `now` (epoch seconds)."""
    counted = Counted()
    for session in sessions:
        _Counting(counted, session, over=now - session.last.at >= SESSION_S).count()
    return counted


class _Counting:
    """One session's share."""

    def __init__(self, into: Counted, session: Session, *, over: bool) -> None:
        self._into = into
        self._session = session
        self._over = over

    def count(self) -> None:
        for message in self._session.messages:
            self._message(message)
        tried = attempts(self._session, over=self._over)
        for attempt in tried:
            self._attempt(attempt)
        if self._session.answered:
            self._outcome(tried)
        for turn in self._session.turns:
            self._knowledge(turn)
        for handoff in self._session.handoffs:
            self._handoff(handoff)

    def _message(self, message: Said) -> None:
        if not message.typed or message.reading is None:
            return
        name = "rejected" if message.rejected else "ambiguous" if message.ambiguous else ""
        what = What("message", name or "understood")
        self._add(what, message)
        if name:
            self._case(what, message, message.at)

    def _outcome(self, tried: list[Attempt]) -> None:
        fates = {attempt.fate for attempt in tried}
        if self._session.handoffs:
            fate = HANDED_OVER
        elif fates & GAVE_UP:
            fate = LEFT
        else:
            fate = GOING_ON if GOING_ON in fates else SELF_SERVICE
        what = What("session", fate=fate)
        self._add(what, self._session.first)
        if fate in (HANDED_OVER, LEFT):
            self._case(what, self._session.last, self._session.first.at)

    def _attempt(self, attempt: Attempt) -> None:
        first, flow = self._session.first, attempt.flow
        self._add(What("flow", flow, fate="started"), first)
        self._add(What("flow", flow, fate=attempt.fate), first)
        answered = set(attempt.answered)
        for place, step in enumerate(attempt.steps):
            self._add(What("step", flow, step, "asked"), first)
            self._add(What("place", flow, step), first, place + 1)
            if step in answered:
                self._add(What("step", flow, step, "answered"), first)
        for step in attempt.again:
            self._add(What("step", flow, step, "again"), first)
        if attempt.fate == DONE:
            self._add(What("length", flow, str(min(attempt.messages, LONGEST))), first)
            return
        ended = What("step", flow, attempt.steps[-1], attempt.fate)
        self._add(ended, first)
        self._case(ended, attempt.last or first, attempt.last.at if attempt.last else attempt.at)

    def _knowledge(self, turn: Turn) -> None:
        said = self._session.of_turn(turn)
        message = said[-1] if said else self._session.first
        for data in turn.told(ARTICLE_GIVEN):
            self._add(What("article", str(data.get("slug")), fate="given"), message)
        gaps = [(data, data.get("nearest"), self._gap(turn)) for data in turn.told(KNOWLEDGE_GAP)]
        missed = turn.told(ARTICLE_NOT_HELPED)
        gaps += [(data, data.get("slug"), "not_helped") for data in missed]
        for data, article, fate in gaps:
            intent = str(data.get("intent") or "")
            what = What("gap", intent, str(article or ""), fate)
            self._add(what, message)
            self._case(what, self._question(turn) if fate == "not_helped" else message, message.at)
            if fate == "not_helped":
                self._add(What("article", str(article), fate=fate), message)

    def _gap(self, turn: Turn) -> str:
        """Whether one of the nearest articles, offered instead of an answer, was taken."""
        following = [each for each in self._session.turns if each.created_at > turn.created_at]
        given = following[0].told(ARTICLE_GIVEN) if following else ()
        return "chosen" if any(data.get("chosen") for data in given) else "unanswered"

    def _question(self, turn: Turn) -> Said:
        """What was asked before an answer that didn't help."""
        before = [m for m in self._session.messages if m.at < turn.created_at and m.typed]
        mine = {message.id for message in self._session.of_turn(turn)}
        earlier = [message for message in before if message.id not in mine]
        return earlier[-1] if earlier else self._session.first

    def _handoff(self, handoff: Handoff) -> None:
        before = [m for m in self._session.messages if m.at <= handoff.at]
        message = before[-1] if before else self._session.first
        what = What("handoff", handoff.rule, fate=handoff.state)
        self._add(what, message)
        self._case(what, message, handoff.at)
        if handoff.rating is not None:
            self._add(What("rating", handoff.rule, str(handoff.rating)), message)
        if handoff.wanted or handoff.wanted_words:
            wanted = What("wanted", handoff.wanted or "")
            self._add(wanted, message)
            self._case(wanted, message, handoff.at)

    def _add(self, what: What, message: Said, number: int = 1) -> None:
        self._into.counts[Key(message.channel, message.language, _short(what))] += number

    def _case(self, what: What, message: Said, at: float) -> None:
        case = Case(
            at,
            message.channel,
            message.language,
            message.conversation_id,
            message.id,
            _short(what),
        )
        self._into.cases.append(case)


def _short(what: What) -> What:
    return What(what.measure, what.name[:CHARS], what.detail[:CHARS], what.fate)
