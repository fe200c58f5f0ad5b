"""How fast messages are acknowledged when far more come than the bot can answer at once."""

from __future__ import annotations

import asyncio
import json
import time

from bench import open_loop
from bench.customers import ApiCustomer
from bench.measures import Figure, median, percentile
from bench.open_loop import Request
from bench.processes import Spent
from bench.stand import Stand
from bench.targets import ACKNOWLEDGEMENT
from bench.texts import Utterance
from bench.wire import Unexpected

PATH = "/channels/api/messages"
PER_SECOND = 200
CONVERSATIONS = 200
DRAIN_S = 240.0


async def measure(stand: Stand) -> list[Figure]:
    """Real customers' messages at a fixed rate; afterwards every one must have been answered."""
    customers = await stand.any_api(stand.plan.pick(CONVERSATIONS, 48))
    stand.hang_up()
    seconds = stand.plan.pick(15, 6)
    said: dict[str, list[Utterance]] = {customer.name: [] for customer in customers}
    talks = [(customer, stand.speaker(customer).mixed()) for customer in customers]
    headers = {"Content-Type": "application/json", **stand.system.api_headers}
    requests = []
    for number in range(PER_SECOND * seconds):
        customer, mixed = talks[number % len(talks)]
        utterance = next(mixed)
        said[customer.name].append(utterance)
        body = {
            "conversation": customer.name,
            "message_id": f"open-{len(said[customer.name])}",
            "text": utterance.text,
        }
        requests.append(Request(PATH, headers, json.dumps(body)))
    spent = Spent(stand.pids)
    begun = time.time()
    file = stand.plan.scratch / "open-loop.json"
    sent = await open_loop.run(stand.system.gateway_url, PER_SECOND, requests, file)
    cpu = spent.milliseconds()
    took = sent.from_schedule
    drained_at = await _drained(customers, said)
    answered = 0
    for customer in customers:
        answered += await _answered(customer, said[customer.name])
    return [
        ACKNOWLEDGEMENT.figure(
            percentile(took, 99),
            note=f"{len(took)} messages over {len(customers)} conversations, from their"
            f" scheduled time: p50 {median(took):.1f},"
            f" p95 {percentile(took, 95):.0f}, worst {max(took):.0f} ms;"
            f" from sending: p99 {percentile(sent.from_sending, 99):.0f} ms;"
            f" Rasa meanwhile used {100 * cpu.get('rasa', 0) / 1000 / (seconds + 1):.0f}% of a"
            f" core; all {answered} were answered {drained_at - begun - seconds:.0f} s later",
        )
    ]


async def _drained(customers: list[ApiCustomer], said: dict[str, list[Utterance]]) -> float:
    """When the last message had its answer."""
    end = time.time() + DRAIN_S
    for customer in customers:
        last = f"open-{len(said[customer.name])}"
        while not await customer.is_handled(last):
            if time.time() > end:
                raise Unexpected(f"not everything was answered within {DRAIN_S:.0f} s")
            await asyncio.sleep(0.5)
    return time.time()


async def _answered(customer: ApiCustomer, said: list[Utterance]) -> int:
    """How many messages were answered as they should; raises Unexpected for any other."""
    replies = await customer.replies()
    for number, utterance in enumerate(said, start=1):
        reply = replies.get(f"open-{number}")
        if reply is None or not utterance.is_answered_by(reply):
            raise Unexpected(f"{utterance.text!r} led to {reply!r}")
    await customer.check()
    return len(said)
