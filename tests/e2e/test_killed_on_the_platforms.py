"""Customers on Telegram, agents in Slack, and everything between them is killed in turn.

The platforms fail as well: refusals, time-outs before and after accepting, dropped connections.
Nothing is lost, doubled or out of order, and nothing internal gets out.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.system import System
from tests.backends import own_database, redis_url
from tests.care import until
from tests.e2e import truths
from tests.e2e.always_open import always_open
from tests.e2e.gateway_records import rows, write
from tests.e2e.platform_trouble import Trouble
from tests.e2e.slack_agents import Shift, at_the_desk
from tests.e2e.test_nothing_lost import SMALL_TALK, Killer
from tests.simulators.page import Simulators
from tests.simulators.telegram.customers import Person

# Slack takes a message a second: each case costs the end of the test some.
TALKING, NEEDY = 3, 3
MESSAGES_EACH = 7
WRITING_S = 20.0
PATIENCE_S = 240.0
PERSON_PLEASE = "vorrei parlare con una persona per favore"


class InTurn(Killer):
    """Kills each process in turn, so many times, Rasa but once: it takes seconds to load.

    Only the one whose turn it is has to be back: the others may still be loading.
    """

    def __init__(self, system: System, seed: int, rounds: int) -> None:
        super().__init__(system, seed)
        self.rounds = rounds

    def run(self) -> None:
        for name in self.turns():
            time.sleep(self.rng.uniform(0.8, 2.6))
            until(lambda name=name: self.is_back(name), f"{name} is back", PATIENCE_S)
            self.kill(name)

    def turns(self) -> Iterator[str]:
        """Whose turn it is to be killed."""
        names = self.victims
        for number in range(self.rounds):
            self.rng.shuffle(names)
            yield from (name for name in names if number == 0 or not name.startswith("rasa"))


@dataclass(frozen=True)
class Storm:
    """Who was in it, and what happened to them."""

    talking: list[Person]
    needy: list[Person]
    shifts: list[Shift]
    kills: Mapping[str, int]

    @property
    def people(self) -> list[Person]:
        return [*self.talking, *self.needy]


def storm(system: System, simulators: Simulators, seed: int, rounds: int) -> Storm:
    """People write, agents claim and answer, while the killer and the platforms do their worst."""
    talking = [simulators.telegram.person(f"Talking{n}") for n in range(TALKING)]
    needy = [simulators.telegram.person(f"Needy{n}") for n in range(NEEDY)]
    people = [*talking, *needy]
    agents = at_the_desk(system, simulators.slack, simulators.agents)
    shifts = [
        Shift(agent, [str(p.private.id) for p in needy[place :: len(agents)]], PATIENCE_S)
        for place, agent in enumerate(agents)
    ]

    story = [f"riga {number} del mio racconto" for number in range(MESSAGES_EACH)]
    story[1] = PERSON_PLEASE

    def writing(place: int) -> None:
        rng, person = random.Random(seed * 1000 + place), people[place]
        for number in range(MESSAGES_EACH):
            person.text(SMALL_TALK[number] if person in talking else story[number])
            time.sleep(rng.uniform(0.0, 2 * WRITING_S / MESSAGES_EACH))

    killer, trouble = InTurn(system, seed, rounds), Trouble(simulators, seed)
    for thread in (killer, trouble, *shifts):
        thread.start()
    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(writing, range(len(people))))
    killer.join()
    trouble.over()
    die_once_more(system)
    for shift in shifts:
        shift.over()
    return Storm(talking, needy, shifts, killer.kills)


def die_once_more(system: System) -> None:
    """All gateways at once: what they had in hand is nobody's, and the time it is held passes.

    Agents are still at work, and everything else is back.
    """
    gateways = [name for name in system.names if name.startswith("gateway")]
    system.kill(*gateways)
    system.start(*(name for name in system.names if name not in gateways))
    for statement in (
        "UPDATE outbound SET sending_until = 0 WHERE state = 'sending'",
        "UPDATE slack_queue SET sending_until = 0 WHERE state = 'sending'",
        "UPDATE slack_events SET claimed_until = 0 WHERE done_at IS NULL",
        "UPDATE job_leases SET until = 0",
    ):
        write(system, "gateway", statement)
    system.start(*gateways, wait=True)


# What has to be empty before anything can be compared.
UNDELIVERED = {
    "messages without a disposition": "inbound WHERE disposition IS NULL",
    "messages on their way": "outbound WHERE state IN ('pending', 'sending')",
}
UNSHOWN = {
    "threads behind their conversation": "slack_threads t JOIN conversations c "
    "ON c.handoff_id = t.handoff_id WHERE c.next_seq - 1 > t.seq",
    "what Slack told us": "slack_events WHERE done_at IS NULL",
    "what Slack is to be told": "slack_queue WHERE done_at IS NULL AND kind IN "
    "('card', 'transcript', 'said', 'told', 'fate')",
}


def settled(system: System, simulators: Simulators, *, in_slack: bool = True) -> None:
    """Wait until nothing is left to do on Telegram, and in Slack."""
    tables = {**UNDELIVERED, **(UNSHOWN if in_slack else {})}

    def left() -> dict[str, int]:
        found = {
            what: int(rows(system, "gateway", f"SELECT count(*) AS n FROM {where}")[0].n)
            for what, where in tables.items()
        }
        found["updates"] = simulators.telegram.updates.count()
        return {what: count for what, count in found.items() if count}

    try:
        until(lambda: not left(), "nothing is left to do", PATIENCE_S)
    except AssertionError as error:
        raise AssertionError(left()) from error


def check(system: System, simulators: Simulators, after: Storm) -> None:
    """The promises, person by person and case by case."""
    settled(system, simulators)
    assert simulators.telegram.state.faults.waiting() == 0, "every failure was met"
    truths.nothing_internal(simulators.telegram)
    for person in after.people:
        truths.stored_once_in_order(system, person)
        truths.told_once_in_order(system, person)
    for shift in after.shifts:
        assert sorted(shift.agent.answers) == sorted(shift.addresses)
    answers = {a: texts for s in after.shifts for a, texts in s.agent.answers.items()}
    claimers = {a: s.agent.name for s in after.shifts for a in s.addresses}
    for person in after.needy:
        address = str(person.private.id)
        truths.answered_once(system, person, answers[address])
        truths.no_bot_after_the_claim(system, person, claimers[address])
        truths.case_shown_once_in_order(system, simulators.slack, person)


@contextmanager
def on_the_platforms(
    folder: Path, *, gateways: int = 1, rasas: int = 1, database: str = "", redis: str = ""
) -> Iterator[tuple[System, Simulators]]:
    """A system whose customers are on Telegram and whose agents are in Slack."""
    with ExitStack() as stack:
        simulators = stack.enter_context(Simulators.running())
        settings = {**simulators.settings(), "ASCOLTO_POLICY_DIR": str(always_open(folder))}
        system = stack.enter_context(
            System(
                folder,
                settings,
                gateways=gateways,
                rasas=rasas,
                database_url=database,
                redis_url=redis,
            )
        )
        yield system, simulators


@pytest.mark.timeout(900)
def test_on_sqlite(tmp_path: Path, homes: list[Path]) -> None:
    with on_the_platforms(tmp_path) as (system, simulators):
        after = storm(system, simulators, seed=20261122, rounds=3)
        assert (after.kills["gateway"], after.kills["rasa"]) == (3, 1), after.kills
        check(system, simulators, after)
        homes.append(system.home)


@pytest.mark.timeout(900)
def test_on_postgresql_with_two_gateways_and_two_bots(tmp_path: Path) -> None:
    with (
        own_database() as database,
        on_the_platforms(tmp_path, gateways=2, rasas=2, database=database, redis=redis_url()) as (
            system,
            simulators,
        ),
    ):
        after = storm(system, simulators, seed=8, rounds=2)
        assert (after.kills["gateway-2"], after.kills["rasa-2"]) == (2, 1), after.kills
        check(system, simulators, after)
