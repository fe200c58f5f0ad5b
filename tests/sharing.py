"""Which tests share what, so that several processes (`-n 3`) can run them side by side.

A group runs in one process, one test after the other. What needs the one whole system or the one
browser is such a group, and so is what talks on the Redis server, whose channel everybody hears.
Everything else goes by file: databases, ports and folders are each test's own.

The processes that run tests know the groups, the one that shares the work out knows names only:
they are told to it in a file. (pytest-xdist's own groups travel in the names of tests, which
pytest 9.2 doesn't let it change any more: they are ignored without a word.)
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SYSTEM, REDIS, BROWSER = "system", "redis", "browser"
_LONG = (REDIS, SYSTEM)
# What a module that talks on the server imports from tests/backends.py.
_ON_REDIS = {"redis_url", "shared_redis"}
_TESTS = Path(__file__).parent


def group(item: pytest.Item) -> str:
    """The name of the group that a test belongs to."""
    names = getattr(item, "fixturenames", ())
    folder = item.path.parent.relative_to(_TESTS).as_posix()
    # Dialogues ask for the system only where there is no Rasa: it isn't among their fixtures.
    if "care_system" in names or folder == "conversations":
        return SYSTEM
    if _ON_REDIS & vars(getattr(item, "module", object)).keys():
        return REDIS
    # Modules of whole systems have browsers of their own.
    if "browser" in names and folder != "e2e":
        return BROWSER
    return str(item.path)


def arrange(items: list[pytest.Item], run: str) -> None:
    """Put what takes long first (whoever is last works alone), and tell the groups."""
    items.sort(key=lambda item: (group(item) not in _LONG, item.path.parent != _TESTS / "e2e"))
    told = _file(run)
    with tempfile.NamedTemporaryFile("w", dir=told.parent, delete=False) as file:
        json.dump({item.nodeid: group(item) for item in items}, file)
    # All processes tell the same; none is ever read half written.
    Path(file.name).replace(told)


def _file(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"ascolto-test-groups-{run}.json"


class ByGroup(LoadScopeScheduling):
    """Hands out whole groups, in the order in which they come."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._groups: dict[str, str] = {}

    def schedule(self) -> None:
        if not self._groups:
            told = _file(self.nodes[0].workerinput["testrunuid"])
            self._groups = json.loads(told.read_text())
            told.unlink()
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._groups[nodeid]
