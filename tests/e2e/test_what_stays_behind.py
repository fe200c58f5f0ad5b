"""Read after all the other tests of this folder: what their systems left in their logs.

The file's name puts it last. It proves more, the more tests ran before it; where tests are shared
among processes, each reads at its end what its own systems left (`homes` in conftest.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.system import System
from tests.care import Mailbox, customer
from tests.e2e import left_behind
from tests.e2e.demo_orders import Buyers


@pytest.fixture(scope="module", autouse=True)
def _something_happened(care_system: System, buyers: Buyers) -> None:
    """Enough for the test to mean something when it runs alone."""
    buyer = buyers.next("it")
    with customer(care_system) as someone:
        sender = {"name": "Ginevra Passalacqua", "email": buyer.email}
        someone.say(f"dov'è il mio ordine {buyer.number}? sono {buyer.first_name}", sender=sender)
        someone.say(Mailbox(care_system).code(buyer.email))
        someone.say("vorrei parlare con una persona in carne e ossa")


def test_logs_name_nobody_and_quote_nothing(care_system: System, homes: list[Path]) -> None:
    assert all(left_behind.forbidden(care_system.home).values()), "there is something to look for"
    for home in homes:
        left_behind.nobody_is_named_and_nothing_quoted(home)


def test_logs_hold_no_unforeseen_error(homes: list[Path]) -> None:
    for home in homes:
        left_behind.nothing_was_unforeseen(home)
