"""What a day's rows say, put together: conversations cut into sessions, with turns and handoffs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.insights import SESSION_S

# The bot's reading of a message that may mean two things.
AMBIGUOUS = "nlu_ambiguous"
# A handoff is written with its turn; clocks of two processes may differ by as much.
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True)
class Said:
    """A customer's message. `typed`: words of their own; `reading`: the bot's, if it got it."""

    id: str
    conversation_id: str
    channel: str
    language: str
    at: float
    typed: bool
    turn_id: str | None
    reading: Mapping[str, Any] | None

    @property
    def rejected(self) -> bool:
        return bool(self.reading and self.reading.get("rejected"))

    @property
    def ambiguous(self) -> bool:
        return bool(self.reading and self.reading.get("intent") == AMBIGUOUS) and not self.rejected


@dataclass(frozen=True)
class Turn:
    """A turn that the bot answered, with the form that is open after it."""

    id: str
    conversation_id: str
    form: str | None
    asked: str | None
    signals: Sequence[Mapping[str, Any]]
    created_at: float
    finished_at: float

    def told(self, name: str) -> Iterator[Mapping[str, Any]]:
        """The data of its signals of this name."""
        for signal in self.signals:
            if signal.get("name") == name:
                yield signal.get("data") or {}


@dataclass(frozen=True)
class Handoff:
    """A conversation given to people."""

    conversation_id: str
    at: float
    rule: str
    state: str
    rating: int | None
    wanted: str | None
    wanted_words: bool


@dataclass
class Session:
    """One stretch of a conversation; `turns` and `handoffs` in their order."""

    messages: list[Said]
    turns: list[Turn] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)

    @property
    def first(self) -> Said:
        return self.messages[0]

    @property
    def last(self) -> Said:
        return self.messages[-1]

    @property
    def answered(self) -> bool:
        """Whether the bot answered at all."""
        return any(message.reading is not None for message in self.messages)

    def of_turn(self, turn: Turn) -> list[Said]:
        """The messages that a turn answered."""
        return [message for message in self.messages if message.turn_id == turn.id]

    def handed_over_in(self, turn: Turn) -> bool:
        """Whether people were called by what was said in this turn."""
        until = turn.finished_at + _SAME_MOMENT_S
        return any(turn.created_at - _SAME_MOMENT_S <= h.at <= until for h in self.handoffs)


def cut(
    messages: Iterable[Said], turns: Iterable[Turn], handoffs: Iterable[Handoff]
) -> list[Session]:
    """Sessions of all conversations; messages in their order within a conversation."""
    sessions: dict[str, list[Session]] = defaultdict(list)
    for message in messages:
        known = sessions[message.conversation_id]
        if known and message.at - known[-1].last.at < SESSION_S:
            known[-1].messages.append(message)
        else:
            known.append(Session([message]))
    by_turn = {
        message.turn_id: session
        for known in sessions.values()
        for session in known
        # A turn belongs to the session of its first message.
        for message in reversed(session.messages)
        if message.turn_id
    }
    for turn in turns:
        if turn.id in by_turn:
            by_turn[turn.id].turns.append(turn)
    for handoff in handoffs:
        of_that_moment = _at(sessions[handoff.conversation_id], handoff.at + _SAME_MOMENT_S)
        if of_that_moment is not None:
            of_that_moment.handoffs.append(handoff)
    return [session for known in sessions.values() for session in known]


def _at(known: Sequence[Session], moment: float) -> Session | None:
    return next((each for each in reversed(known) if each.first.at <= moment), None)
