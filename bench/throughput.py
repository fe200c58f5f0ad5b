"""Turns a second with sixteen conversations in flight, against stock Rasa in the same run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bench.customers import Customer
from bench.measures import Figure, median, percentile
from bench.processes import Spent, per_turn
from bench.stand import Stand
from bench.targets import Target
from bench.texts import Speaker

IN_FLIGHT = 16
WARM_UP_S = 1.5


class _Crowd:
    """So many customers who write the next message as soon as they have read the reply."""

    def __init__(self, stand: Stand, customers: Sequence[Customer]) -> None:
        self._talks: list[tuple[Customer, Speaker]] = [
            (customer, stand.speaker(customer)) for customer in customers
        ]

    async def talk(self, seconds: float) -> tuple[float, list[float]]:
        """Turns a second, and how long each took in ms."""
        took: list[float] = []
        begun = time.perf_counter()
        end = begun + seconds

        async def one(customer: Customer, speaker: Speaker, *, orders_first: bool) -> None:
            mixed = speaker.mixed()
            if orders_first:
                next(mixed)
            while time.perf_counter() < end:
                turn = await customer.say(next(mixed))
                took.append(turn.replied)

        async with asyncio.TaskGroup() as tasks:
            for number, (customer, speaker) in enumerate(self._talks):
                tasks.create_task(one(customer, speaker, orders_first=bool(number % 2)))
        # The last replies belong to the work of this block, and so does their time.
        return len(took) / (time.perf_counter() - begun), took


async def measure(stand: Stand, target: Target) -> list[Figure]:
    """Blocks of seconds, stock and ours in turn; the ratio is the median over the rounds.

    New conversations, so that stock Rasa isn't slowed by long ones: that is a figure of its own.
    """
    rounds, seconds = stand.plan.pick(4, 2), float(stand.plan.pick(7, 4))
    customers = await stand.api(IN_FLIGHT)
    ours, theirs = _Crowd(stand, customers), _Crowd(stand, await stand.at_stock(IN_FLIGHT))
    for crowd in (ours, theirs):
        await crowd.talk(WARM_UP_S)
    rates: dict[str, list[float]] = {"ours": [], "theirs": []}
    took: list[float] = []
    cpu: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    turns = {"ours": 0, "theirs": 0}
    for round_ in range(rounds):
        sides = [("theirs", theirs), ("ours", ours)]
        for side, crowd in sides if round_ % 2 else reversed(sides):
            spent = Spent(stand.pids)
            rate, times = await crowd.talk(seconds)
            cpu[side].append(spent.milliseconds())
            rates[side].append(rate)
            turns[side] += len(times)
            if side == "ours":
                took += times
    for customer in customers:
        await customer.check()
    ratio = median([a / b for a, b in zip(rates["ours"], rates["theirs"], strict=True)])
    return [
        target.figure(
            median(rates["ours"]),
            ratio=ratio,
            baseline=median(rates["theirs"]),
            note=f"a turn p50 {percentile(took, 50):.0f}, p95 {percentile(took, 95):.0f} ms;"
            f" CPU ms a turn: {per_turn(cpu['ours'], turns['ours'])};"
            f" baseline: stock REST + SQL, {per_turn(cpu['theirs'], turns['theirs'])}",
        )
    ]
