"""Slack is away, or one customer can't be reached: everybody else notices nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.system import System
from tests.care import Agent, agent, until
from tests.e2e import truths
from tests.e2e.always_open import always_open
from tests.e2e.gateway_records import write
from tests.e2e.slack_agents import block_key, cards_of, handoff_of
from tests.e2e.test_killed_on_the_platforms import PERSON_PLEASE, settled
from tests.simulators.page import Simulators
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram.customers import Person

LONG_S = 300.0


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    with Simulators.running() as running:
        yield running


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, simulators: Simulators, homes: list[Path]
) -> Iterator[System]:
    policy = always_open(tmp_path_factory.mktemp("policy"))
    settings = {**simulators.settings(), "ASCOLTO_POLICY_DIR": str(policy)}
    with System(tmp_path_factory.mktemp("outages"), settings) as running:
        homes.append(running.home)
        yield running


@pytest.fixture(scope="module")
def marta(system: System) -> Iterator[Agent]:
    """At the console."""
    with agent(system, "Marta") as someone:
        yield someone


def answered(person: Person, text: str) -> None:
    """Write, and wait for an answer."""
    before = len(person.received())
    person.text(text)
    until(lambda: len(person.received()) > before, f"an answer to {text!r}")


def told(person: Person, text: str) -> None:
    until(lambda: any(text in heard for heard in person.heard()), f"{text!r} in the chat")


def case_of(system: System, person: Person) -> str:
    """The id of somebody's case, once there is one."""
    return str(until(lambda: handoff_of(system, str(person.private.id)), "a case").id)


def failing(slack: SlackSimulator) -> int:
    """How many posts were tried while all fails."""
    return 10_000 - slack.faults.waiting()


def test_slack_is_away_and_the_console_serves(
    system: System, simulators: Simulators, marta: Agent
) -> None:
    """What happened meanwhile stands in Slack afterwards: every case, in order, once."""
    telegram, slack = simulators.telegram, simulators.slack
    slack.faults.clear()
    earlier = len(slack.cards())
    before = telegram.newcomer("Prima")
    answered(before, "buongiorno")
    answered(before, PERSON_PLEASE)
    until(lambda: slack.cards()[earlier:], "its card")
    until(lambda: slack.outbox.connected, "the socket is open")
    people = [telegram.newcomer(f"Durante{n}") for n in range(3)]
    # First it fails, then there is nobody at all.
    slack.faults.add("*", "error", times=10_000)
    slack.outbox.drop_sockets()
    answered(people[0], PERSON_PLEASE)
    until(lambda: failing(slack) > 1, "its failures are met")
    with slack.away():
        slack.faults.clear()
        for person in people[1:]:
            answered(person, PERSON_PLEASE)
            case_of(system, person)
        claimed, waiting, _ = people
        conversation = marta.find(str(claimed.private.id))
        marta.claim(conversation)
        for number in range(3):
            claimed.text(f"dettaglio {number}")
            waiting.text(f"ancora qui {number}")
            marta.reply(conversation, f"Risposta {number}, dalla console.")
            told(claimed, f"Risposta {number}")
        marta.note(conversation, "[solo tra noi] cliente paziente")
        before.text("e il mio caso?")
    settled(system, simulators)
    until(lambda: slack.outbox.connected, "the socket is open again")
    for person in [before, *people]:
        truths.stored_once_in_order(system, person)
        truths.told_once_in_order(system, person)
        truths.case_shown_once_in_order(system, slack, person)
    truths.nothing_internal(telegram)
    shown = [block_key(card).removesuffix(":card") for card in slack.cards()[earlier:]]
    assert shown == [case_of(system, person) for person in [before, *people]]
    [card] = cards_of(slack, shown[1])
    texts = [m.text for m in slack.thread(card.ts)]
    for number in range(3):
        assert sum(f"Risposta {number}" in text for text in texts) == 1
    until(lambda: "Marta" in str(card.blocks), "the card says who has the case")


def test_one_who_blocked_the_bot_delays_nobody_else(
    system: System, simulators: Simulators, marta: Agent
) -> None:
    telegram = simulators.telegram
    gone, others = (
        telegram.newcomer("Bloccata"),
        [telegram.newcomer(f"Vicina{n}") for n in range(3)],
    )
    answered(gone, PERSON_PLEASE)
    conversation = marta.find(str(gone.private.id))
    marta.claim(conversation)
    told(gone, "Marta")
    gone.block()
    for number in range(3):
        marta.reply(conversation, f"Ci sei ancora? ({number})")
        for person in others:
            person.text(f"quanto costa la spedizione? ({number})")
    settled(system, simulators, in_slack=False)
    for person in others:
        truths.stored_once_in_order(system, person)
        truths.told_once_in_order(system, person)
        assert person.received()
    lost = [row for row in truths.outbound(system, gone) if row.role == "agent"]
    assert [row.state for row in lost] == ["failed"] * 3
    gone.unblock()
    marta.reply(conversation, "Bentornata.")
    told(gone, "Bentornata.")


def put_off(system: System, person: Person) -> float:
    """For how long after it was written the next message to somebody is left alone, in seconds."""
    waiting = [row for row in truths.outbound(system, person) if row.state == "pending"]
    return float(waiting[0].next_attempt_at - waiting[0].created_at) if waiting else 0.0


def test_one_chat_that_is_refused_for_long_delays_nobody_else(
    system: System, simulators: Simulators, marta: Agent
) -> None:
    # What it remembers of others who were refused goes with it: two are the whole account's matter.
    system.restart("gateway")
    telegram = simulators.telegram
    slow, others = telegram.newcomer("Lenta"), [telegram.newcomer(f"Veloce{n}") for n in range(3)]
    answered(slow, PERSON_PLEASE)
    conversation = marta.find(str(slow.private.id))
    marta.claim(conversation)
    told(slow, "Marta")
    telegram.fail("429", "sendMessage", chat_id=slow.private.id, seconds=LONG_S)
    answers = [f"Con calma, {number}." for number in range(3)]
    for answer in answers:
        marta.reply(conversation, answer)
    until(lambda: put_off(system, slow) > LONG_S - 1, "the first is refused")
    for person in others:
        answered(person, "quanto costa la spedizione?")
    waiting = [row.text for row in truths.outbound(system, slow) if row.state == "pending"]
    assert waiting == answers
    write(system, "gateway", "UPDATE outbound SET next_attempt_at = 0 WHERE state = 'pending'")
    settled(system, simulators, in_slack=False)
    truths.answered_once(system, slow, answers)
    truths.told_once_in_order(system, slow)
