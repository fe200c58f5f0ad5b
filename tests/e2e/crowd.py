"""Customers by the hundred who all write at once, and whether each was answered exactly once."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2

from tests.care import Customer, Place, until

CUSTOMERS = 100
THANKS = "grazie mille, gentilissimi"


@dataclass
class Crowd:
    """Customers who each thank again as soon as they were answered, until told to stop."""

    system: Place
    customers: list[Customer] = field(default_factory=list)
    slowest: float = 0.0
    _handled: dict[str, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)
    _begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @contextlib.contextmanager
    def writing(self, count: int = CUSTOMERS) -> Iterator[None]:
        self.customers = [Customer(self.system) for _ in range(count)]
        with ThreadPoolExecutor(count) as threads:
            work = [threads.submit(self._write, each) for each in self.customers]
            looking = threading.Thread(target=self._look)
            looking.start()
            for _ in range(count):
                self._begun.acquire()
            try:
                yield
            finally:
                self._stop.set()
                for each in work:
                    each.result()
                self._done.set()
                looking.join()

    def _write(self, customer: Customer) -> None:
        while not self._stop.is_set():
            self._hand_in(customer)
            begun = time.monotonic()
            count = len(customer.sent)
            if count == 1:
                self._begun.release()
            self._answered(customer, count)
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def _hand_in(self, customer: Customer) -> None:
        """As a platform does: again, under the same id, when the connection broke."""
        message_id = str(len(customer.sent) + 1)
        while True:
            try:
                customer.send(THANKS, message_id=message_id)
            except httpx2.TransportError:
                continue
            return

    def _answered(self, customer: Customer, count: int) -> None:
        until(lambda: self._handled.get(customer.name, 0) >= count, "an answer", seconds=300)

    def _look(self) -> None:
        """One reader for all: a hundred who ask would be a load of their own."""
        with contextlib.closing(sqlite3.connect(self.system.home / "gateway.sqlite3")) as database:
            while not self._done.wait(0.2):
                rows = database.execute(
                    "SELECT c.address, count(*) FROM inbound i"
                    " JOIN conversations c ON c.id = i.conversation_id"
                    " WHERE i.disposition IS NOT NULL GROUP BY c.address"
                )
                self._handled.update(rows.fetchall())

    def check(self) -> None:
        """Every message was answered exactly once, and nobody heard of an outage."""
        for customer in self.customers:
            heard = customer.messages()
            # The first words of a conversation say that it is a bot: the same message tells.
            answers = [m for m in heard if m["role"] == "bot" and m.get("in_reply_to")]
            answered = [name for m in answers for name in m["in_reply_to"]]
            assert sorted(answered) == sorted(customer.sent), customer.name
            assert not [m["text"] for m in heard if m["role"] == "system"]
            customer.close()
