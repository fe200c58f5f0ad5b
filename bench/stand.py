"""The stand that figures are measured on: a system of real processes, stock Rasa beside it, and
verified customers of both.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import stock
from bench.customers import ApiCustomer, CareCustomer, Customer, StockCustomer
from bench.people import Buyer, Mailbox, in_turn
from bench.stock import StockRasa
from bench.texts import Repertoire, Speaker
from bench.wire import Unexpected
from ops.processes import ROOT
from ops.steps import tail
from ops.system import System

C = TypeVar("C", bound=Customer)

# Customers verified at the same time.
_AT_ONCE = 8


@dataclass(frozen=True)
class Plan:
    """How thoroughly to measure, and where things are kept.

    `cache` survives a run (what the model understands, the `rasa init` bot), `scratch` doesn't.
    """

    quick: bool
    cache: Path
    scratch: Path
    python: str

    def pick(self, thorough: int, quick: int) -> int:
        """A number of repetitions."""
        return quick if self.quick else thorough


def current_model() -> Path:
    """The model that `bot.serve` loads. Raises Unexpected when none was trained."""
    file = ROOT / "models" / "current.json"
    if not file.exists():
        raise Unexpected("no model; run `make train`")
    return ROOT / "models" / str(json.loads(file.read_text("utf-8"))["model"])


def repertoire(plan: Plan, environment: Mapping[str, str]) -> dict[str, Repertoire]:
    """What the model understands, by language; worked out once for each model."""
    sources = [
        Path(__file__).with_name(name) for name in ("phrases.py", "texts.py", "rehearsal.py")
    ]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:8]
    model = current_model()
    file = plan.cache / f"texts-{model.name.split('.')[0]}-{digest}.json"
    if not file.exists():
        print("Choosing texts that the model understands (once for each model)", flush=True)
        draft, log = file.with_suffix(".part"), plan.cache / "rehearsal.log"
        with log.open("wb") as output:
            done = subprocess.run(
                [plan.python, "-m", "bench.rehearsal", str(draft)],
                cwd=ROOT,
                env={**environment, "ASCOLTO_MODEL": str(model)},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise Unexpected(f"bench.rehearsal failed\n{tail(log)}")
        draft.replace(file)
    found = json.loads(file.read_text("utf-8"))
    for language, texts in found.items():
        if min(map(len, [*texts["questions"], *texts["small_talk"].values()])) < 8:
            raise Unexpected(f"the model understands too few of the {language} texts: {file}")
    return {
        language: Repertoire(
            tuple(tuple(asked) for asked in texts["questions"]),
            {intent: tuple(said) for intent, said in texts["small_talk"].items()},
        )
        for language, texts in found.items()
    }


class Stand:
    """One system with stock Rasa beside it. Customers are verified when they are asked for."""

    def __init__(self, plan: Plan, system: System, stock_rasa: StockRasa | None) -> None:
        self.plan = plan
        self.system = system
        self.stock = stock_rasa
        self._texts = repertoire(plan, system.layout.environment("rasa"))
        self._buyers = in_turn()
        self._mailbox = Mailbox(system)
        self._api: list[ApiCustomer] = []
        self._others: list[Customer] = []
        self._seed = 0

    @property
    def pids(self) -> dict[str, int]:
        """All processes that run, stock Rasa as `stock`, this one as `customers`."""
        running = [name for name in self.system.names if self.system.is_running(name)]
        pids = {name: self.system.pid(name) for name in running}
        if self.stock is not None:
            pids["stock"] = self.stock.pid
        return {**pids, "customers": os.getpid()}

    async def api(self, count: int) -> list[ApiCustomer]:
        """New customers of the api channel."""
        made = [ApiCustomer(self.system, buyer) for buyer in self._next(count)]
        await _verify(made, self._mailbox)
        self._api += made
        return made

    async def any_api(self, count: int) -> list[ApiCustomer]:
        """Customers of the api channel, those that are there already first."""
        if count > len(self._api):
            await self.api(count - len(self._api))
        return self._api[:count]

    async def care(self, count: int) -> list[CareCustomer]:
        """New customers straight at the care channel."""
        return await self.verified(lambda buyer: CareCustomer(self.system, buyer), count)

    async def at_stock(self, count: int) -> list[StockCustomer]:
        """New customers of stock Rasa."""
        if self.stock is None:
            raise Unexpected("this stand has no stock Rasa")
        url = self.stock.url
        return await self.verified(lambda buyer: StockCustomer(self.system, buyer, url), count)

    async def verified(self, make: Callable[[Buyer], C], count: int) -> list[C]:
        """New customers of another kind, made of buyers and verified."""
        made = [make(buyer) for buyer in self._next(count)]
        await _verify(made, self._mailbox)
        self._others += made
        return made

    def speaker(self, customer: Customer) -> Speaker:
        """Somebody to speak for a customer, different from all before."""
        self._seed += 1
        buyer: Buyer = customer.buyer
        return Speaker(self._texts[buyer.language], buyer.orders, self._seed)

    def hang_up(self) -> None:
        """Close everybody's connections: open event streams cost the gateway something."""
        for customer in (*self._api, *self._others):
            customer.close()

    def close(self) -> None:
        """Close everything."""
        self.hang_up()
        self._mailbox.close()

    def _next(self, count: int) -> list[Buyer]:
        try:
            return [next(self._buyers) for _ in range(count)]
        except StopIteration:
            raise Unexpected("the demo company has no more buyers for so many codes") from None


async def _verify(customers: Sequence[Customer], mailbox: Mailbox) -> None:
    """Verify many, some at the same time."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(customer: Customer) -> None:
        async with places:
            await customer.verify(mailbox)

    async with asyncio.TaskGroup() as tasks:
        for customer in customers:
            tasks.create_task(one(customer))


@contextmanager
def servers(
    plan: Plan,
    name: str,
    *,
    rasas: int = 1,
    database_url: str = "",
    compared: bool = True,
    settings: Mapping[str, str] | None = None,
    public: bool = False,
) -> Iterator[tuple[System, StockRasa | None]]:
    """Start everything for a stand; `compared`: with stock Rasa beside it.

    `settings` and `public` are as for `ops.system.System`.
    """
    home = plan.scratch / name
    home.mkdir(parents=True)
    with ExitStack() as stack:
        system = stack.enter_context(
            System(home, settings, rasas=rasas, database_url=database_url, public=public)
        )
        beside = None
        if compared:
            beside = stack.enter_context(stock.same_model(system, current_model(), home / "stock"))
        yield system, beside


@asynccontextmanager
async def stand(plan: Plan, system: System, stock_rasa: StockRasa | None) -> AsyncIterator[Stand]:
    """A stand whose connections belong to the running loop."""
    built = Stand(plan, system, stock_rasa)
    try:
        yield built
    finally:
        built.close()
        await asyncio.sleep(0)
