"""From the decision to hand over until Slack has the whole card and the transcript under it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bench.customers import ApiCustomer
from bench.handover import CARD_S, REQUESTS
from bench.measures import Figure, median, percentile
from bench.platforms import Platforms
from bench.stand import Stand
from bench.targets import SLACK_CARD
from bench.wire import Unexpected
from runtime.clock import from_iso
from tests.simulators.slack import SlackSimulator

POST, UPDATE = "chat.postMessage", "chat.update"
# A channel that the desk has nothing to do with, for bare calls.
ELSEWHERE = "C0MISURE"
BARE_CALLS = 5
POLL_S = 0.002
# The desk posts a message a second after a burst of four: each case begins with a full measure.
REFILL_S = 1.05

Call = Mapping[str, Any]


def complete_at(calls: Sequence[Call], channel: str, shows: Sequence[str]) -> float | None:
    """When Slack had both: a card that names one of `shows`, and a first message in its thread.

    `calls` are the simulator's, in order, from before the hand-over on. None as long as something
    is missing or not answered.
    """
    card = transcript = None
    for call in calls:
        arguments, at = call["arguments"], call.get("answered_at")
        if at is None or arguments.get("channel") != channel:
            continue
        if call["method"] == POST and arguments.get("thread_ts"):
            transcript = transcript or at
        elif call["method"] in (POST, UPDATE):
            written = json.dumps(arguments.get("blocks"), ensure_ascii=False)
            if card is None and any(word in written for word in shows):
                card = at
    return None if card is None or transcript is None else max(card, transcript)


async def measure(stand: Stand, platforms: Platforms) -> list[Figure]:
    """Verified customers ask for a person, one after the other, each time Slack is at rest."""
    slack = platforms.slack
    slack.add_channel(ELSEWHERE, "misure")
    customers = await stand.any_api(stand.plan.pick(30, 10))
    took: list[float] = []
    bare: list[float] = []
    posts: list[int] = []
    async with aiohttp.ClientSession(trust_env=False) as session:
        web = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )
        for number, customer in enumerate(customers):
            begun = len(slack.space.calls)
            texts = REQUESTS[customer.buyer.language]
            asked = asyncio.create_task(customer.ask(texts[number % len(texts)]))
            at = await _complete(slack, begun, customer)
            await asked
            took.append((at - await _requested(customer)) * 1000)
            posts.append(await _at_rest(slack, begun))
            bare += await _bare(web, slack.space.calls[begun:])
    return [figure(took, bare, posts)]


def figure(took: Sequence[float], bare: Sequence[float], posts: Sequence[int]) -> Figure:
    """The row; the baseline is what one bare call of the same simulator took in the same run."""
    return SLACK_CARD.figure(
        median(took),
        baseline=median(bare),
        note=f"{len(took)} hand-overs one by one, from the decision until the simulator had"
        " answered the calls that made card and transcript complete;"
        f" p95 {percentile(took, 95):.0f} ms; {median([float(n) for n in posts]):.0f} messages in"
        f" Slack each; baseline: the simulator's own delay, {len(bare)} bare chat.postMessage calls"
        f" of the same cards with slack-sdk, p95 {percentile(bare, 95):.1f} ms",
    )


async def _complete(slack: SlackSimulator, begun: int, customer: ApiCustomer) -> float:
    end = time.time() + CARD_S
    while True:
        at = complete_at(slack.space.calls[begun:], slack.channel, customer.buyer.orders)
        if at is not None:
            return at
        if time.time() > end:
            raise Unexpected(f"no complete card in Slack within {CARD_S:.0f} s")
        await asyncio.sleep(POLL_S)


async def _requested(customer: ApiCustomer) -> float:
    handoff = (await customer.state())["handoff"]
    if handoff is None:
        raise Unexpected("a card without a hand-over")
    return from_iso(handoff["requested_at"])


async def _at_rest(slack: SlackSimulator, begun: int) -> int:
    """Wait until the desk has said all of a case and may post a burst again; how many posts."""
    while True:
        now = time.time()
        calls = slack.space.calls[begun:]
        posts = [call["method"] for call in calls].count(POST)
        last = max((call.get("answered_at", now) for call in calls), default=0.0)
        left = last + max(1.0, posts * REFILL_S) - now
        if left <= 0:
            return posts
        await asyncio.sleep(left)


async def _bare(web: AsyncWebClient, calls: Sequence[Call]) -> list[float]:
    """The same card again, elsewhere, with nothing of ours between: ms a call."""
    card = next(c["arguments"] for c in calls if c["method"] == POST)
    body = {"channel": ELSEWHERE, "text": card["text"], "blocks": card["blocks"]}
    found = []
    for _ in range(BARE_CALLS):
        begun = time.perf_counter()
        await web.api_call(POST, json=body)
        found.append((time.perf_counter() - begun) * 1000)
    return found
