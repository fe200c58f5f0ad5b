"""Processes are killed at random while customers write: nothing is lost, doubled, out of order."""

from __future__ import annotations

import contextlib
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from ops.readiness import why_not_ready
from ops.system import System
from tests.backends import own_database, redis_url
from tests.care import Bridge, Customer, until
from tests.e2e import gateway_records

CONVERSATIONS = 30
MESSAGES_EACH = 10
STORM_S = 45.0
# Messages that want something done, the first of a script: their answers are waited for.
WANTS = 3
ANSWER_S = 30.0
RETRIES = 6
# Kills in a gust, at most, and messages that are seen to in the lull behind it, at least.
GUST = 4
LULL = 8
# Kills in a storm, at least, where the machine has much else to do; a dozen on a quiet one.
FEWEST = 3
REFERENCE = re.compile(r"\bC-[2-9A-HJ-NP-Z]{5}\b")
SMALL_TALK = [
    "ciao",
    "avete la lana merino in grigio?",
    "grazie mille",
    "quanto costa la spedizione in Svizzera?",
    "come si lava un maglione di alpaca?",
    "siete un bot?",
    "posso pagare con PayPal?",
    "che ferri servono per il filato aran?",
    "buona giornata",
    "ok",
]


def script(kind: str, number: int) -> list[str]:
    """Ten messages of one customer; some want a code sent, some a case opened."""
    if kind == "order":
        return [f"dov'è il mio ordine LA-{20300 + number}?", *SMALL_TALK[1:]]
    if kind == "problem":
        return [
            f"il pacco dell'ordine LA-{20300 + number} è arrivato rotto",
            "la scatola era aperta e mancano due gomitoli di merino grigia",
            "non ho una foto",
            *SMALL_TALK[3:],
        ]
    return SMALL_TALK


class PersistentCustomer(Customer):
    """Sends until it is acknowledged, as a platform's webhook would, to whichever gateway lives."""

    def send_stubbornly(self, message_id: str, rng: random.Random, **said: str) -> None:
        body = {"conversation": self.name, "message_id": message_id, **said}
        while True:
            url = rng.choice(self.system.gateway_urls)
            try:
                answer = self.http.post(f"{url}/channels/api/messages", json=body, timeout=10)
            except httpx2.HTTPError:
                time.sleep(0.1)
                continue
            if answer.status_code == 202:
                self.sent.append(message_id)
                return
            assert answer.status_code >= 500, answer.text
            time.sleep(0.1)

    def wait_for_an_answer(self) -> None:
        """As people do who were asked something; not for ever."""
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.HTTPError):
                if self.replies_to(self.sent[-1]):
                    return
            time.sleep(0.5)

    def try_again(self, rng: random.Random) -> None:
        """Tap what is offered when something was away just then, as long as it is, a few times."""
        for number in range(RETRIES):
            with contextlib.suppress(httpx2.HTTPError):
                offered = [b for m in self.replies_to(self.sent[-1]) for b in m.get("buttons", ())]
                payload = next((b["payload"] for b in offered if b["title"] == "Riprova"), None)
                if payload is None:
                    return
                self.send_stubbornly(f"again{number}", rng, payload=payload)
                self.wait_for_an_answer()
            time.sleep(rng.uniform(1.0, 4.0))


class Killer(threading.Thread):
    """Kills in gusts: a random process every second or so, started again soon, and one more.

    Between two gusts one of each comes back and some messages are seen to: on a busy machine none
    would ever be, and so nothing interrupted. One that isn't back yet is spared.
    """

    def __init__(self, system: System, seed: int) -> None:
        super().__init__(daemon=True)
        self.system = system
        self.rng = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.done = threading.Event()

    @property
    def victims(self) -> list[str]:
        """Whom to kill."""
        return [name for name in self.system.names if name != "valkey"]

    def run(self) -> None:
        while not self.done.is_set():
            for _ in range(GUST):
                if self.done.wait(self.rng.uniform(0.8, 2.6)):
                    return
                back = [name for name in self.victims if self.is_back(name)]
                # Rasa takes seconds to load: killed as often as the others it would never answer.
                weights = [1 if name.startswith("rasa") else 4 for name in back]
                for name in self.rng.choices(back, weights) if back else ():
                    self.kill(name)
            self.lull()

    def lull(self) -> None:
        """Until one of each is back, and then until some messages were seen to."""
        kinds = {name.split("-")[0] for name in self.victims}
        while kinds != {name.split("-")[0] for name in self.victims if self.is_back(name)}:
            if self.done.wait(0.2):
                return
        before = self.seen_to()
        while not self.done.wait(0.2) and self.seen_to() < before + LULL:
            pass

    def seen_to(self) -> int:
        """How many messages were answered, or given to a person."""
        query = "SELECT count(*) AS n FROM inbound WHERE disposition IS NOT NULL"
        return int(gateway_records.rows(self.system, "gateway", query)[0].n)

    def kill(self, name: str) -> None:
        """Kill it, and start it again soon."""
        self.system.kill(name)
        self.kills[name] += 1
        self.done.wait(self.rng.uniform(0.05, 1.0))
        self.system.start(name)

    def is_back(self, name: str) -> bool:
        return not why_not_ready(self.system.fleet.process(name).probe)


