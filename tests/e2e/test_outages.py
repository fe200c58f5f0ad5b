"""When something of ours is broken: an honest word, once; nothing lost; work resumes by itself."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from redis import Redis

from ops.processes import ROOT
from ops.system import System
from tests import asking
from tests.care import Agent, Bridge, Customer, Mailbox, agent, customer, until
from tests.e2e.demo_orders import Buyers
from tests.e2e.gateway_records import bridge_queue, challenges, rows, timeline

# Longer than an answer takes on a busy machine: who only waits for one isn't told.
WORD_AFTER_S = 5
OUTAGE = {"it": "abbiamo un problema tecnico", "en": "We're having a technical problem"}
WASHING = {"it": "come si lava la lana merino?", "en": "how do I wash merino wool?"}
ARTICLE = {"it": "/it/aiuto/lavare-merino", "en": "/en/help/washing-merino"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, homes: list[Path]) -> Iterator[System]:
    """One to break, whose operator wants customers told of an outage after a few seconds."""
    policy = tmp_path_factory.mktemp("outages") / "policy"
    copytree(ROOT / "policy", policy)
    desk, found = re.subn(
        r"(?m)^outage_word_after_seconds:.*$",
        f"outage_word_after_seconds: {WORD_AFTER_S}",
        (policy / "desk.yml").read_text(),
    )
    assert found == 1
    (policy / "desk.yml").write_text(desk)
    home = tmp_path_factory.mktemp("broken")
    with System(home, {"ASCOLTO_POLICY_DIR": str(policy)}) as running:
        homes.append(home)
        yield running


@pytest.fixture(scope="module")
def buyers(system: System) -> Buyers:
    return Buyers(system)


@pytest.fixture(scope="module")
def luca(system: System) -> Iterator[Agent]:
    with agent(system, "Luca", "en") as someone:
        yield someone


@contextmanager
def away(system: System, name: str) -> Iterator[None]:
    """A process that was killed; back and ready afterwards."""
    system.kill(name)
    try:
        yield
    finally:
        system.start(name, wait=True)


@contextmanager
def locked(system: System, service: str) -> Iterator[None]:
    """A service's database in the hands of somebody else, a backup gone wrong say."""
    with closing(sqlite3.connect(system.home / f"{service}.sqlite3", timeout=10)) as stranger:
        stranger.isolation_level = None
        stranger.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            stranger.execute("ROLLBACK")


def readiness(system: System) -> dict[str, object]:
    """What the gateway says of itself."""
    answer: dict[str, object] = asking.get(f"{system.gateway_url}/readyz").json()
    return answer


def told_of_the_outage(someone: Customer, language: str) -> int:
    """How often the customer was told."""
    return sum(OUTAGE[language] in text for text in someone.heard())


def answered_once_in_order(someone: Customer) -> None:
    """Each message has one reply, and the replies come in the order of the messages."""
    answered = [name for m in someone.messages() for name in m.get("in_reply_to", [])]
    assert answered == someone.sent


# -- Redis ---------------------------------------------------------------------------------------


def test_redis_is_flushed_in_the_middle_of_a_conversation(system: System, buyers: Buyers) -> None:
    """Nothing in it is the only copy of anything: not even the code question is forgotten."""
    buyer = buyers.next("it")
    with customer(system) as someone, closing(Redis.from_url(system.redis_url)) as redis:
        someone.say(f"dov'è il mio ordine {buyer.number}?")
        redis.flushall()
        code = Mailbox(system).code(buyer.email)
        assert buyer.number in someone.say(code)
        answered_once_in_order(someone)


def test_redis_is_away(system: System) -> None:
    """Customers notice nothing; the operator does."""
    with customer(system) as someone:
        someone.say("ciao")
        with away(system, "valkey"):
            assert ARTICLE["it"] in someone.say(WASHING["it"])
            with customer(system) as another:
                assert ARTICLE["en"] in another.say(WASHING["en"])
            until(lambda: readiness(system)["status"] == "degraded", "the gateway says so")
        until(lambda: readiness(system)["status"] == "ready", "all is well again")
        someone.say("grazie")
        answered_once_in_order(someone)


# -- the bridge ----------------------------------------------------------------------------------


ORDER = {"it": "dov'è il mio ordine {number}?", "en": "where is my order {number}?"}
SORRY = {
    "it": "non riesco a vedere gli ordini: è un guasto nostro",
    "en": "I can't see the orders right now: the fault is ours",
}


