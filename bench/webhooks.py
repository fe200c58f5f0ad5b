"""How fast platforms are acknowledged when 200 requests of theirs come a second."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench import aftermath, open_loop
from bench.aftermath import rows
from bench.handover import REQUESTS
from bench.measures import Figure, median, percentile
from bench.mix import TELEGRAM, Case, Mix
from bench.open_loop import Request, Sent
from bench.platforms import Platforms, TelegramCustomer
from bench.processes import Spent
from bench.stand import Stand
from bench.targets import WEBHOOKS
from bench.wire import Unexpected
from integrations.desk.slack.cards import CLAIM
from tests.simulators.slack import SlackSimulator

PER_SECOND = 200
CHATS, CASES, API_CONVERSATIONS = 90, 10, 45
AGENTS = ("Marta", "Luca", "Sara", "Elio", "Nora", "Ivo")
SETTLE_S = 60.0


async def measure(stand: Stand, platforms: Platforms) -> list[Figure]:
    """Requests of all kinds at a fixed rate; afterwards each must have led to what it should."""
    mix = await _scene(stand, platforms)
    stand.hang_up()
    seconds = stand.plan.pick(15, 6)
    requests = mix.requests(PER_SECOND * seconds)
    spent = Spent(stand.pids)
    begun = time.time()
    file = stand.plan.scratch / "webhooks.json"
    sent = await open_loop.run(stand.system.gateway_url, PER_SECOND, requests, file)
    cpu = spent.milliseconds()
    await aftermath.drained(stand.system)
    proof = aftermath.proof(stand.system, platforms.telegram, mix.expected, begun)
    busy = ", ".join(
        f"{name} {100 * cpu.get(name, 0) / 1000 / (seconds + 1):.0f}%"
        for name in ("gateway", "rasa")
    )
    return [figure(requests, sent, f"of a core meanwhile: {busy}; {proof}")]


def figure(requests: Sequence[Request], sent: Sent, after: str) -> Figure:
    """The row: all requests together, and in the note each way in by itself."""
    took = sent.from_schedule
    ways: dict[str, list[float]] = defaultdict(list)
    for place, milliseconds in zip(sent.places, took, strict=True):
        ways[way_of(requests[place])].append(milliseconds)
    listed = ", ".join(
        f"{way} {len(times)} with p50 {median(times):.1f} and p99 {percentile(times, 99):.0f}"
        for way, times in ways.items()
    )
    return WEBHOOKS.figure(
        percentile(took, 99),
        note=f"{len(took)} requests, from their scheduled time: p50 {median(took):.1f},"
        f" p95 {percentile(took, 95):.0f}, worst {max(took):.0f} ms ({listed} ms);"
        f" from sending: p99 {percentile(sent.from_sending, 99):.0f} ms; {after}",
    )


def way_of(request: Request) -> str:
    """Which way in a request takes."""
    if request.path == TELEGRAM:
        return "Telegram"
    return "Slack" if request.path.startswith("/slack/") else "api"


# -- before ----------------------------------------------------------------------------------------


async def _scene(stand: Stand, platforms: Platforms) -> Mix:
    """Verified customers of both channels, and cases at the desk, some of them with an agent."""
    make = partial(TelegramCustomer.make, platforms)
    chats = await stand.verified(make, stand.plan.pick(CHATS, 30))
    waiting = await stand.verified(make, stand.plan.pick(CASES, 6))
    api = await stand.api(stand.plan.pick(API_CONVERSATIONS, 15))
    slack = platforms.slack
    agents = [slack.agent(name) for name in AGENTS]
    cases = []
    for number, customer in enumerate(waiting):
        known = _cards(slack)
        await customer.exchange(REQUESTS[customer.buyer.language][0])
        await _until(lambda known=known: _cards(slack) - known, "a card")
        [card] = _cards(slack) - known
        holder = agents[number % len(agents)] if number % 2 else None
        if holder is not None:
            await slack.click(holder, card, CLAIM).done()
            await _until(partial(_has_agent, stand, customer), "a claimed case")
        cases.append(Case(customer, card, holder))
    await _until(lambda: _at_rest(stand), "the desk's queue to be empty")
    return Mix(
        platforms,
        [(customer, stand.speaker(customer)) for customer in chats],
        cases,
        agents,
        [(customer, stand.speaker(customer)) for customer in api],
        stand.system.api_headers,
    )


async def _until(true: Callable[[], Any], what: str) -> None:
    end = time.time() + SETTLE_S
    while not true():
        if time.time() > end:
            raise Unexpected(f"waited {SETTLE_S:.0f} s for {what}")
        await asyncio.sleep(0.1)


def _cards(slack: SlackSimulator) -> set[str]:
    return {card.ts for card in slack.cards()}


def _has_agent(stand: Stand, customer: TelegramCustomer) -> bool:
    query = "SELECT owner FROM conversations WHERE channel = 'telegram' AND address = ?"
    return rows(stand.system, query, str(customer.chat)) == [("agent",)]


def _at_rest(stand: Stand) -> bool:
    waiting = rows(stand.system, "SELECT count(*) FROM slack_queue WHERE done_at IS NULL")
    return waiting == [(0,)]
