"""The desk in the simulated Slack: agents, and the cases as they see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.care import PATIENCE_S, until
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.outgoing import Outgoing
from tests.simulators.slack.workspace import Message

WORDS = "ascolto_words"
SHORTCUT = "send_to_customer"
DELIVERED = "white_check_mark"
READ = "eyes"


class CaseInSlack:
    """One case: its card, and everything that stands under it."""

    def __init__(self, slack: SlackSimulator, card: Message) -> None:
        self.slack = slack
        self._card = card

    @classmethod
    def of(cls, slack: SlackSimulator, conversation_id: str, number: int = 1) -> CaseInSlack:
        """The conversation's case of this number, once its transcript stands under the card.

        0 is the newest.
        """

        def found() -> CaseInSlack | None:
            place = f"/console/c/{conversation_id}"
            cards = [card for card in slack.cards() if place in read(card)]
            if len(cards) < max(number, 1) or not slack.thread(cards[number - 1].ts):
                return None
            return cls(slack, cards[number - 1])

        case: CaseInSlack = until(found, f"card {number} of the conversation")
        return case

    @property
    def ts(self) -> str:
        """The card's and so the thread's name."""
        return self._card.ts

    def card(self) -> str:
        """What the card says now."""
        return read(self._card)

    def says(self, *parts: str) -> None:
        """Wait until the card says all of it."""
        for part in parts:
            until(lambda p=part: p in self.card(), f"{part!r} on the card: {self.card()}")

    def thread(self) -> list[str]:
        """What stands under the card, oldest first."""
        return [read(message) for message in self.slack.thread(self.ts)]

    def shows(self, text: str, times: int = 1) -> None:
        """Wait until so many messages of the thread hold it; never more."""
        found = until(
            lambda: len(found := self._holding(text)) >= times and found,
            f"{text!r} in the thread: {self.thread()}",
        )
        assert len(found) == times, found

    def files(self) -> list[bytes]:
        """What customers' files hold that stand in the thread."""
        named = [name for m in self.slack.thread(self.ts) if m.bot for name in m.files]
        return [self.slack.space.files[name].content for name in named]

    def mark(self, text: str) -> str | None:
        """The delivery's mark on the message with this text."""
        for message in self.slack.thread(self.ts):
            if text in read(message) and self.slack.marks(message.ts):
                return self.slack.marks(message.ts)[-1]
        return None

    def _holding(self, text: str) -> list[str]:
        return [message for message in self.thread() if text in message]


class AgentInSlack:
    """Somebody at the desk. Each act returns when Slack was told that it arrived."""

    def __init__(self, slack: SlackSimulator, name: str, **account: Any) -> None:
        self.slack = slack
        self.name = name
        self.id = slack.agent(name, **account)

    def writes(self, case: CaseInSlack, text: str, **more: Any) -> str:
        """In the case's thread; the message's ts."""
        ts, event = self.slack.post(self.id, text, thread_ts=case.ts, **more)
        arrived(event)
        return ts

    def presses(self, ts: str, action: str) -> None:
        """A button, once it is there."""
        arrived(until(lambda: self._press(ts, action), f"the button {action}"))

    def answers(self, words: str, action: str) -> None:
        """The question about these words, which only they see."""
        self.presses(until(lambda: self.asked(words), f"a question about {words!r}")[-1], action)

    def asked(self, words: str) -> list[str]:
        """The questions about these words that stand before them."""
        return [
            shown.ts
            for shown in self.slack.shown_to(self.id)
            if words in str(shown.blocks)
            and any(block["type"] == "actions" for block in shown.blocks)
        ]

    def fills_in(self, case: CaseInSlack, action: str, words: str) -> None:
        """Press a button of the card, write into the modal that it opens, and submit it."""
        self.presses(case.ts, action)

        def ready() -> Any:
            view = self.slack.modal(self.id)
            return view if view is not None and "submit" in view.view else None

        view = until(ready, "a modal to write in")
        arrived(self.slack.submit(view.id, {WORDS: words}))

    def sends_on(self, ts: str) -> None:
        """The shortcut *Send to customer* on a message."""
        arrived(self.slack.shortcut(self.id, ts, SHORTCUT))

    def at_worst(self, *acts: Callable[[], tuple[str, Outgoing]]) -> list[str]:
        """Slack delivers what they do late and newest first; the messages' names."""
        self.slack.faults.hold = True
        done = [act() for act in acts]
        self.slack.outbox.release(reverse=True)
        for _, event in done:
            arrived(event)
        return [ts for ts, _ in done]

    def _press(self, ts: str, action: str) -> Outgoing | None:
        try:
            return self.slack.click(self.id, ts, action)
        except LookupError:
            return None


def read(message: Message) -> str:
    """A message as people read it, with the addresses behind its buttons."""
    found: list[str] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            found.extend(
                str(part[key]) for key in ("text", "url") if isinstance(part.get(key), str)
            )
            look(list(part.values()))
        elif isinstance(part, list):
            for each in part:
                look(each)

    look(message.blocks)
    return "\n".join(found) if message.blocks else message.text


def arrived(outgoing: Outgoing) -> None:
    """Wait until the desk acknowledged it."""
    assert outgoing.answered.wait(PATIENCE_S), "Slack was never answered"
    assert outgoing.acknowledged, outgoing
