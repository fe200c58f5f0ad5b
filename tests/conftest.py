from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from ops.environment import PLATFORMS, PREFIXES
from ops.system import System
from tests import sharing

# A busy machine is no failing test.
settings.register_profile("ascolto", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ascolto")

_OURS = ("ASCOLTO_", *PLATFORMS)
_KEPT = ("ASCOLTO_TEST_", "ASCOLTO_BOT_PYTHON", "ASCOLTO_PLATFORM_PYTHON")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Only a process that shares the work has this; alone, tests run in the order of their files.
    if hasattr(config, "workerinput"):
        sharing.arrange(items, config.workerinput["testrunuid"])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> sharing.ByGroup:
    return sharing.ByGroup(config, log)


@pytest.fixture(scope="session")
def care_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole of Ascolto: real processes, SQLite, embedded Valkey, the demo company."""
    with System(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees the defaults, whatever the shell that started it has set."""
    for name in list(os.environ):
        if name.startswith(PREFIXES) and not name.startswith(_KEPT):
            monkeypatch.delenv(name)