def test_the_bridge_is_away(system: System, luca: Agent, buyers: Buyers) -> None:
    """The bot says so, once, and keeps the conversation; asked again, it goes on.

    What somebody told of a problem is kept: trying again opens one case.
    """
    bought = {language: buyers.next(language) for language in ("it", "en")}
    broken = buyers.next("it")
    with customer(system) as italian, customer(system) as english, customer(system) as unlucky:
        speakers = {"it": italian, "en": english}
        unlucky.say("buongiorno")
        with away(system, "bridge"):
            for language, someone in speakers.items():
                question = ORDER[language].format(number=bought[language].number)
                assert SORRY[language] in someone.say(question)
                assert someone.state()["owner"] == "bot"
            kept = unlucky.exchange(f"nel pacco dell'ordine {broken.number} mancano due gomitoli")
            assert "non riesco ad aprire la pratica" in kept["text"]
            until(lambda: readiness(system)["status"] == "degraded", "the gateway says so")
        for language, someone in speakers.items():
            buyer = bought[language]
            assert buyer.number in someone.say(ORDER[language].format(number=buyer.number))
            assert buyer.number in someone.say(Mailbox(system).code(buyer.email))
            assert sum(SORRY[language] in text for text in someone.heard()) == 1
            answered_once_in_order(someone)
        opened = unlucky.tap(kept, "Riprova")
        [case] = Bridge(system).cases(luca.find(unlucky.name))
        assert case["reference"] in opened
        assert "mancano due gomitoli" in case["summary"]


def test_the_bridge_hangs(system: System, buyers: Buyers) -> None:
    """Nobody waits for it for long, and small talk doesn't need it."""
    buyer = buyers.next("en")
    with customer(system) as someone:
        system.pause("bridge")
        try:
            someone.say("hello")
            assert SORRY["en"] in someone.say(ORDER["en"].format(number=buyer.number))
        finally:
            system.resume("bridge")
        assert buyer.number in someone.say(ORDER["en"].format(number=buyer.number))
        answered_once_in_order(someone)


def test_what_happened_while_the_bridge_was_away_reaches_it_once(
    system: System, luca: Agent
) -> None:
    """All that was said on either side; agents work without the CRM and get the history later."""
    with customer(system) as someone:
        someone.say("hello")
        conversation_id = luca.find(someone.name)
        with away(system, "bridge"):
            someone.say("are you a bot?")
            someone.say("I want to talk to a person")
            luca.claim(conversation_id)
            luca.reply(conversation_id, "Hello, Luca here.")
            someone.handled(someone.send("my parcel is wet"))
            assert "Hello, Luca here." in someone.heard("agent")
            assert luca.card(conversation_id)["brief"] is None
            assert bridge_queue(system) > 0
        brief = until(lambda: luca.card(conversation_id)["brief"], "the card's history")
        assert brief["level"] == "unknown"
        until(lambda: bridge_queue(system) == 0, "the queue is empty")
        said = someone.messages()
        assert Counter(timeline(system, conversation_id)) == Counter(m["id"] for m in said)
        query = "SELECT key, text FROM interactions WHERE conversation = :id"
        stored = rows(system, "bridge", query, {"id": conversation_id})
        assert {row.key: row.text for row in stored} == {m["id"]: m["text"] for m in said}
        told = Bridge(system).brief("agent", conversation_id, someone.name)["timeline"]
        moments = [entry["at"] for entry in told]
        assert moments == sorted(moments, reverse=True)


# -- the bot -------------------------------------------------------------------------------------


def test_rasa_is_away(system: System) -> None:
    """One word in each customer's language; then every answer, once and in order."""
    with customer(system) as italian, customer(system) as english, customer(system) as patient:
        italian.say("ciao")
        english.say("hello")
        with away(system, "rasa"):
            italian.send(WASHING["it"])
            english.send(WASHING["en"])
            italian.send("grazie mille")
            until(lambda: told_of_the_outage(italian, "it"), "the Italian word")
            until(lambda: told_of_the_outage(english, "en"), "the English word")
            english.send("are you still there?")
            patient.send("buongiorno")
            until(lambda: told_of_the_outage(patient, "it"), "the newcomer's word")
            assert italian.state()["owner"] == "bot"
        for someone in (italian, english, patient):
            until(lambda s=someone: s.replies_to(s.sent[-1]), "the last answer")
            answered_once_in_order(someone)
        assert [told_of_the_outage(c, "it") for c in (italian, patient)] == [1, 1]
        assert told_of_the_outage(english, "en") == 1
        assert ARTICLE["it"] in italian.replies_to(italian.sent[1])[0]["text"]
        assert ARTICLE["en"] in english.replies_to(english.sent[1])[0]["text"]


