"""Two gateways, one Telegram bot: one of them asks for updates, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from ops.system import System
from tests.backends import own_database, redis_url
from tests.care import until
from tests.e2e.gateway_records import rows
from tests.simulators.telegram import TOKEN, TelegramSimulator
from tests.simulators.telegram.customers import Person

# Longer than whoever is refused by Telegram waits before it asks again.
RENEWED_TWICE_S = 6.0
GATEWAYS = ("gateway", "gateway-2")


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramSimulator]:
    with TelegramSimulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, telegram: TelegramSimulator
) -> Iterator[System]:
    """Gateways alone: what they store is looked at, not what the bot would say to it."""
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "ASCOLTO_TELEGRAM_API_URL": telegram.url}
    with (
        own_database() as database,
        System(
            tmp_path_factory.mktemp("pollers"),
            settings,
            gateways=2,
            database_url=database,
            redis_url=redis_url(),
            without=("rasa", "actions", "bridge"),
        ) as running,
    ):
        yield running


@pytest.fixture(autouse=True)
def _both_run(system: System) -> None:
    """Whatever a test that failed has left behind."""
    system.start(*GATEWAYS, wait=True)


def asking(system: System, telegram: TelegramSimulator) -> str | None:
    """The gateway whose question for updates is being answered."""
    port = telegram.polls.current_port
    for name in GATEWAYS:
        if system.is_running(name):
            process = psutil.Process(system.pid(name))
            if any(c.laddr.port == port for c in process.net_connections(kind="tcp")):
                return name
    return None


def the_holder(system: System, telegram: TelegramSimulator) -> tuple[str, str]:
    """Who polls, and who doesn't."""
    one = until(lambda: asking(system, telegram), "somebody polls")
    [other] = {*GATEWAYS} - {one}
    return one, other


def stored(system: System, person: Person) -> list[str]:
    """What a person wrote, as often and in the order as it is stored."""
    found: list[Any] = rows(
        system,
        "gateway",
        "SELECT i.text FROM inbound i JOIN conversations c ON c.id = i.conversation_id "
        "WHERE c.address = :address ORDER BY i.seq",
        {"address": str(person.private.id)},
    )
    return [row.text for row in found]


def all_stored(system: System, telegram: TelegramSimulator, *people: Person) -> None:
    """Wait until Telegram has nothing left, and compare."""
    until(lambda: telegram.updates.count() == 0, "every update is confirmed")
    for person in people:
        written = [m["text"] for m in person.private.messages.values() if not m["from"]["is_bot"]]
        assert stored(system, person) == written


def lease_until(system: System) -> float:
    """When the poller's lease runs out."""
    query = "SELECT until FROM job_leases WHERE name = 'poll:telegram'"
    return float(rows(system, "gateway", query)[0].until)


def test_only_one_asks(system: System, telegram: TelegramSimulator) -> None:
    anna, bea = telegram.newcomer("Anna"), telegram.newcomer("Bea")
    holder, _ = the_holder(system, telegram)
    begun, overlaps = telegram.polls.begun, telegram.polls.overlaps
    for number in range(10):
        anna.text(f"Anna {number}")
        bea.text(f"Bea {number}")
        until(lambda: telegram.updates.count() == 0, "the updates are confirmed")
        assert the_holder(system, telegram)[0] == holder
    assert telegram.polls.begun >= begun + 10
    assert telegram.polls.overlaps == overlaps
    all_stored(system, telegram, anna, bea)


def test_one_that_slept_too_long_leaves_the_other_alone(
    system: System, telegram: TelegramSimulator
) -> None:
    """Telegram ends its old question, and it asks no new one."""
    dora = telegram.newcomer("Dora")
    holder, other = the_holder(system, telegram)
    before = telegram.polls.overlaps
    dora.text("uno")
    until(lambda: stored(system, dora) == ["uno"], "it is stored")
    until(lambda: asking(system, telegram) == holder, "it asks again")
    system.pause(holder)
    try:
        # The first is given to who sleeps, and again to who takes over.
        dora.text("due")
        until(lambda: stored(system, dora) == ["uno", "due"], "the other one stores it")
    finally:
        system.resume(holder)
    for number in range(20):
        dora.text(f"poi {number}")
        until(lambda: telegram.updates.count() == 0, "the updates are confirmed")
    renewed = lease_until(system)
    until(lambda: lease_until(system) > renewed + RENEWED_TWICE_S, "the other one keeps polling")
    assert the_holder(system, telegram) == (other, holder)
    # At most its old question was still open when the other one asked.
    assert telegram.polls.overlaps <= before + 1
    all_stored(system, telegram, dora)


def test_the_other_takes_over_from_one_that_was_killed(
    system: System, telegram: TelegramSimulator
) -> None:
    """It may be the one that slept: where that one was then counts no more."""
    carla = telegram.newcomer("Carla")
    holder, other = the_holder(system, telegram)
    before = telegram.polls.overlaps
    # Given out and not confirmed: stored by the one that dies or not, it comes again.
    for number in range(50):
        carla.text(f"Carla {number}")
    system.kill(holder)
    carla.text("ci siete?")
    until(lambda: asking(system, telegram) == other, "the other one polls")
    system.start(holder, wait=True)
    carla.text("eccomi di nuovo")
    all_stored(system, telegram, carla)
    assert asking(system, telegram) in (other, None)
    assert telegram.polls.overlaps == before
