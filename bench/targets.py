"""The rows of the table and what each has to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.measures import Figure


@dataclass(frozen=True)
class Target:
    """A row: what is measured, in which unit, and its limit.

    `about` is what the limit applies to: the value, its ratio to the baseline, or what it has above
    the baseline. Without a limit the row is there for comparison.
    """

    name: str
    unit: str
    about: Literal["value", "ratio", "excess"] = "value"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def words(self) -> str:
        """The target as the table shows it."""
        unit = "×" if self.about == "ratio" else f" {self.unit}"
        if self.about == "excess":
            unit += " + baseline"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}{unit}"
        return f"≥ {self.at_least:g}{unit}" if self.at_least is not None else ""

    def figure(
        self,
        value: float,
        *,
        baseline: float | None = None,
        ratio: float | None = None,
        note: str = "",
    ) -> Figure:
        """The row with what was measured. A target about ratio or excess needs what it judges."""
        judged: float | None = value
        if self.about == "ratio":
            judged = ratio
        elif self.about == "excess":
            judged = None if baseline is None else value - baseline
        met = None
        if self.at_most is not None or self.at_least is not None:
            if judged is None:
                raise ValueError(f"{self.name}: no {self.about} to judge")
            met = (self.at_most is None or judged <= self.at_most) and (
                self.at_least is None or judged >= self.at_least
            )
        return Figure(self.name, value, self.unit, baseline, ratio, self.words, met, note)

    def void(self, reason: str) -> Figure:
        """The row without a value, which counts as not met where there is a target."""
        met = False if self.words else None
        return Figure(self.name, None, self.unit, target=self.words, met=met, note=reason)


ADDITION = Target("the gateway's addition to a turn, p50", "ms", at_most=12)
TURN = Target("a turn through the api channel, p50", "ms", at_most=35)
_IN_FLIGHT = "turns/s with 16 conversations in flight"
THROUGHPUT_ONE = Target(f"{_IN_FLIGHT}, one Rasa", "turns/s", "ratio", at_least=2)
THROUGHPUT_TWO = Target(f"{_IN_FLIGHT}, two Rasas", "turns/s", "ratio", at_least=3)
THROUGHPUT_POSTGRESQL = Target(
    f"{_IN_FLIGHT}, two Rasas on PostgreSQL", "turns/s", "ratio", at_least=2.5
)
LATE = Target("p50 at message 2,000 over that at message 10", "ms", "ratio", at_most=1.1)
ACKNOWLEDGEMENT = Target(
    "acknowledgement of 200 messages/s over 200 conversations, p99", "ms", at_most=50
)
CARD = Target("hand-over decided to card complete in the console, p50", "ms", at_most=150)
WEBHOOKS = Target("acknowledgement of 200 webhooks/s of all kinds, p99", "ms", at_most=75)
SLACK_CARD = Target(
    "hand-over decided to card and transcript complete in Slack, p50", "ms", "excess", at_most=200
)
TELEGRAM_WEBHOOK = Target("a turn in Telegram, called at the webhook, p50", "ms")
TELEGRAM_POLLING = Target("a turn in Telegram, polling, p50", "ms")
TRAIN = Target("`rasa train` from nothing", "s", at_most=60)
START = Target("second `make run` to ready", "s", at_most=30)
MEMORY = Target("resident memory of everything", "GB", at_most=1.9)
REVIEW_GROUPS = Target("50,000 messages of the review inbox grouped", "s", at_most=60)
REVIEW_PAGE = Target("a page of the review inbox over 50,000 messages, p95", "ms", at_most=300)
INIT_TURN = Target("for comparison: a turn of a stock `rasa init` bot, p50", "ms")
INIT_THROUGHPUT = Target("for comparison: a stock `rasa init` bot, 16 in flight", "turns/s")

# In the order of the table; the key is what `python -m bench` takes.
GROUPS: dict[str, tuple[Target, ...]] = {
    "turn": (ADDITION, TURN),
    "one": (THROUGHPUT_ONE,),
    "two": (THROUGHPUT_TWO,),
    "postgresql": (THROUGHPUT_POSTGRESQL,),
    "long": (LATE,),
    "ack": (ACKNOWLEDGEMENT,),
    "card": (CARD,),
    "webhooks": (WEBHOOKS,),
    "slack_card": (SLACK_CARD,),
    "telegram_turn": (TELEGRAM_WEBHOOK, TELEGRAM_POLLING),
    "train": (TRAIN,),
    "start": (START, MEMORY),
    "review": (REVIEW_GROUPS, REVIEW_PAGE),
    "init": (INIT_TURN, INIT_THROUGHPUT),
}
