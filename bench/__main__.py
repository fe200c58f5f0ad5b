"""Command line of `make bench`: `python -m bench [names…] [--quick] [--write-docs]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import (
    acknowledgement,
    handover,
    init_bot,
    long_conversation,
    machine,
    report,
    review,
    slack_card,
    starting,
    telegram_turn,
    throughput,
    turns,
    webhooks,
)
from bench.databases import fresh_postgresql
from bench.measures import Figure
from bench.platforms import connected
from bench.stand import Plan, Stand, servers, stand
from bench.stock import StockRasa
from bench.targets import (
    GROUPS,
    THROUGHPUT_ONE,
    THROUGHPUT_POSTGRESQL,
    THROUGHPUT_TWO,
    Target,
)
from bench.wire import Unexpected
from ops.environment import compose
from ops.processes import ROOT, Layout
from ops.system import System

LATEST = ROOT / "bench" / "results" / "latest.json"
QUICK = ROOT / "bench" / "results" / "quick.json"
DOCS = ROOT / "docs" / "performance.md"

Measure = Callable[[Stand], Coroutine[Any, Any, list[Figure]]]
WithPlatforms = Callable[..., Coroutine[Any, Any, list[Figure]]]


def _throughput(target: Target) -> Measure:
    return lambda stand: throughput.measure(stand, target)


# On one system each, one after the other: the bridge's limits on codes don't allow for all of them
# on one, and waiting people and left-over work come last.
_COMPARED: dict[str, Measure] = {
    "turn": turns.measure,
    "long": long_conversation.measure,
    "one": _throughput(THROUGHPUT_ONE),
}
_ALONE: dict[str, Measure] = {
    "ack": acknowledgement.measure,
    "card": handover.measure,
}


# With Telegram and Slack beside it; what leaves Slack's queue full comes last.
_WITH_PLATFORMS: dict[str, WithPlatforms] = {
    "slack_card": slack_card.measure,
    "webhooks": webhooks.measure,
}


class Bench:
    """One run: the groups asked for, each void rather than the run when something goes wrong."""

    def __init__(self, plan: Plan, names: list[str]) -> None:
        self._plan = plan
        self._names = names
        self.figures: dict[str, list[Figure]] = {}

    def run(self) -> list[Figure]:
        """Measure everything asked for; the figures in the table's order."""
        self._alone("train", lambda: starting.train(self._plan))
        self._alone("start", lambda: starting.start(self._plan))
        self._on_one_system(_COMPARED, compared=True)
        self._on_one_system(_ALONE, compared=False)
        self._with_platforms()
        self._alone("telegram_turn", lambda: telegram_turn.measure(self._plan))
        self._alone("two", lambda: self._served("two", THROUGHPUT_TWO))
        self._alone("postgresql", self._on_postgresql)
        self._alone("review", lambda: review.figures(self._plan))
        self._alone("init", lambda: init_bot.measure(self._plan))
        return [figure for name in GROUPS for figure in self.figures.get(name, [])]

    def _alone(self, name: str, measure: Callable[[], list[Figure]]) -> None:
        if name in self._names:
            with self._group(name) as found:
                found.extend(measure())

    @contextmanager
    def _group(self, name: str) -> Iterator[list[Figure]]:
        begun = time.monotonic()
        print(f"{name} …", flush=True)
        found: list[Figure] = []
        try:
            yield found
        except Exception as error:  # noqa: BLE001 — one figure that fails leaves the others
            reason = _reason(error)
            found[:] = [target.void(f"void: {reason}") for target in GROUPS[name]]
            if not isinstance(error, Unexpected):
                traceback.print_exc()
        self.figures[name] = found
        print(report.plain(found), flush=True)
        print(f"  ({name}: {time.monotonic() - begun:.0f} s)", flush=True)

    def _on_one_system(self, measures: dict[str, Measure], *, compared: bool) -> None:
        wanted = [name for name in measures if name in self._names]
        if not wanted:
            return
        with self._all_of(wanted), servers(self._plan, wanted[0], compared=compared) as started:
            asyncio.run(self._one_by_one({name: measures[name] for name in wanted}, *started))

    def _with_platforms(self) -> None:
        wanted = [name for name in _WITH_PLATFORMS if name in self._names]
        if not wanted:
            return
        with self._all_of(wanted), connected(self._plan, wanted[0]) as (system, platforms):
            measures: dict[str, Measure] = {
                name: partial(_WITH_PLATFORMS[name], platforms=platforms) for name in wanted
            }
            asyncio.run(self._one_by_one(measures, system, None))

    async def _one_by_one(
        self, measures: dict[str, Measure], system: System, stock: StockRasa | None
    ) -> None:
        async with stand(self._plan, system, stock) as built:
            for name, measure in measures.items():
                with self._group(name) as found:
                    found.extend(await measure(built))
                built.hang_up()

    @contextmanager
    def _all_of(self, names: list[str]) -> Iterator[None]:
        """Figures of one system: what goes wrong with it voids those that weren't measured."""
        try:
            yield
        except Exception as error:
            for name in names:
                if name not in self.figures:
                    with self._group(name):
                        raise Unexpected(_reason(error)) from error

    def _served(self, name: str, target: Target, database_url: str = "") -> list[Figure]:
        async def measure(system: Any, stock: Any) -> list[Figure]:
            async with stand(self._plan, system, stock) as built:
                return await throughput.measure(built, target)

        with servers(self._plan, name, rasas=2, database_url=database_url) as (system, stock):
            return asyncio.run(measure(system, stock))

    def _on_postgresql(self) -> list[Figure]:
        with fresh_postgresql() as url:
            return self._served("postgresql", THROUGHPUT_POSTGRESQL, url)


def _reason(error: BaseException) -> str:
    """The first cause, on one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{error}".split("\n")[0] or type(error).__name__


def main() -> int:
    """Measure and report; the exit status is 0 whatever the figures, 1 when one is void."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the whole system.")
    parser.add_argument("names", nargs="*", help=f"figures: {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, rougher figures")
    parser.add_argument(
        "--write-docs", action="store_true", help="put the table into docs/performance.md"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(GROUPS):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    results = QUICK if options.quick else LATEST
    settings = compose(ROOT)
    cache = Path(settings["ASCOLTO_HOME"]) / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    load = machine.foreign_load()
    with tempfile.TemporaryDirectory(prefix="ascolto-bench-") as scratch:
        plan = Plan(options.quick, cache, Path(scratch), Layout.of(settings).bot_python)
        figures = Bench(plan, options.names or list(GROUPS)).run()
    described = machine.description(load)
    report.write_json(results, figures, described, _order())
    print(f"\n{report.plain(figures)}\n\nWritten to {os.path.relpath(results)}")
    if options.write_docs:
        report.write_docs(DOCS, report.markdown(*report.read_json(results)))
    return 1 if any(figure.value is None for figure in figures) else 0


def _order() -> list[str]:
    return [target.name for targets in GROUPS.values() for target in targets]


if __name__ == "__main__":
    sys.exit(main())
