"""A turn in Telegram beside one through the api channel: called at the webhook, and polling."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bench.customers import Customer
from bench.measures import Figure, median, percentile
from bench.platforms import Platforms, TelegramCustomer, connected
from bench.stand import Plan, Stand, stand
from bench.targets import TELEGRAM_POLLING, TELEGRAM_WEBHOOK, Target
from bench.texts import Speaker
from ops.system import System

# So many that none has to wait for Telegram's second between two messages of a chat.
CHATS = 12
API_CONVERSATIONS = 4
WARM_UP = 6
# Long enough for what follows an answer (the delivery's last commit) to be over before the next.
PAUSE_S = 0.05


@dataclass
class _Leg:
    """One way to the bot, its conversations taken in turn."""

    talks: Sequence[tuple[Customer, Speaker]]
    took: list[float] = field(default_factory=list)

    async def turn(self, number: int) -> None:
        customer, speaker = self.talks[number // 2 % len(self.talks)]
        said = speaker.order_status() if number % 2 else speaker.small_talk()
        self.took.append((await customer.say(said)).replied)
        await asyncio.sleep(PAUSE_S)


def measure(plan: Plan) -> list[Figure]:
    """Two systems, one after the other: Telegram either calls or is asked."""
    found = []
    for target, polling in ((TELEGRAM_WEBHOOK, False), (TELEGRAM_POLLING, True)):
        name = "telegram-polling" if polling else "telegram-webhook"
        with connected(plan, name, polling=polling) as (system, platforms):
            found.append(asyncio.run(_on(plan, system, platforms, target)))
    return found


async def _on(plan: Plan, system: System, platforms: Platforms, target: Target) -> Figure:
    async with stand(plan, system, None) as built:
        make = partial(TelegramCustomer.make, platforms)
        return await _pairs(built, await built.verified(make, CHATS), target)


async def _pairs(built: Stand, customers: list[TelegramCustomer], target: Target) -> Figure:
    api_customers = await built.api(API_CONVERSATIONS)
    telegram = _Leg([(customer, built.speaker(customer)) for customer in customers])
    api = _Leg([(customer, built.speaker(customer)) for customer in api_customers])
    legs = (telegram, api)
    for number in range(WARM_UP):
        for leg in legs:
            await leg.turn(number)
    for leg in legs:
        leg.took.clear()
    for number in range(built.plan.pick(160, 40)):
        for shift in range(len(legs)):
            await legs[(number + shift) % len(legs)].turn(number)
    for customer in api_customers:
        await customer.check()
    return figure(target, telegram.took, api.took)


def figure(target: Target, telegram: Sequence[float], api: Sequence[float]) -> Figure:
    """The row: the channel's median, with the api channel's of the same run as its baseline."""
    return target.figure(
        median(telegram),
        baseline=median(api),
        ratio=median(telegram) / median(api),
        note=f"{len(telegram)} turns each in turn, from the simulator's accepting the message until"
        f" it accepts the answer; p95 {percentile(telegram, 95):.0f} ms; baseline: the api channel,"
        f" p95 {percentile(api, 95):.0f} ms",
    )
