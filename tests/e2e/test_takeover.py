"""A person takes a conversation while the bot is in the middle of its turn.

Processes are frozen (SIGSTOP) to stretch the turn, so that the claim falls inside it for certain.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ops.system import System
from tests.care import Agent, Bridge, Customer, Mailbox, customer, until
from tests.e2e.demo_orders import Buyers
from tests.e2e.gateway_records import rows

PROBLEM = "nel pacco dell'ordine {number} mancano due gomitoli"


@contextmanager
def frozen(system: System, name: str) -> Iterator[None]:
    """A process that hangs, for as long as it takes."""
    system.pause(name)
    try:
        yield
    finally:
        system.resume(name)


def turn_states(system: System, conversation_id: str) -> list[str]:
    """What became of the bot's turns, oldest first."""
    query = "SELECT status FROM turns WHERE conversation_id = :id ORDER BY created_at"
    return [row.status for row in rows(system, "gateway", query, {"id": conversation_id})]


def claim_in_mid_turn(system: System, agent: Agent, someone: Customer) -> str:
    """The agent claims while the newest message is being answered; the conversation's id."""
    conversation_id = agent.find(someone.name)
    until(lambda: "frozen" in turn_states(system, conversation_id), "the turn has begun")
    agent.claim(conversation_id)
    assert turn_states(system, conversation_id)[-1] == "voided"
    assert someone.state()["owner"] == "agent"
    return conversation_id


def has_forgotten(system: System, conversation_id: str) -> None:
    """Wait until nothing is left that the bot must be told."""
    query = "SELECT count(*) AS n FROM bot_sync WHERE conversation_id = :id"
    until(
        lambda: rows(system, "gateway", query, {"id": conversation_id})[0].n == 0,
        "the bot has been told to forget the turn",
    )


@pytest.mark.parametrize("hanging", ["actions", "rasa"])
def test_nothing_that_the_bot_says_later_arrives(
    care_system: System, marta: Agent, buyers: Buyers, hanging: str
) -> None:
    buyer = buyers.next("it")
    with customer(care_system) as someone:
        someone.say("ciao")
        before = someone.heard("bot")
        with frozen(care_system, hanging):
            asked = someone.send(f"dov'è il mio ordine {buyer.number}?")
            conversation_id = claim_in_mid_turn(care_system, marta, someone)
            meanwhile = someone.send("ci siete?")
        has_forgotten(care_system, conversation_id)
        assert someone.handled(asked)["disposition"] == "relayed"
        assert someone.handled(meanwhile)["disposition"] == "relayed"
        marta.reply(conversation_id, "Ci sono io, Marta. Guardo subito.")
        assert someone.heard("bot") == before
        assert someone.messages()[-1]["role"] == "agent"
        page = marta.open(conversation_id)
        shown = [m["text"] for m in page["messages"] if m["role"] == "customer"]
        assert shown[-2:] == [f"dov'è il mio ordine {buyer.number}?", "ci siete?"]


@pytest.mark.parametrize("hanging", ["actions", "rasa"])
def test_what_the_turn_had_already_done_stands_on_the_card(
    care_system: System, marta: Agent, bridge: Bridge, buyers: Buyers, hanging: str
) -> None:
    """The code was sent and the case was opened, once; the agent must know, or does it again."""
    buyer = buyers.next("it")
    with customer(care_system) as someone:
        someone.say("buonasera")
        with frozen(care_system, hanging):
            someone.send(PROBLEM.format(number=buyer.number))
            conversation_id = claim_in_mid_turn(care_system, marta, someone)
        has_forgotten(care_system, conversation_id)
        [case] = bridge.cases(conversation_id)
        effects = marta.card(conversation_id)["handoff"]["effects"]
        assert [case["reference"] in effect["it"] for effect in effects] == [True]
        assert [case["reference"] in effect["en"] for effect in effects] == [True]


def test_the_code_of_a_voided_turn_stands_on_the_card(
    care_system: System, marta: Agent, mailbox: Mailbox, buyers: Buyers
) -> None:
    buyer = buyers.next("en")
    mails = len(mailbox.to(buyer.email))
    with customer(care_system) as someone:
        someone.say("hello there")
        with frozen(care_system, "actions"):
            someone.send(f"where is my order {buyer.number}?")
            conversation_id = claim_in_mid_turn(care_system, marta, someone)
        has_forgotten(care_system, conversation_id)
        until(lambda: len(mailbox.to(buyer.email)) == mails + 1, "one mail with a code")
        effects = marta.card(conversation_id)["handoff"]["effects"]
        assert [buyer.number in effect["en"] for effect in effects] == [True]


def test_the_bot_does_not_remember_the_voided_turn(
    care_system: System, marta: Agent, buyers: Buyers
) -> None:
    """Neither the order nor the question about it nor the code that it had asked for."""
    buyer = buyers.next("en")
    with customer(care_system) as someone:
        someone.say("hello")
        with frozen(care_system, "actions"):
            someone.send(f"where is my order {buyer.number}?")
            conversation_id = claim_in_mid_turn(care_system, marta, someone)
        has_forgotten(care_system, conversation_id)
        marta.return_to_bot(conversation_id)
        assert "tries left" not in someone.say("123456"), "no code is being waited for"
        assert someone.explain(someone.sent[-1])["signals"] == []
        number = someone.say("can you tell me where my order is?")
        assert buyer.number not in number
        assert "LA-" in number, "the bot asks for the number as if for the first time"


def test_a_question_that_was_never_answered_was_not_repeated(
    care_system: System, marta: Agent
) -> None:
    question = "avete dei ferri circolari per il filo di mohair?"
    with customer(care_system) as someone:
        someone.say("salve")
        with frozen(care_system, "actions"):
            someone.send(question)
            conversation_id = claim_in_mid_turn(care_system, marta, someone)
        has_forgotten(care_system, conversation_id)
        marta.return_to_bot(conversation_id)
        someone.say(question)
        assert "question_repeated" not in someone.explain(someone.sent[-1])["signals"]
        assert someone.state()["owner"] == "bot"


def moments(turn_s: float, seen: set[str]) -> Iterator[float]:
    """When to claim, in seconds, until the claims have fallen on both sides of the answer.

    How long a turn takes changes with what else the machine does.
    """
    for step in range(10):
        yield turn_s * step / 6
    for step in range(10, 40):
        if len(seen) == 2:
            return
        yield 0.0 if "answered" in seen else turn_s * step / 6


def test_a_claim_at_any_moment_of_a_turn(care_system: System, marta: Agent) -> None:
    """Whatever the moment, the bot's answer either came before the claim or never comes."""
    question = "come si lava la lana merino?"
    with customer(care_system) as someone:
        begin = time.monotonic()
        someone.say(question)
        turn_s = time.monotonic() - begin
    seen: set[str] = set()
    for moment in moments(turn_s, seen):
        with customer(care_system) as someone:
            someone.say("ciao")
            conversation_id = marta.find(someone.name)
            message_id = someone.send(question)
            time.sleep(moment)  # the moment is what varies; nothing is waited for
            marta.claim(conversation_id)
            disposition = someone.handled(message_id)["disposition"]
            has_forgotten(care_system, conversation_id)
            messages = someone.messages()
            joined = next(m["seq"] for m in messages if "Marta" in (m["text"] or ""))
            assert all(m["seq"] < joined for m in messages if m["role"] == "bot")
            answered = any(message_id in m.get("in_reply_to", []) for m in messages)
            assert disposition == ("answered" if answered else "relayed")
            seen.add(disposition)
    assert seen == {"answered", "relayed"}, "the claims fell on both sides of the answer"