def storm(system: System, seed: int) -> tuple[list[PersistentCustomer], Counter[str]]:
    """300 messages over 30 conversations while processes die; what was acknowledged."""
    kinds = ["order", "problem", "talk"]
    customers = [
        PersistentCustomer(system, f"{kinds[n % 3]}-{seed}-{n}") for n in range(CONVERSATIONS)
    ]
    killer = Killer(system, seed)

    def write(place: int) -> None:
        rng = random.Random(seed * 1000 + place)
        someone = customers[place]
        pause = STORM_S / MESSAGES_EACH
        for number, words in enumerate(script(kinds[place % 3], place), start=1):
            someone.send_stubbornly(f"m{number}", rng, text=words)
            time.sleep(rng.uniform(0.0, 2 * pause))
            if number <= WANTS:
                someone.wait_for_an_answer()
            if number == WANTS:
                someone.try_again(rng)

    killer.start()
    with ThreadPoolExecutor(CONVERSATIONS) as threads:
        list(threads.map(write, range(CONVERSATIONS)))
    killer.done.set()
    killer.join()
    system.start(*(name for name in system.names if not system.is_running(name)))
    system.wait_ready()
    return customers, killer.kills


def check(system: System, customers: list[PersistentCustomer]) -> None:
    """The promises, conversation by conversation."""

    def finished() -> bool:
        return all(
            m.get("disposition") for c in customers for m in c.messages() if m["role"] == "customer"
        )

    until(finished, "every acknowledged message has a disposition", seconds=180)
    for someone in customers:
        messages = someone.messages()
        stored = [m["message_id"] for m in messages if m["role"] == "customer"]
        assert stored == someone.sent, someone.name
        replies = [m for m in messages if m["role"] != "customer"]
        answered = [name for m in replies for name in m.get("in_reply_to", [])]
        dispositions = {
            m["message_id"]: m["disposition"] for m in messages if m["role"] == "customer"
        }
        expected = [name for name in someone.sent if dispositions[name] == "answered"]
        assert answered == expected, someone.name
        assert set(dispositions.values()) <= {"answered", "relayed"}, someone.name
        assert {m["state"] for m in replies} <= {"sent", "unknown"}, someone.name


def check_effects(system: System, customers: list[PersistentCustomer]) -> None:
    """One code and one case where one was due, however often a turn was repeated.

    A bridge that is down at the wrong moment is apologised for, and then none is due.
    """
    bridge = Bridge(system)
    until(lambda: gateway_records.bridge_queue(system) == 0, "the bridge has learnt everything")
    effects = Counter[str]()
    for someone in customers:
        conversation_id = gateway_records.conversation_id(system, someone.name)
        messages = someone.messages()
        words = "\n".join(m["text"] for m in messages if m["role"] == "bot")
        opened = [c for c in bridge.cases(conversation_id) if c["topic"] == "delivery_problem"]
        sent = gateway_records.challenges(system, conversation_id)
        cases_told = len(set(REFERENCE.findall(words)))
        codes_told = 1 if "codice di 6 cifre" in words else 0
        assert cases_told <= len(opened) <= 1, (someone.name, opened)
        assert codes_told <= sent <= 1, someone.name
        effects += Counter(cases=len(opened), codes=sent)
        said = gateway_records.timeline(system, conversation_id)
        assert Counter(m["id"] for m in messages) == Counter(said), someone.name
    # Otherwise the storm would have tested nothing but apologies.
    assert effects["codes"] >= 1, effects
    assert effects["cases"] >= 1, effects


@pytest.mark.timeout(600)
def test_on_sqlite(tmp_path: Path) -> None:
    with System(tmp_path) as system:
        customers, kills = storm(system, seed=20261121)
        assert sum(kills.values()) >= FEWEST, kills
        check(system, customers)
        check_effects(system, customers)


@pytest.mark.timeout(600)
def test_on_postgresql_with_two_gateways_and_two_bots(tmp_path: Path) -> None:
    with (
        own_database() as database,
        System(
            tmp_path, gateways=2, rasas=2, database_url=database, redis_url=redis_url()
        ) as system,
    ):
        customers, kills = storm(system, seed=7)
        assert sum(kills.values()) >= FEWEST, kills
        check(system, customers)
        check_effects(system, customers)
