"""What a turn costs late in a long conversation, against early in a short one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.customers import Customer
from bench.measures import Figure, median
from bench.stand import Stand
from bench.targets import LATE
from bench.texts import Speaker

EARLY = 10
LATE_MESSAGE, LATE_QUICK, LATE_STOCK = 2000, 400, 200
# Messages 10 to 19 of each of so many conversations, against as many after the late one.
SHORT = 6
PAUSE_S = 0.03


class _Talk:
    """A conversation and how many messages it has had."""

    def __init__(self, stand: Stand, customer: Customer) -> None:
        self._customer = customer
        self._speaker: Speaker = stand.speaker(customer)
        self._mixed = self._speaker.mixed()
        self.messages = 0

    async def up_to(self, number: int) -> None:
        """Say so many messages in all."""
        while self.messages < number:
            await self.turn()

    async def turn(self) -> float:
        """One message; milliseconds to its reply."""
        self.messages += 1
        return (await self._customer.say(next(self._mixed))).replied


async def measure(stand: Stand) -> list[Figure]:
    """The long ones are filled one message at a time, then early and late turns alternate."""
    late = stand.plan.pick(LATE_MESSAGE, LATE_QUICK)
    short = stand.plan.pick(SHORT, 4)
    customers = await stand.api(short + 1)
    ours = [_Talk(stand, customer) for customer in customers]
    theirs = [_Talk(stand, customer) for customer in await stand.at_stock(short + 1)]
    async with asyncio.TaskGroup() as tasks:
        for talks, number in ((ours, late), (theirs, LATE_STOCK)):
            tasks.create_task(talks[0].up_to(number - 1))
            for talk in talks[1:]:
                tasks.create_task(talk.up_to(EARLY - 1))
    ours_early, ours_late = await _in_turn(ours[1:], ours[0])
    theirs_early, theirs_late = await _in_turn(theirs[1:], theirs[0])
    for customer in customers:
        await customer.check()
    stock = median(theirs_late) / median(theirs_early)
    return [
        LATE.figure(
            median(ours_late),
            ratio=median(ours_late) / median(ours_early),
            baseline=median(ours_early),
            note=f"{len(ours_late)} turns each from messages {late:,} and {EARLY} on, alternating;"
            f" stock REST + SQL at message {LATE_STOCK} over {EARLY}: {stock:.2f}×"
            f" ({median(theirs_late):.0f} against {median(theirs_early):.0f} ms)",
        )
    ]


async def _in_turn(short: Sequence[_Talk], long: _Talk) -> tuple[list[float], list[float]]:
    early: list[float] = []
    late: list[float] = []
    for talk in short:
        for _ in range(EARLY):
            early.append(await talk.turn())
            await asyncio.sleep(PAUSE_S)
            late.append(await long.turn())
            await asyncio.sleep(PAUSE_S)
    return early, late
