from __future__ import annotations

import functools
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from integrations.console import app as console
from integrations.container import Container, build
from integrations.conversations import texts
from integrations.escalation import desk_settings, loader
from runtime import migrations
from runtime.clock import FakeClock
from runtime.settings import Settings
from runtime.web import RequestLimits, install_errors

from . import scenes
from .browsing import Browser
from .gateways import Gateway, running
from .pages import DeskPage
from .programs import Program
from .simulators import BridgeSimulator, serving

ROOT = Path(__file__).parents[3]
PASSWORD = "lana-di-prova"
# What a browser logs of a network that is away, a session that is over, a colleague who was faster.
MEANT = re.compile(r"Failed to load resource.*(ERR_INTERNET_DISCONNECTED|status of (401|409|503))")


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Policies and the machine's certificates: reading them takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (texts, loader, desk_settings):
            patch.setattr(module, "load", functools.cache(module.load))
        certificates = ssl.create_default_context()
        patch.setattr("httpx2._transports.default.create_ssl_context", lambda **_: certificates)
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated database without a row, as a file's content."""
    path = tmp_path_factory.mktemp("empty") / "gateway.sqlite3"
    migrations.upgrade(f"sqlite:///{path}", "gateway", "integrations/migrations")
    return path.read_bytes()


@pytest.fixture
def new_settings(tmp_path: Path, empty_database: bytes) -> Callable[..., Settings]:
    """Settings of a gateway whose bot and bridge are away, on a database of its own."""

    def make(**values: Any) -> Settings:
        (tmp_path / "gateway.sqlite3").write_bytes(empty_database)
        given: dict[str, Any] = {
            "home": tmp_path,
            "policy_dir": ROOT / "policy",
            "bridge_url": "http://127.0.0.1:9",
            "rasa_urls": "http://127.0.0.1:9",
            "operator_password": PASSWORD,
            "api_channel_key": "an-api-channel-key",
            "care_token": "a-care-token",
            "bridge_token_gateway": "a-bridge-token",
            "signing_key": "a-signing-key-for-tests",
            "pseudonym_key": "a-pseudonym-key-for-tests",
            **values,
        }
        return Settings(**given)

    return make


@pytest.fixture
async def parts(new_settings: Callable[..., Settings]) -> AsyncIterator[Container]:
    """The gateway's parts, with a clock that stands still; nothing of it runs by itself."""
    container = build(new_settings(), FakeClock())
    yield container
    await container.bridge.close()
    await container.care.close()
    await container.database.close()


@pytest.fixture
def app(parts: Container) -> FastAPI:
    """The console alone."""
    return console_app(parts)


def console_app(parts: Container) -> FastAPI:
    app = FastAPI()
    app.state.container = parts
    app.add_middleware(RequestLimits, max_bytes=parts.settings.max_body_bytes)
    install_errors(app)
    console.mount(app)
    return app


@pytest.fixture
async def marta(app: FastAPI) -> AsyncIterator[Program]:
    """A program logged in as Marta, in Italian."""
    async with Program(app) as program:
        await program.log_in("Marta", PASSWORD)
        yield program


@pytest.fixture
async def luca(app: FastAPI) -> AsyncIterator[Program]:
    """Her colleague Luca, in English."""
    async with Program(app) as program:
        await program.log_in("Luca", PASSWORD, language="en")
        yield program


@pytest.fixture
async def ids(parts: Container) -> dict[str, str]:
    """The morning's conversations: Giulia waits, Tom is with Luca, Anna is with the bot."""
    now = parts.clock.now()
    return await parts.database.write(lambda conn: scenes.morning(conn, now))


@pytest.fixture
def write(parts: Container) -> Callable[[Callable[[Connection], Any]], Any]:
    """Run a function in a transaction of the gateway's database."""
    return parts.database.write


@pytest.fixture(scope="session")
def bridge() -> Iterator[BridgeSimulator]:
    """A CRM bridge on a port."""
    simulator = BridgeSimulator()
    with serving(simulator.app()) as url:
        simulator.url = url
        yield simulator


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for the session."""
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def gateway(new_settings: Callable[..., Settings], bridge: BridgeSimulator) -> Iterator[Gateway]:
    """A whole gateway on a port, with the morning's conversations."""
    with running(new_settings(bridge_url=bridge.url, demo=True), scenes.morning) as started:
        yield started


@pytest.fixture
def desk(browser: Browser, gateway: Gateway) -> Iterator[DeskPage]:
    """A browser at the gateway; at the end it has complained of nothing that wasn't meant."""
    browser.size(1360, 860)
    yield DeskPage(browser, gateway, PASSWORD)
    complaints = browser.complaints()
    browser.forget(gateway.url)
    assert [line for line in complaints if not MEANT.search(line)] == []
