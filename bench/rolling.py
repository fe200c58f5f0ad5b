"""Publishing and rolling back under load: `python -m bench.rolling [--customers 20]`.

How long until no customer gets the withdrawn model, until all processes are done, and the slowest
turn meanwhile. The second model is the same one in another file: loading it costs what any does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.customers import ApiCustomer, Buyer
from bench.stand import current_model
from ops import served
from ops.deploying import Deployment, Model
from ops.gateway import Gateway
from ops.hosts import InFleet
from ops.rolling import Roll
from ops.system import System

_WORDS = ("grazie mille, gentilissimi", "thank you so much", "sei un bot?", "are you a bot?")


def two_models(folder: Path) -> tuple[str, str]:
    """A folder with the trained model, live, and the same one packed again."""
    folder.mkdir()
    trained = current_model()
    os.link(trained, folder / trained.name)
    other = "ascolto-000000000000.tar.gz"
    with gzip.open(trained) as packed, gzip.open(folder / other, "wb", compresslevel=1) as again:
        again.write(packed.read())
    content = {"model": trained.name, "published": True}
    (folder / "current.json").write_text(json.dumps(content))
    return trained.name, other


class Load(threading.Thread):
    """Customers who write again as soon as they were answered."""

    def __init__(self, system: System, customers: int) -> None:
        super().__init__(daemon=True)
        self._system, self._customers = system, customers
        self._end = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        """Until `end`."""
        asyncio.run(self._all())

    def end(self) -> None:
        """Let everybody finish what they are at."""
        self._end.set()
        self.join()

    async def _all(self) -> None:
        await asyncio.gather(*(self._one(number) for number in range(self._customers)))

    async def _one(self, number: int) -> None:
        customer = ApiCustomer(self._system, Buyer("rolling@example.com", "it", ()))
        turn = number
        while not self._end.is_set():
            begun = time.perf_counter()
            await customer.exchange(_WORDS[turn % len(_WORDS)])
            self.seconds.append(time.perf_counter() - begun)
            turn += 1
        customer.close()


@contextlib.contextmanager
def told(name: str, load: Load, gateway: Gateway) -> Iterator[None]:
    """Print what a change of models cost."""
    load.seconds.clear()
    asked, begun = time.time(), time.perf_counter()
    yield
    done = time.perf_counter() - begun
    switched = datetime.fromisoformat(gateway.get("routing")["since"]).timestamp() - asked
    print(
        f"{name}: nobody gets the model before after {switched:.1f} s, done after {done:.1f} s;"
        f" {len(load.seconds)} turns meanwhile, the slowest {max(load.seconds) * 1000:.0f} ms"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="bench.rolling", description=__doc__)
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--rasas", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ascolto-rolling-") as scratch:
        models = Path(scratch) / "models"
        first, second = two_models(models)
        home = Path(scratch) / "home"
        with (
            System(home, models=models, rasas=chosen.rasas) as system,
            Gateway.beside(system.layout) as gateway,
        ):
            spare = system.layout.spare()
            assert spare is not None
            host = InFleet(system.fleet)
            roll = Roll(host, system.layout.rasas(), spare)
            deployment = Deployment(models, roll, host, gateway, author="bench")
            load = Load(system, chosen.customers)
            load.start()
            with told("publish", load, gateway):
                deployment.go_live(Model.of(models, second))
            with told("rollback", load, gateway):
                deployment.go_live(Model.of(models, first))
            load.end()
            print(f"served at the end: {served.read(models).model}")


if __name__ == "__main__":
    main()