@pytest.mark.parametrize("language", ["it", "en"])
def test_actions_are_away(system: System, language: str) -> None:
    """The same: said once, and answered when they are back, without a person being called."""
    with customer(system) as someone:
        someone.say({"it": "ciao", "en": "hello"}[language])
        with away(system, "actions"):
            question = someone.send(WASHING[language])
            until(lambda: told_of_the_outage(someone, language), "the word")
            assert someone.state()["owner"] == "bot"
        reply = until(lambda: someone.replies_to(question), "the answer")
        assert ARTICLE[language] in reply[0]["text"]
        assert told_of_the_outage(someone, language) == 1
        assert someone.state()["owner"] == "bot"
        answered_once_in_order(someone)


def test_the_bots_database_is_locked(system: System, luca: Agent, buyers: Buyers) -> None:
    """In the middle of proving who one is: nothing is forgotten, nothing is done twice."""
    buyer = buyers.next("it")
    with customer(system) as someone:
        someone.say(f"dov'è il mio ordine {buyer.number}?")
        code = Mailbox(system).code(buyer.email)
        with locked(system, "bot"):
            said = someone.send(code)
            until(lambda: told_of_the_outage(someone, "it"), "the word")
            assert someone.replies_to(said) == []
        shown = until(lambda: someone.replies_to(said), "the order")
        assert buyer.number in shown[0]["text"]
        assert "codice" not in shown[0]["text"]
        assert told_of_the_outage(someone, "it") == 1
        assert challenges(system, luca.find(someone.name)) == 1
        answered_once_in_order(someone)


def test_a_case_is_opened_once_although_the_bots_database_was_locked(
    system: System, luca: Agent, buyers: Buyers
) -> None:
    """The turn is repeated until it is stored; what it does in the CRM isn't."""
    buyer = buyers.next("en")
    with customer(system) as someone:
        someone.say("hello")
        with locked(system, "bot"):
            someone.send(f"my parcel {buyer.number} came open and two skeins are missing")
            until(lambda: told_of_the_outage(someone, "en"), "the word")
        [reply] = until(lambda: someone.replies_to(someone.sent[-1]), "the answer")
        [case] = Bridge(system).cases(luca.find(someone.name))
        assert case["reference"] in reply["text"]


def test_the_bridges_database_is_locked(system: System, buyers: Buyers) -> None:
    buyer = buyers.next("it")
    with customer(system) as someone:
        someone.say("ciao")
        with locked(system, "bridge"):
            sorry = someone.say(f"dov'è il mio ordine {buyer.number}?")
            assert "guasto nostro" in sorry
        assert buyer.number in someone.say("dov'è il mio ordine?")
        until(lambda: bridge_queue(system) == 0, "the bridge has learnt everything")


def test_what_the_bridge_did_too_late_is_not_done_again(
    system: System, luca: Agent, buyers: Buyers
) -> None:
    """It opens the case after all, when the customer was told that it couldn't; then they retry."""
    buyer = buyers.next("it")
    with customer(system) as someone:
        someone.say(f"il pacco {buyer.number} è arrivato rotto, mancano due gomitoli")
        with locked(system, "bridge"):
            sorry = someone.exchange("non ho una foto")
        [late] = until(lambda: Bridge(system).cases(luca.find(someone.name)), "the late case")
        assert late["reference"] in someone.tap(sorry, "Riprova")
        assert Bridge(system).cases(luca.find(someone.name)) == [late]


# -- the gateway's own database ------------------------------------------------------------------


def test_the_gateways_database_is_locked(system: System) -> None:
    """A message is either stored or refused with a time to try again; never half."""
    with customer(system) as someone:
        someone.say("ciao")
        body = {"conversation": someone.name, "message_id": "2", "text": WASHING["it"]}
        with locked(system, "gateway"):
            refused = someone.http.post("/channels/api/messages", json=body)
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) >= 1
            assert refused.json()["error"]["code"] == "temporarily_unavailable"
            # Reading goes on: SQLite's readers don't wait for writers.
            assert len(someone.messages()) == 2
        until(
            lambda: someone.http.post("/channels/api/messages", json=body).status_code == 202,
            "the same message is accepted",
        )
        someone.sent.append("2")
        until(lambda: someone.replies_to("2"), "its answer")
        answered_once_in_order(someone)


def test_the_gateways_database_is_locked_while_the_bot_thinks(system: System) -> None:
    """The answer can't be stored when it comes: it is stored once it can be."""
    with customer(system) as someone, customer(system) as witness:
        someone.say("ciao")
        system.pause("actions")
        try:
            question = someone.send(WASHING["it"])
            with locked(system, "gateway"):
                system.resume("actions")
                body = {"conversation": witness.name, "message_id": "1", "text": "ciao"}
                # Refused, so the lock lasted longer than the gateway's patience.
                assert witness.http.post("/channels/api/messages", json=body).status_code == 503
        finally:
            system.resume("actions")
        [reply] = until(lambda: someone.replies_to(question), "the answer")
        assert ARTICLE["it"] in reply["text"]
        answered_once_in_order(someone)
