"""Stepping through a conversation: forwards, back, otherwise; and what changed by that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from studio.rehearsal.comparing import Comparison, compare_all
from studio.rehearsal.recording import Exchange, Message, Recording
from studio.rehearsal.wordings import Wordings


class Plays(Protocol):
    """What a rehearsal needs of a stage."""

    def play(self, messages: Sequence[Message]) -> list[Exchange]:
        """All messages in a new conversation."""

    def add(self, message: Message) -> Exchange:
        """One more in the same conversation."""

    def renew(self) -> None:
        """Begin anew with the tree as it is now."""


class NothingSaid(Exception):
    """There is no message to go back to or to change."""


class Rehearsal:
    """Messages, and what comes of them on the stage.

    A message can't be unsaid there either: to step back, the conversation is played again without
    it, so that all state is what it would be.
    """

    def __init__(
        self,
        stage: Plays,
        recording: Recording | None = None,
        wordings: Callable[[], Wordings] = Wordings,
    ) -> None:
        self._stage = stage
        self._read_wordings = wordings
        self._wordings = wordings()
        self.recording = recording
        recorded = recording.exchanges if recording else ()
        self.messages: list[Message] = [exchange.message for exchange in recorded]
        self._then: list[Exchange | None] = list(recorded)
        self.now: list[Exchange] = []
        self._before: list[Exchange] = []

    def play(self) -> list[Comparison]:
        """Play all messages, against what was said then."""
        self._perform()
        return self.comparisons()

    def comparisons(self) -> list[Comparison]:
        """Each message now and then."""
        return compare_all(self._then, self.now, self._wordings)

    def say(self, text: str) -> Comparison:
        """One more message, as a customer."""
        return self._add(Message(text))

    def offered(self) -> tuple[str, ...]:
        """The words on the buttons that can be tapped now."""
        return next((one.outcome.buttons for one in reversed(self.now) if one.outcome.buttons), ())

    def tap(self, title: str) -> Comparison:
        """Tap an offered button by its words."""
        return self._add(Message(title, is_tap=True))

    def back(self, count: int = 1) -> list[Comparison]:
        """Take the last messages back. Raises NothingSaid."""
        if not self.messages or count < 1:
            raise NothingSaid("nothing was said yet")
        count = min(count, len(self.messages))
        del self.messages[-count:], self._then[len(self._then) - count :]
        self._perform()
        return self.comparisons()

    def edit(self, text: str) -> list[Comparison]:
        """Say the last message otherwise. Raises NothingSaid."""
        if not self.messages:
            raise NothingSaid("nothing was said yet")
        self.messages[-1] = Message(text)
        self._perform()
        return self.comparisons()

    def again(self) -> list[Comparison]:
        """Everything again with the data as it is now, trained first."""
        self._stage.renew()
        self._wordings = self._read_wordings()
        self._perform()
        return self.comparisons()

    def changes(self) -> list[Comparison]:
        """What came out otherwise than in the last play, message by message."""
        compared = compare_all(list(self._before), self.now, self._wordings)
        return [one for one in compared if one.then is None or one.parts or _edited(one)]

    def _add(self, message: Message) -> Comparison:
        exchange = self._stage.add(message)
        self._before = list(self.now)
        self.messages.append(message)
        self._then.append(None)
        self.now.append(exchange)
        return self.comparisons()[-1]

    def _perform(self) -> None:
        self._before = list(self.now)
        self.now = self._stage.play(self.messages)


def _edited(comparison: Comparison) -> bool:
    then = comparison.then
    return then is not None and then.message != comparison.now.message
