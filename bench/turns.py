"""How long a customer waits: a turn through the api channel, and what the gateway adds to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.customers import Customer
from bench.measures import Figure, interval, median, paired_median, percentile
from bench.processes import Spent, per_turn
from bench.stand import Stand
from bench.targets import ADDITION, TURN
from bench.texts import ORDER, SMALL_TALK, Speaker

CONVERSATIONS = 6
WARM_UP = 8
# Long enough for what happens after a reply (the bridge's timeline) to be over before the next.
PAUSE_S = 0.03


class _Leg:
    """One way to the bot, several conversations, taken in turn."""

    def __init__(self, stand: Stand, customers: Sequence[Customer]) -> None:
        self._talks: list[tuple[Customer, Speaker]] = [
            (customer, stand.speaker(customer)) for customer in customers
        ]
        self.took: dict[str, list[float]] = {SMALL_TALK: [], ORDER: []}
        self.all: list[float] = []
        self.turns = 0

    async def turn(self, number: int) -> None:
        """One message, small talk and order status in turn."""
        customer, speaker = self._talks[number // 2 % len(self._talks)]
        said = speaker.order_status() if number % 2 else speaker.small_talk()
        turn = await customer.say(said)
        self.turns += 1
        self.took[said.kind].append(turn.replied)
        self.all.append(turn.replied)

    def forget(self) -> None:
        """After the warm-up."""
        for values in (self.all, *self.took.values()):
            values.clear()


async def measure(stand: Stand) -> list[Figure]:
    """Turns one at a time, by the three ways in turn: paired, so that noise hits all alike."""
    conversations = stand.plan.pick(CONVERSATIONS, 3)
    api_customers = await stand.api(conversations)
    api = _Leg(stand, api_customers)
    care = _Leg(stand, await stand.care(conversations))
    stock = _Leg(stand, await stand.at_stock(conversations))
    legs = [api, care, stock]
    for number in range(WARM_UP):
        for leg in legs:
            await leg.turn(number)
    for leg in legs:
        leg.forget()
    spent = Spent(stand.pids)
    for number in range(stand.plan.pick(240, 60)):
        for shift in range(len(legs)):
            await legs[(number + shift) % len(legs)].turn(number)
            await asyncio.sleep(PAUSE_S)
    cpu = spent.milliseconds()
    for customer in api_customers:
        await customer.check()
    return _figures(api, care, stock, cpu)


def _figures(api: _Leg, care: _Leg, stock: _Leg, cpu: dict[str, float]) -> list[Figure]:
    added = [a - b for a, b in zip(api.all, care.all, strict=True)]
    low, high = interval(added)
    ours = per_turn([{"rasa": cpu.get("rasa", 0)}], len(api.all) + len(care.all))
    theirs = per_turn([{"stock": cpu.get("stock", 0)}], len(stock.all))
    turn = median(api.all)
    return [
        ADDITION.figure(
            paired_median(api.all, care.all),
            baseline=median(care.all),
            ratio=turn / median(care.all),
            note=f"95% interval {low:.1f} to {high:.1f} ms; {len(added)} pairs; small talk"
            f" {paired_median(api.took[SMALL_TALK], care.took[SMALL_TALK]):.1f}, order status"
            f" {paired_median(api.took[ORDER], care.took[ORDER]):.1f} ms;"
            " baseline: straight to the care channel",
        ),
        TURN.figure(
            turn,
            baseline=median(stock.all),
            ratio=turn / median(stock.all),
            note=f"p95 {percentile(api.all, 95):.0f} ms; small talk"
            f" {median(api.took[SMALL_TALK]):.1f}, order status {median(api.took[ORDER]):.1f} ms;"
            f" baseline: stock REST + SQL, p95 {percentile(stock.all, 95):.0f} ms;"
            f" CPU ms a turn: {ours}, {theirs}",
        ),
    ]
