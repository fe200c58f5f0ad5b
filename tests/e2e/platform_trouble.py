"""Telegram and Slack on a bad day: every moment something else of theirs fails."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial

from tests.simulators.page import Simulators
from tests.simulators.slack.faults import What
from tests.simulators.telegram.faults import Kind

Strike = Callable[[], object]

_SENDING: tuple[tuple[Kind, float], ...] = (
    ("429", 2.0),
    ("500", 0.0),
    ("502", 0.0),
    ("timeout_before", 0.0),
    ("timeout_after", 0.0),
    ("drop_before", 0.0),
    ("drop_after", 0.0),
)
_ASKING: tuple[tuple[Kind, float], ...] = (
    ("429", 1.0),
    ("500", 0.0),
    ("502", 0.0),
    ("drop_before", 0.0),
    ("drop_after", 0.0),
)
# Longer than the gateway waits for Slack's answer.
_SILENCE_S = 12.0
_POSTING: tuple[tuple[What, float], ...] = (
    ("rate_limited", 2.0),
    ("error", 0.0),
    ("lost_before", 0.1),
    ("lost_after", 0.1),
    ("lost_after", _SILENCE_S),
)


class Trouble(threading.Thread):
    """Goes once through all that can fail, in an order of its own."""

    def __init__(self, simulators: Simulators, seed: int) -> None:
        super().__init__(daemon=True)
        self.simulators = simulators
        self.rng = random.Random(seed)
        self.struck = 0

    def strikes(self) -> list[Strike]:
        """One way to fail each."""
        telegram, slack = self.simulators.telegram, self.simulators.slack
        found: list[Strike] = [
            *(partial(telegram.fail, kind, "sendMessage", seconds=s) for kind, s in _SENDING),
            *(partial(telegram.fail, kind, "getUpdates", seconds=s) for kind, s in _ASKING),
            partial(telegram.updates.duplicate, 2),
            *(
                partial(slack.faults.add, "chat.postMessage", what, seconds=seconds)
                for what, seconds in _POSTING
            ),
            partial(slack.faults.add, "chat.update", "error"),
            partial(slack.faults.add, "reactions.add", "lost_after", seconds=0.1),
            partial(slack.faults.add, "users.info", "error", times=2),
            partial(slack.faults.add, "apps.connections.open", "error"),
            partial(setattr, slack.faults, "duplicate_next", 2),
            slack.outbox.drop_sockets,
            slack.outbox.drop_sockets,
        ]
        self.rng.shuffle(found)
        return found

    def run(self) -> None:
        pause = threading.Event()
        for strike in self.strikes():
            pause.wait(self.rng.uniform(0.4, 1.4))
            strike()
            self.struck += 1

    def over(self) -> None:
        """Wait for its end; what nobody met yet is still to come."""
        self.join()
