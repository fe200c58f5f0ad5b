"""A stage whose bot follows a script: what it says depends on all that was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.rehearsal.recording import Exchange, Message, Outcome, Reading


class ScriptedStage:
    """Reads by a table and counts what was said, so that a wrong state shows in its answers."""

    def __init__(self, readings: Mapping[str, str], buttons: Sequence[str] = ()) -> None:
        self.readings = dict(readings)
        self.buttons = tuple(buttons)
        self.plays: list[list[str]] = []
        self.renewed = 0
        self._said: list[str] = []

    def play(self, messages: Sequence[Message]) -> list[Exchange]:
        """All messages in a new conversation."""
        self._said = []
        self.plays.append([message.text for message in messages])
        return [self.add(message) for message in messages]

    def add(self, message: Message) -> Exchange:
        """One more: the answer names what was said so far."""
        self._said.append(message.text)
        intent = self.readings.get(message.text, "nlu_fallback")
        reply = f"{intent} after {' / '.join(self._said)}"
        outcome = Outcome((reply,), Reading(intent, 0.9), buttons=self.buttons)
        return Exchange(message, outcome)

    def renew(self) -> None:
        """The tree's data changed."""
        self.renewed += 1
