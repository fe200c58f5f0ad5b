from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.system import System
from tests.care import Agent, Bridge, Mailbox, agent
from tests.e2e import left_behind
from tests.e2e.demo_orders import Buyers
from tests.integrations.console.browsing import Browser


@pytest.fixture(scope="session")
def marta(care_system: System) -> Iterator[Agent]:
    """At the desk all the time: log-ins are limited, so there is one for the session."""
    with agent(care_system, "Marta") as someone:
        yield someone


@pytest.fixture(scope="session")
def mailbox(care_system: System) -> Mailbox:
    return Mailbox(care_system)


@pytest.fixture(scope="session")
def bridge(care_system: System) -> Bridge:
    return Bridge(care_system)


@pytest.fixture(scope="session")
def buyers(care_system: System) -> Buyers:
    """Buyers that no other test of the session uses."""
    return Buyers(care_system)


@pytest.fixture(scope="session")
def homes() -> Iterator[list[Path]]:
    """The folders of all systems that these tests ran; what they left is read at the end."""
    ran: list[Path] = []
    yield ran
    for home in ran:
        left_behind.nobody_is_named_and_nothing_quoted(home)
        left_behind.nothing_was_unforeseen(home)


@pytest.fixture(scope="session")
def care_system(care_system: System, homes: list[Path]) -> System:
    homes.append(care_system.home)
    return care_system


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium."""
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened
