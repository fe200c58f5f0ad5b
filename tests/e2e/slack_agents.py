"""People at the desk in the simulated Slack, who don't give up while things break around them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from integrations.desk.slack.modals import FIELD
from ops.system import System
from tests.care import PATIENCE_S, until
from tests.e2e.gateway_records import rows
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack.outgoing import Outgoing
from tests.simulators.slack.workspace import Message, View

INTERNAL = "[solo tra noi]"
# Slack sends again what isn't acknowledged, and people try again: both sooner than in life.
SENT_AGAIN_S = (0.5,) * 400
PRESSED_AGAIN_S = 3.0


def block_key(message: Message) -> str:
    """Our name of a message that the app posted."""
    key = message.blocks[0].get("block_id", "") if message.blocks else ""
    return str(key).removeprefix("ascolto:")


def cards_of(slack: SlackSimulator, handoff: str) -> list[Message]:
    """Every card of a case: there should be one."""
    return [m for m in slack.cards() if block_key(m) == f"{handoff}:card"]


def handoff_of(system: System, address: str) -> Any | None:
    """A customer's case, or None while there is none."""
    query = (
        "SELECT h.* FROM handoffs h JOIN conversations c ON c.id = h.conversation_id "
        "WHERE c.address = :address ORDER BY h.requested_at"
    )
    found = rows(system, "gateway", query, {"address": address})
    assert len(found) <= 1, "one case"
    return found[0] if found else None


class SlackAgent:
    """One person, by the name that customers see."""

    def __init__(self, system: System, slack: SlackSimulator, name: str, user: str) -> None:
        self.system = system
        self.slack = slack
        self.name = name
        self.user = user
        self.answers: dict[str, list[str]] = {}

    def card(self, address: str, seconds: float = PATIENCE_S) -> Message:
        """The card of a customer's case, once it stands in the channel."""

        def found() -> Message | None:
            handoff = handoff_of(self.system, address)
            shown = cards_of(self.slack, handoff.id) if handoff else []
            return shown[0] if shown else None

        card: Message = until(found, f"{self.name} sees the card of {address}", seconds)
        return card

    def claim(self, address: str, seconds: float = PATIENCE_S) -> Message:
        """Press Claim until the case is theirs."""
        card = self.card(address, seconds)

        def mine() -> bool:
            handoff = handoff_of(self.system, address)
            return handoff is not None and handoff.claimed_by == self.name

        def press() -> bool:
            self._press(card, "ascolto_claim")
            return soon(mine)

        until(press, f"{self.name} has claimed the case of {address}", seconds)
        return card

    def answer(self, address: str, card: Message, text: str) -> None:
        """Write to the customer on purpose; they write on when Slack has it."""
        self.answers.setdefault(address, []).append(text)
        self._post(card, f"!{text}")

    def answer_in_modal(
        self, address: str, card: Message, text: str, seconds: float = 2 * PATIENCE_S
    ) -> None:
        """Press Reply, write, and submit, as often as it takes."""
        # Whoever sees no mark on what they wrote before doesn't write on elsewhere. A gateway that
        # is killed leaves its claim on an event, which another one takes up half a minute later.
        until(lambda: self._gone_out(address), "what was written before has gone out", seconds)
        self.answers.setdefault(address, []).append(text)

        def written() -> bool:
            modal = self.slack.modal(self.user)
            if modal is None or not _can_be_filled_in(modal):
                if modal is not None:
                    self.slack.close(modal.id)
                self._press(card, "ascolto_reply")
                soon(lambda: _can_be_filled_in(self.slack.modal(self.user)))
                return False
            self.slack.submit(modal.id, {FIELD: text}).answered.wait(PATIENCE_S)
            return not modal.open

        until(written, f"{self.name} has answered {address} in a modal", seconds)

    def _gone_out(self, address: str) -> bool:
        query = (
            "SELECT o.text FROM outbound o JOIN conversations c ON c.id = o.conversation_id "
            "WHERE c.address = :address AND o.role = 'agent'"
        )
        found = rows(self.system, "gateway", query, {"address": address})
        return {row.text for row in found} >= set(self.answers[address])

    def mutter(self, card: Message, text: str) -> None:
        """Write to colleagues."""
        self._post(card, f"{INTERNAL} {text}")

    def _press(self, card: Message, action: str) -> None:
        # The card shows a button only while it can be used, as far as Slack has heard.
        with contextlib.suppress(LookupError):
            self.slack.click(self.user, card.ts, action).answered.wait(PATIENCE_S)

    def _post(self, card: Message, text: str) -> None:
        _, event = self.slack.post(self.user, text, thread_ts=card.ts)
        taken(event)


def taken(event: Outgoing, seconds: float = 2 * PATIENCE_S) -> None:
    """Wait until the app has acknowledged an event, however often Slack had to send it."""
    assert event.answered.wait(seconds), "acknowledged"
    assert event.acknowledged


def _can_be_filled_in(modal: View | None) -> bool:
    """Whether it is there and doesn't load any more."""
    return modal is not None and any(b["type"] == "input" for b in modal.view["blocks"])


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it comes true before one would try again."""
    with contextlib.suppress(AssertionError):
        return bool(until(condition, "what was asked for", PRESSED_AGAIN_S))
    return False


def at_the_desk(system: System, slack: SlackSimulator, agents: dict[str, str]) -> list[SlackAgent]:
    """Everybody in the workspace; `agents` are names by their ids."""
    slack.outbox.retry_pauses = SENT_AGAIN_S
    return [SlackAgent(system, slack, name, user) for user, name in agents.items()]


class Shift(threading.Thread):
    """An agent who works off the cases of some customers, one after the other."""

    def __init__(self, agent: SlackAgent, addresses: list[str], seconds: float) -> None:
        super().__init__(daemon=True)
        self.agent = agent
        self.addresses = addresses
        self.seconds = seconds
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for address in self.addresses:
                card = self.agent.claim(address, self.seconds)
                for number in (1, 2):
                    self.agent.mutter(card, f"{address}: passo {number}")
                    self.agent.answer(address, card, f"Risposta {number} per {address}.")
                text = f"E per {address} dal modulo."
                self.agent.answer_in_modal(address, card, text, self.seconds)
        except BaseException as error:
            self.error = error

    def over(self) -> None:
        """Wait for its end; raises what went wrong."""
        self.join()
        if self.error is not None:
            raise self.error
