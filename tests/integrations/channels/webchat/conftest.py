from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.conversations import texts
from integrations.escalation import desk_settings, loader
from runtime import migrations
from runtime.settings import Settings
from tests.integrations.console.browsing import Browser

from .chat_gateways import ChatGateway, running, settings
from .chat_pages import ChatPage

# What a browser logs of a network that is away, and of a file that isn't what it says.
MEANT = re.compile(
    r"ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed|/chat/files .* status of 422"
)


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Policies: reading them takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (texts, loader, desk_settings):
            patch.setattr(module, "load", functools.cache(module.load))
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated database without a row, as a file's content."""
    path = tmp_path_factory.mktemp("empty") / "gateway.sqlite3"
    migrations.upgrade(f"sqlite:///{path}", "gateway", "integrations/migrations")
    return path.read_bytes()


@pytest.fixture
def new_settings(tmp_path: Path, empty_database: bytes) -> Callable[..., Settings]:
    """Settings of a gateway on a database of its own."""

    def make(**values: Any) -> Settings:
        (tmp_path / "gateway.sqlite3").write_bytes(empty_database)
        return settings(tmp_path, **values)

    return make


@pytest.fixture
def gateway(new_settings: Callable[..., Settings]) -> Iterator[ChatGateway]:
    """A whole gateway on a port."""
    with running(new_settings()) as started:
        yield started


@pytest.fixture(scope="module")
def standing(
    tmp_path_factory: pytest.TempPathFactory, empty_database: bytes
) -> Iterator[ChatGateway]:
    """One gateway for many small tests, each in a conversation of its own."""
    home = tmp_path_factory.mktemp("standing")
    (home / "gateway.sqlite3").write_bytes(empty_database)
    with running(settings(home)) as started:
        yield started


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for the session."""
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def chat(browser: Browser, gateway: ChatGateway) -> Iterator[ChatPage]:
    """The page at /chat; at the end the browser has complained of nothing that wasn't meant."""
    browser.size(1100, 860)
    yield ChatPage(browser, gateway)
    complaints = browser.complaints()
    browser.forget(gateway.url)
    assert [line for line in complaints if not MEANT.search(line)] == []
