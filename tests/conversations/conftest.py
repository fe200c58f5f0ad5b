"""What the dialogues are played against: the whole system, or the bot alone where Rasa is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest


@pytest.fixture(scope="session")
def direct_system() -> Iterator[Any]:
    """The bot's own processes (bot's environment only)."""
    from tests.conversations.direct import DirectSystem

    with DirectSystem() as system:
        yield system


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Iterator[Any]:
    """`care_system` of the platform's tests: gateway, policy, bridge and bot as processes."""
    if find_spec("rasa") is not None:
        yield request.getfixturevalue("direct_system")
        return
    from tests.conversations.through_gateway import GatewaySystem

    through = GatewaySystem(request.getfixturevalue("care_system"))
    yield through
    through.close()
