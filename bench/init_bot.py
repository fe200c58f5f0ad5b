"""A stock `rasa init` bot, for comparison: what a newcomer to Rasa has after one command."""

from __future__ import annotations

import asyncio
import os
import random
import time
import uuid

from bench import stock
from bench.measures import Figure, median, percentile
from bench.processes import Spent, per_turn
from bench.stand import Plan
from bench.targets import INIT_THROUGHPUT, INIT_TURN
from bench.wire import Http, Unexpected

TRAINING_S = 300.0
IN_FLIGHT = 16
_OPENINGS = ("hi", "hello", "good morning", "hey there", "good evening", "well", "so", "ok")
_REST = (
    "I am very sad today",
    "I feel great",
    "are you a bot",
    "goodbye",
    "yes of course",
    "no never",
    "I am extremely happy",
    "not very good",
)


class _Visitor:
    """One conversation with the bot that asks how one feels."""

    def __init__(self, url: str, seed: int) -> None:
        self._http = Http(url)
        self._sender = uuid.uuid4().hex
        self._random = random.Random(seed)

    async def turn(self) -> float:
        """One message; milliseconds to its answer."""
        r = self._random
        text = f"{r.choice(_OPENINGS)}, {r.choice(_REST)} {r.randint(1, 10_000)}"
        body = {"sender": self._sender, "message": text}
        begun = time.perf_counter()
        answer = await self._http.request("POST", "/webhooks/rest/webhook", body)
        if answer.status != 200:
            raise Unexpected(f"stock Rasa answered {answer.status}")
        return (answer.at - begun) * 1000

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def measure(plan: Plan) -> list[Figure]:
    """Train it once (kept in the cache), then talk to it: one at a time, and sixteen at once."""
    model = stock.init_model(plan.cache, plan.python, os.environ, TRAINING_S)
    folder = plan.scratch / "init"
    with stock.served(folder, model, plan.python, os.environ) as server:
        return asyncio.run(_talk(plan, server))


async def _talk(plan: Plan, server: stock.StockRasa) -> list[Figure]:
    visitors = [_Visitor(server.url, seed) for seed in range(IN_FLIGHT)]
    for visitor in visitors:
        await visitor.turn()
    spent = Spent({"rasa": server.pid})
    took = [await visitors[n % 6].turn() for n in range(plan.pick(120, 40))]
    cpu = per_turn([spent.milliseconds()], len(took))
    count = 0
    begun = time.perf_counter()
    end = begun + plan.pick(10, 5)

    async def on_and_on(visitor: _Visitor) -> None:
        nonlocal count
        while time.perf_counter() < end:
            await visitor.turn()
            count += 1

    async with asyncio.TaskGroup() as tasks:
        for visitor in visitors:
            tasks.create_task(on_and_on(visitor))
    rate = count / (time.perf_counter() - begun)
    for visitor in visitors:
        visitor.close()
    p95 = percentile(took, 95)
    note = f"REST, SQL tracker store, no actions; p95 {p95:.0f} ms; CPU ms a turn: {cpu}"
    return [INIT_TURN.figure(median(took), note=note), INIT_THROUGHPUT.figure(rate)]
